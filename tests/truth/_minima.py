"""Small problems at minima of their objectives, evidence about where it fails, and what is true of the minima."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import numpy as np

from certificates import Accepted, Dense, Network
from certificates.language.minimum import MinimumEvidence
from certificates.subjects import Squared
from tests.support.minima import fitted
from tests.truth._balls import high
from tests.truth._objectives import curvature_at, distance_below, draw_objective, newton, solved
from tests.truth.held import Held, at_least, at_most, statement
from verify.numeric.smooth_objective import FloatObjective
from verify.search.minimum import basin_of, flat_basis

__all__ = ["NOTHING", "Drawn", "draw_minimum", "labelled", "truth_of_the_minimum"]

NOTHING = Fraction(1, 10**30)  # beyond what is known of ŵ to fifty digits

_STARTS, _POINTS, _CLIMBS = 4, 4, 6


class Drawn:
    """A problem, evidence about it, and a basis of its flat directions in rows."""

    def __init__(self, network: Network, evidence: MinimumEvidence, flat: tuple[str, ...], rows: np.ndarray) -> None:
        self.network, self.evidence, self.flat, self.rows = network, evidence, flat, rows
        self.start = FloatObjective(network).initial()


def draw_minimum(rng: np.random.Generator, network: Network | None = None) -> Drawn:
    """Weights at a minimum, or moved a little; balls and shifts that fail now and then."""
    network = labelled(rng, draw_objective(rng)) if network is None else network
    with np.errstate(all="ignore"):
        moved = fitted(network, steps=40)
        objective = FloatObjective(moved)
        weights = objective.initial() + 0.0
        if rng.random() < 0.4:
            weights = weights + rng.normal(size=len(weights)) * 10.0 ** rng.uniform(-16, -3)
        network = objective.network(weights) if np.isfinite(weights).all() else network
        basin = basin_of(network)
    least, most = max(basin.smallest, 1e-300), basin.largest
    rows = flat_basis(network, basin.flat).T
    slope = float(np.linalg.norm(basin.gradient.astype(float)))
    outer = least * 10.0 ** rng.uniform(-3, 0.5)
    inner = min((slope + 1e-16) / least * float(rng.choice([1.01, 1.5, 2.2, 5.0, 100.0])), outer)
    shifts = least * float(rng.choice([1 - 1e-9, 0.99, 0.9, 0.5])), most * float(rng.choice([1 + 1e-9, 1.1, 2.0]))
    evidence = MinimumEvidence(outer, inner, *shifts, _correction(rng, network, rows))
    return Drawn(network, evidence, basin.flat, rows)


def labelled(rng: np.random.Generator, network: Network) -> Network:
    """Now and then of squared losses: labels planted by a teacher of other widths, or by the network moved a little."""
    if not isinstance(network.objective.loss, Squared) or rng.random() < 0.5:
        return network
    widths, near = [network.widths[0]], bool(rng.random() < 0.5)
    widths += [width if near else int(rng.integers(1, 4)) for width in network.widths[1:-1]] + [network.widths[-1]]
    teacher = tuple(
        Dense((layer.weight if near else 0) + rng.normal(size=(b, a)) * (0.1 if near else 1.0), None, False)
        for layer, (a, b) in zip(network.layers, pairwise(widths), strict=True)
    )
    return replace(network, targets=None, teacher=teacher)


def _correction(rng: np.random.Generator, network: Network, rows: np.ndarray):
    """None, of no length, a Newton step, or that with an error."""
    kind = int(rng.integers(4))
    if kind == 0:
        return None
    if kind == 1:
        return ()
    objective = FloatObjective(network)
    with np.errstate(all="ignore"):
        slope = objective.gradient(objective.initial().astype(np.longdouble)).astype(float)
        hessian = np.nan_to_num(objective.hessian(objective.initial()))
        step = -np.linalg.pinv(hessian + rows.T @ rows) @ slope
    if kind == 3:
        step = step * (1 + 10.0 ** rng.uniform(-6, 0) * rng.normal(size=step.size))
    return (tuple(np.nan_to_num(step).tolist()),)


def truth_of_the_minimum(verdict: Accepted, drawn: Drawn, rng: np.random.Generator) -> Iterator[Held | list]:
    """What holds of ŵ; the last item is ŵ itself, to fifty digits, or nothing."""
    proved, facts = verdict.proved, {fact.symbol: fact for fact in verdict.facts}
    point = solved(drawn.network, drawn.start, drawn.rows)
    if point is None:  # Newton's method would have led there
        yield statement("existence", False)
        return
    yield at_most("distance", proved.distance, distance_below(point, drawn.start))
    yield from _others(proved.radius, drawn, point, rng)
    where, along = _softest(drawn, proved.radius, rng)
    quotient = high(curvature_at(drawn.network, where, along)) / _square(along)
    yield at_least("λ_min − h(R)", Fraction(facts["λ_min"].lower) - Fraction(facts["h(R)"].upper), quotient)
    yield point


def _square(vector: np.ndarray) -> Fraction:
    return sum((Fraction(float(entry)) ** 2 for entry in vector), Fraction(0))


def _softest(drawn: Drawn, radius: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A point of the ball where the Hessian bends least, climbed to, and the direction, off the flat ones."""
    objective, size = FloatObjective(drawn.network), len(drawn.start)
    lift = 1e6 * drawn.rows.T @ drawn.rows

    def lowest(w: np.ndarray) -> tuple[float, np.ndarray]:
        values, vectors = np.linalg.eigh(np.nan_to_num(objective.hessian(w)) + lift)
        return float(values[0]), vectors[:, 0]

    def inside(step: np.ndarray) -> np.ndarray:
        return drawn.start + step * (radius * (1 - 1e-9) / max(float(np.linalg.norm(step)), 1e-300))

    best = min((inside(rng.normal(size=size)) for _ in range(_POINTS)), key=lambda w: lowest(w)[0])
    value = lowest(best)[0]
    for _ in range(_CLIMBS):
        trial = inside(best - drawn.start + 0.5 * radius * rng.normal(size=size) / np.sqrt(size))
        found = lowest(trial)[0]
        best, value = (trial, found) if found < value else (best, value)
    along = lowest(best)[1]
    along = along - drawn.rows.T @ (drawn.rows @ along)
    return best, along


def _others(radius: float, drawn: Drawn, point: list, rng: np.random.Generator) -> Iterator[Held]:
    """Other critical points are outside."""
    objective = FloatObjective(drawn.network)
    here = np.array([float(entry) for entry in point])
    for _ in range(_STARTS):
        move = rng.normal(size=len(drawn.start)) * radius * 10.0 ** rng.uniform(-1, 2) / np.sqrt(len(drawn.start))
        move -= drawn.rows.T @ (drawn.rows @ move)
        found = newton(objective, drawn.start + move, 20)
        if np.linalg.norm(objective.gradient(found)) > 1e-12 or np.linalg.norm(found - here) < 1e-3 * radius:
            continue
        other = solved(drawn.network, found, drawn.rows)
        if other is None or max(abs(float(a) - float(b)) for a, b in zip(other, point, strict=True)) < 1e-12:
            continue
        yield at_least("radius", radius, distance_below(other, drawn.start) + NOTHING)
