"""`critical-point`: Newton's method at 200 bits, the eigenvalues there, other critical points found nearby."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from certificates import Accepted, Network
from certificates.claims.critical_point import Claim, Evidence
from certificates.enclosures.objectives.flat import flat_directions
from tests.truth._balls import bits, high, low
from tests.truth._objectives import (
    BITS,
    distance_below,
    draw_objective,
    eigenvalues_at,
    newton,
    solved,
)
from tests.truth.held import Held, at_least, at_most, statement
from tests.truth.trial import Case
from tests.twins.hyper_dual import derivative_along
from verify.numeric.smooth_objective import FloatObjective

SAMPLE = 12

_STARTS = 4
_NOTHING = Fraction(1, 10**30)  # beyond what is known of w to fifty digits


def draw(rng: np.random.Generator) -> Case:
    """Points that Newton's method finds, moved a little, with radii and shifts about where they fail."""
    network = draw_objective(rng)
    objective = FloatObjective(network)
    with np.errstate(all="ignore"):
        weights = newton(objective, objective.initial()) + 0.0
        if rng.random() < 0.5:
            weights = weights + rng.normal(size=len(weights)) * 10.0 ** rng.uniform(-12, -3)
        if not np.isfinite(weights).all():
            weights = objective.initial()
        network = objective.network(weights)
        values = _values(network, weights)
        slope = float(np.linalg.norm(objective.gradient(weights)))
    index = int(np.sum(values < 0))
    least = float(values[index]) if index < len(values) else 1.0
    gap = max(float(np.min(np.abs(values))), 1e-300)
    if rng.random() < 0.05:
        index = max(0, index + int(rng.choice([-1, 1])))
    shift = max(least * float(rng.choice([1 - 1e-9, 0.99, 0.9, 0.5])), 1e-300)
    outer = gap * 10.0 ** rng.uniform(-3, 0.5)
    inner = min((slope + 1e-16) / gap * float(rng.choice([1.01, 1.2, 2.0, 30.0])), outer)
    evidence = Evidence(inner, outer, shift)
    flat = flat_directions(network)
    claim = Claim(index, outer, min(inner, outer), 5e-324, 0.0, -1e308, 1e308, flat)
    seed = int(rng.integers(2**32))
    return Case(
        claim,
        evidence,
        network,
        lambda verdict: _truth(verdict, network, evidence, seed),
        given=frozenset({"index", "flat"}),
    )


def _flat_rows(network: Network) -> np.ndarray:
    """The directions along which f is constant, from their definition."""
    size, last = network.trained_parameter_count, len(network.layers) - 1
    rows, at = [], 0
    for index, layer in enumerate(network.layers):
        if not layer.trained:
            continue
        places = at + np.arange(layer.weight.size).reshape(layer.weight.shape)
        biases = at + layer.weight.size + np.arange(0 if layer.bias is None else layer.bias.size)
        at += layer.parameter_count
        if index == last and "output.weight shift" in flat_directions(network):
            rows += list(places.T)
        if index == last and "output.bias shift" in flat_directions(network):
            rows.append(biases)
        if index == 0:
            dead = [name for name in flat_directions(network) if name.startswith("input ")]
            rows += [[entry] for name in dead for entry in places[:, int(name.split()[1])]]
    found = np.zeros((len(rows), size))
    for row, entries in zip(found, rows, strict=True):
        row[entries] = 1.0
    return found


def _values(network: Network, weights: np.ndarray) -> np.ndarray:
    """Eigenvalues of the Hessian, those of flat directions left out."""
    matrix = np.nan_to_num(FloatObjective(network).hessian(weights))
    flat = _flat_rows(network)
    return np.linalg.eigvalsh(matrix + 1e6 * flat.T @ flat)[: len(matrix) - len(flat)]


def _truth(verdict: Accepted, network: Network, evidence: Evidence, seed: int) -> Iterator[Held]:
    proved: Claim = verdict.proved
    start, flat = FloatObjective(network).initial(), _flat_rows(network)
    point = solved(network, start, flat)
    if point is None:  # a contraction would have led there
        yield statement("existence", False)
        return
    yield at_most("distance", proved.distance, distance_below(point, start))
    values = eigenvalues_at(network, point)
    kept = [value for value in values if abs(value) > _NOTHING]
    yield statement("flat", len(values) - len(kept) == len(flat))
    yield statement("index", sum(value < 0 for value in kept) == proved.index)
    if not kept:
        return
    yield at_least("nondegeneracy", proved.nondegeneracy, min(map(abs, kept)) + _NOTHING)
    if proved.negative_curvature > 0:
        yield at_least("negative_curvature", proved.negative_curvature, -kept[0] + _NOTHING)
    with bits(BITS):
        value = derivative_along(network, point, [0.0] * len(start), [0.0] * len(start)).a
    yield at_least("value_lower", proved.value_lower, high(value) + _NOTHING)
    yield at_most("value_upper", proved.value_upper, low(value) - _NOTHING)
    yield from _others(proved, network, start, point, flat, seed)


def _others(proved: Claim, network: Network, start: np.ndarray, point, flat: np.ndarray, seed: int) -> Iterator[Held]:
    """Critical points that are neither the one that is proved nor it moved along flat directions."""
    rng, objective = np.random.default_rng(seed), FloatObjective(network)
    here = np.array([float(entry) for entry in point])
    for _ in range(_STARTS):
        move = rng.normal(size=len(start)) * proved.radius * 10.0 ** rng.uniform(-1, 2) / np.sqrt(len(start))
        move -= np.linalg.pinv(flat) @ (flat @ move) if len(flat) else 0.0
        found = newton(objective, start + move, 25)
        if np.linalg.norm(objective.gradient(found)) > 1e-12 or np.linalg.norm(found - here) < 1e-3 * proved.radius:
            continue
        other = solved(network, found, flat)
        if other is None or max(abs(float(a) - float(b)) for a, b in zip(other, point, strict=True)) < 1e-12:
            continue
        with bits(BITS):
            squares = sum(((a - float(b)) ** 2 for a, b in zip(other, start, strict=True)), other[0] * 0)
            yield at_least("radius", proved.radius, high(squares.sqrt()) + _NOTHING)
