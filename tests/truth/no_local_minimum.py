"""`no-local-minimum`: the form along the direction at points of the ball, climbed in floats and evaluated in Arb."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from certificates import Accepted, Network
from certificates.claims.no_local_minimum import Claim, Evidence
from tests.truth._balls import bits, high, low, norm, to_ball
from tests.truth._objectives import BITS, curvature_at, draw_objective, slope_at
from tests.truth._quadratic import hostile_number
from tests.truth.held import Held, at_least, at_most
from tests.truth.trial import Case
from verify.numeric.smooth_objective import FloatObjective

SAMPLE = 12

_POINTS = 24


def draw(rng: np.random.Generator) -> Case:
    """Random weights and lowest eigenvectors, radii about where the Hessian has turned too far."""
    network = draw_objective(rng)
    objective = FloatObjective(network)
    start = objective.initial()
    with np.errstate(all="ignore"):
        values, vectors = np.linalg.eigh(np.nan_to_num(objective.hessian(start)))
    direction = vectors[:, 0] * 2.0 ** float(rng.choice([0, 0, 0, 20, -20, 400, -400]))
    if rng.random() < 0.1:
        direction = rng.normal(size=len(start))
    if rng.random() < 0.05:
        direction[rng.integers(len(start))] = hostile_number(rng)
    size = max(-float(values[0]), 1e-12)
    radius = float(size * 10.0 ** rng.uniform(-4, 0.5) * (1.0 if rng.random() < 0.95 else 1e-12))
    if not direction.any():
        direction[0] = 1.0
    evidence = Evidence(tuple(map(float, direction)), radius)
    seed = int(rng.integers(2**32))
    return Case(
        Claim(5e-324, 5e-324, 1e308), evidence, network, lambda verdict: _truth(verdict, network, evidence, seed)
    )


def _truth(verdict: Accepted, network: Network, evidence: Evidence, seed: int) -> Iterator[Held]:
    proved: Claim = verdict.proved
    objective = FloatObjective(network)
    start = objective.initial()
    with bits(BITS):
        slope = low(norm(np.array(slope_at(network, start))))
        size = sum((to_ball(entry) ** 2 for entry in evidence.direction), to_ball(0))
        point = _climbed(np.random.default_rng(seed), objective, start, evidence)
        yield at_least("curvature", proved.curvature, high(-curvature_at(network, point, evidence.direction) / size))
    yield at_most("gradient_norm", proved.gradient_norm, slope)
    yield at_most("radius", proved.radius, Fraction(evidence.radius))


def _climbed(rng: np.random.Generator, objective: FloatObjective, start: np.ndarray, evidence: Evidence) -> np.ndarray:
    """A point of the ball where the form is as large as a short climb finds it."""
    unit = np.array(evidence.direction) / np.max(np.abs(evidence.direction))

    def form(weights: np.ndarray) -> float:
        return float(unit @ objective.hessian(weights) @ unit)

    inside = evidence.radius * (1 - 1e-9)
    best, reached = start, form(start)
    step = np.ones(len(start))
    for count in range(_POINTS):
        move = rng.normal(size=len(start)) if count < _POINTS // 2 else step + 0.3 * rng.normal(size=len(start))
        move /= np.linalg.norm(move)
        for sign in (1, -1):
            point = start + sign * inside * move
            value = form(point)
            if value > reached and np.linalg.norm(point - start) <= evidence.radius * (1 - 1e-10):
                best, reached, step = point, value, sign * move
    return best
