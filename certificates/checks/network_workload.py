"""What the enclosures of a network cost: products, spectral tests, Jacobians, and β at every node."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from itertools import pairwise

from certificates.checks.workload import Workload
from certificates.enclosures.networks.curvature import curvature_effort
from certificates.enclosures.networks.deflated_norms import MOST_COLUMNS
from certificates.enclosures.networks.linearisation import Norms
from certificates.enclosures.networks.unit_sensitivities import FOURTH_STEPS
from certificates.enclosures.networks.units import MOST_REFINED, UNIT_STEPS
from certificates.subjects import Network

__all__ = ["network_workload"]

# Norms for each pair of layers, and for each sample of them, whatever the widths.
_EFFORT_OF_A_PAIR, _EFFORT_OF_A_CHAIN = 2_000.0, 3_000.0
# A table of |φ''|: at most 5,200 cells, each a ball; a second one and long formulas are counted as they are evaluated.
_EFFORT_OF_CELLS = 800_000.0


def network_workload(network: Network, *, norms: Collection[Norms] = (), curvatures: int = 1) -> Workload:
    """2N²Σd_ℓ for the Gram products, 3N³ for the spectral tests, the norms of a form of β, and β itself."""
    work = _linearisation_workload(network, jacobians="jacobians" in norms, curvatures=curvatures)
    if "units" in norms and len(network.layers) == 2:
        work = _with_units(work, network, curvatures)
    if "products" in norms and len(network.layers) > 2:
        work = _with_products(work, network)
    if "hessians" in norms and len(network.layers) > 2:
        work = _with_hessians(work, network, curvatures)
    return work


def _with_products(work: Workload, network: Network) -> Workload:
    """A factorisation for every layer, φ'' of every unit, for each pair of layers a norm, a moment, and one a unit."""
    n, hidden, columns = network.sample_count, network.widths[1:-1], float(MOST_COLUMNS)
    depth, widest = len(hidden), max(hidden)
    factors = 30.0 * sum(a**3 for a in hidden[1:]) + 2.0 * sum(b * b * a for a, b in pairwise(hidden))
    small = sum(6.0 * n * columns**2 * (a + 9 * columns) for a in hidden[1:])
    inputs = [(depth - j, width + 1) for j, width in enumerate(network.widths[:-2])]
    norms = sum((1 + times) * 2.0 * n * n * b + times * _norm(n, b) for times, b in inputs)
    pairs = [(depth - j, a) for j, a in enumerate(hidden)]
    moments = sum(times * 2.0 * n * n * a * (FOURTH_STEPS + 1) for times, a in pairs)
    calls = sum(times * (9_000.0 + 0.4 * min(n, b) ** 2 + 0.7 * n * n + 0.4 * n * b) for times, b in inputs)
    calls += sum((2.5 * times + 1.5) * n * a for times, a in pairs)
    entries = depth * 4.0 * n * n + 4.0 * columns**2 * max(n, widest) + 20.0 * n * widest + 2.0 * n * sum(hidden)
    return replace(
        work,
        operations=work.operations + factors + small + norms + moments,
        entries=work.entries + entries + 8.0 * widest**2,
        scalars=work.scalars + calls + sum(3 * n * (110.0 + 0.5 * a) + 3.0 * a * a + 6_000.0 for a in hidden[1:]),
    )


def _with_hessians(work: Workload, network: Network, curvatures: int) -> Workload:
    """Three products for each hidden layer and output, norms and two products for each pair of layers, every sample.

    Then three moments of every pair, and a cubic form in the layers at every radius.
    """
    n, hidden, layers, outputs = network.sample_count, network.widths[1:-1], len(network.layers), network.widths[-1]
    largest, pairs = max(hidden), len(hidden) * (len(hidden) + 1) / 2
    products = 6.0 * network.residual_count * sum(a * a * largest for a in hidden)
    norms = 60.0 * n * pairs * max(a * a for a in hidden) * largest
    widest = max(network.widths[:-1]) + 1
    moments = pairs * (6.0 * n * n * (widest + 40.0) + 20.0 * min(n, widest) ** 3)
    scalars = pairs * (20_000.0 + 6_000.0 * n) + 2_000.0 * network.residual_count * len(hidden)
    form = 400.0 + 40.0 * layers**3 + 4.0 * float(layers) ** 5
    return replace(
        work,
        operations=work.operations + products + norms + moments,
        # square matrices of every output of one sample, in three lists with their balls, and of every pair of layers
        entries=work.entries + 4.0 * n * sum(hidden) + (8.0 * outputs + 2.0 * pairs) * largest**2,
        scalars=work.scalars + scalars + curvatures * form,
    )


def _with_units(work: Workload, network: Network, curvatures: int) -> Workload:
    """An n × n product for every unit: in each step of its power iteration, and three times at every radius."""
    n, (d, units, _) = network.sample_count, network.widths
    small = min(n, d + 1)
    products = 2.0 * n * n * units * (UNIT_STEPS + 2 + 3 * curvatures) + 100.0 * n * (d + 1) * units
    refined = min(units, MOST_REFINED) * (2.0 * n * (d + 1) * small + 13.0 * small**3)
    return replace(
        work,
        operations=work.operations + products + refined,
        entries=work.entries + (12.0 * n + 8.0 * (d + 1)) * units,
        scalars=work.scalars + curvatures * (300.0 + 3.0 * n * units) + _EFFORT_OF_CELLS + 60.0 * units,
    )


def _linearisation_workload(network: Network, *, jacobians: bool, curvatures: int) -> Workload:
    """What every form asks for, and the Jacobians between layers."""
    n, equations, widths = network.sample_count, network.residual_count, network.widths
    hidden = widths[1:-1]
    grams = 2.0 * equations**2 * sum(hidden) + 2.0 * n**2 * sum(widths[:-1])
    passes = 4.0 * equations * sum(a * b for a, b in pairwise(widths))
    chains = n * sum(3.0 * _norm(a, b) + 2.0 * a * b * before for a, before, b in _chains(hidden)) if jacobians else 0.0
    whole = sum(_norm(a, b) for a, b in pairwise(hidden)) + sum(_norm(n, a + 1) for a in widths[:-2])
    block = 1024.0 * (n * 3 + equations * 2)
    entries = 8.0 * equations**2 + n * 3.0 * sum(hidden[:-1]) + block
    bounds = curvatures * curvature_effort(len(network.layers))
    if len(hidden) > 1:  # entry by entry: what is evaluated at pre-activations, and the layers' parts of K
        bounds += 1.3 * n * sum(hidden) + 0.8 * len(hidden) * equations**2
    if jacobians and len(hidden) > 1:
        bounds += len(hidden) ** 2 / 2 * (_EFFORT_OF_A_PAIR + _EFFORT_OF_A_CHAIN * n)
        bounds += n * sum(1.5 * a * b for a, _, b in _chains(hidden))
    return Workload(grams + passes + whole + chains + 3.0 * equations**3, entries, float(n) * sum(hidden), bounds)


def _chains(hidden: tuple[int, ...]) -> list[tuple[int, int, int]]:
    """The widths of k, k − 1 and j for all hidden layers k > j: what a Jacobian between two layers is made of."""
    return [(hidden[k], hidden[k - 1], hidden[j]) for k in range(1, len(hidden)) for j in range(k)]


def _norm(rows: int, columns: int) -> float:
    """The operator norm of a matrix, by squaring the smaller Gram matrix."""
    small, large = sorted((rows, columns))
    return 2.0 * small**2 * (large + 8.0 * small)
