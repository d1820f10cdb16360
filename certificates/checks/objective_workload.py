"""What enclosures of an objective cost: its Hessian, spectral tests, how fast it turns, a gradient of many digits."""

from __future__ import annotations

from itertools import pairwise

from certificates.checks.workload import Workload
from certificates.enclosures.objectives.one_hidden_layer import (
    MOMENT_STEPS,
    MOST_PAIRS,
    MOST_SAMPLES,
    THETA_LOOKS,
)
from certificates.enclosures.quadratic.fourth_moments import BLOCK_SAMPLES
from certificates.subjects import Network

__all__ = ["objective_workload"]

_BLOCK = 2.0**22  # entries of the Jacobian that are held at once
_SQUARES, _BLOCKS = 9.0, 5.0  # p × p matrices, and arrays of a block's size, at the same time


def objective_workload(
    network: Network,
    *,
    hessians: int = 1,
    grams: int = 0,
    turnings: int = 0,
    products: int = 0,
    spectra: int = 2,
    scalars: float = 0.0,
) -> Workload:
    """Estimate a check: nop² for a sum of Gram matrices of Jacobians, 3p³ for a spectral test, and what layers cost.

    Parameters
    ----------
    network
        The problem.
    hessians, grams, turnings, products, spectra
        How many Hessians, further sums Σ a_iA_iᵀA_i with their norms, bounds h(R) without those sums, pairs of matrices
        of the products of inputs (for h₂ of one hidden layer), and further tests. Value, gradient and T¹, T², T³ of
        every sample are always counted.
    scalars
        Operations on single balls beyond all that.

    Examples
    --------
    >>> from fractions import Fraction
    >>> import numpy as np
    >>> from certificates import Dense, Network
    >>> from certificates.expression import parse_activation
    >>> from certificates.subjects import Objective, Squared
    >>> layers = (Dense(np.ones((32, 64)), np.ones(32)), Dense(np.ones((10, 32)), np.ones(10)))
    >>> loss = Objective(Squared(Fraction(1)))
    >>> digits = Network(layers, (parse_activation("tanh"),), np.ones((1797, 64)), np.ones((1797, 10)), loss)
    >>> work = objective_workload(digits, grams=2, turnings=1)
    >>> work.excess("fast", 1e12) is None, 0.3e9 < 8 * work.entries < 2e9
    (True, True)
    """
    n, p, rows = float(network.sample_count), float(network.trained_parameter_count), float(network.residual_count)
    work, (second, blocks), (moments, square) = _first_order(network), _second_part(network), _moments(network)
    pairs, held, inputs = _pairs(network) if products else (0.0, 0.0, 0.0)
    sums, tests = hessians + grams, grams + spectra
    matrices = 1.0 if sums else 0.0
    return Workload(
        operations=work.operations
        + sums * rows * p * p
        + tests * 3.0 * p**3
        + hessians * second
        + turnings * moments
        + products * pairs,
        entries=work.entries + matrices * (_SQUARES * p * p + _BLOCKS * min(_BLOCK, rows * p)) + 4.0 * square + held,
        activations=work.activations,
        scalars=work.scalars
        + sums * (3e3 + 0.35 * p * p + 0.06 * rows * p)
        + hessians * blocks
        + turnings * (3e4 * len(network.layers) + 40.0 * n + 0.3 * square)
        + products * inputs
        + scalars,
    )


def _first_order(network: Network) -> Workload:
    """Value, gradient, norms of Jacobians, and norms of weights; planted labels are a pass through the teacher."""
    n, widths, outputs = float(network.sample_count), network.widths, float(network.widths[-1])
    teacher = [layer.weight.shape for layer in network.teacher or ()]
    units = float(sum(rows for rows, _ in teacher))
    passes = 40.0 * n * (sum(a * b for a, b in pairwise(widths)) + sum(a * b for a, b in teacher))
    norms = sum(2.0 * min(a, b) ** 2 * (max(a, b) + 8.0 * min(a, b)) for a, b in pairwise(widths))
    scalars = 8e3 + 1.2e4 * len(network.layers) + 0.4 * n * (sum(widths) + outputs**2)
    scalars += n * (5.0 + 0.35 * outputs**2) + 0.4 * n * outputs * sum(widths[1:])
    scalars += (1.2e4 + 0.4 * n * units) * (units > 0)
    entries = n * (6.0 * (sum(widths) + units) + 3.0 * outputs**2)
    return Workload(passes + norms, entries, n * (sum(widths[1:-1]) + units), scalars)


def _second_part(network: Network) -> tuple[float, float]:
    """Flops and operations on balls: for each pair of trained layers and unit of the earlier one, a product."""
    n, layers = float(network.sample_count), network.layers
    flops, scalars = 0.0, 0.0
    for j, earlier in enumerate(layers[:-1]):
        units, columns = earlier.weight.shape[0], earlier.weight.shape[1] + 1.0
        for k, later in enumerate(layers):
            if k < j or not (earlier.trained and later.trained):
                continue
            partners = 1.0 if k == j == len(layers) - 2 else float(later.weight.shape[0])  # Γ is diagonal there
            rows = partners * (later.weight.shape[1] + 1.0)
            flops += units * 2.0 * n * rows * columns
            scalars += units * (1.5e3 + n * (0.2 * rows + 0.05 * columns) + 0.1 * rows * columns)
    widths = network.widths
    chains = sum(2.0 * n * a * b * c for a in widths[1:-1] for b, c in pairwise(widths[1:]))
    return flops + 3.0 * chains, scalars


def _moments(network: Network) -> tuple[float, float]:
    """Flops for fourth moments of inputs, and the entries of their matrix: for one hidden layer."""
    n = network.sample_count
    if len(network.layers) > 2 or n > MOST_SAMPLES:
        return 0.0, 0.0
    square = float(n) * n
    return square * (2.0 * (network.widths[0] + 1) + 4.0 * MOMENT_STEPS), square


def _pairs(network: Network) -> tuple[float, float, float]:
    """Flops for two matrices of products of inputs, entries held, and operations on balls: for one hidden layer."""
    columns = network.widths[0] + 1.0
    size = columns * (columns + 1) / 2
    if len(network.layers) > 2 or size > MOST_PAIRS:
        return 0.0, 0.0, 0.0
    n = float(network.sample_count)
    flops = 2.0 * (2.0 * n * size**2 + (10.0 * THETA_LOOKS + 3.0) * size**3)
    return flops, 6.0 * (size**2 + min(n, BLOCK_SAMPLES) * size), 4e3 + 0.8 * n * size + 3.0 * size**2
