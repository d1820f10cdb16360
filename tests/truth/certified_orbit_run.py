"""`certified-orbit-run`: the run again, one sample at a time in Arb at another precision."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

import numpy as np

from certificates import Accepted, Network
from certificates.claims.certified_orbit_run import Claim, Evidence
from tests.support import planted as naive
from tests.truth._balls import balls, bits, high, low, to_ball
from tests.truth._planted import descend, distance, draw_constants, draw_planted
from tests.truth._quadratic import finite
from tests.truth.held import Held, at_least, at_most
from tests.truth.trial import Case

SAMPLE = 25

_MORE = 6  # steps held beyond the entry


def draw(rng: np.random.Generator) -> Case:
    """Starts near the teacher or not; entry after few steps, at every precision that a file can ask for."""
    problem = draw_planted(rng, float(10.0 ** rng.uniform(-3, 0)))
    constants, _, top = draw_constants(rng, problem)
    with np.errstate(all="ignore"):
        mu = Fraction(finite([10.0 ** rng.uniform(-1.5, 0.0) / np.float64(top)])[0])
    entry = int(rng.integers(0, 12))
    rotation = _rotation(problem, float(mu), entry)
    if rng.random() < 0.15:
        rotation = rotation + 10.0 ** rng.uniform(-12, 0) * rng.normal(size=rotation.shape)
    precision = int(rng.choice([53, 64, 100, 200]))
    step = mu / (4 * len(problem.inputs) * problem.objective.loss.scale)
    evidence = Evidence(entry, precision, finite(rotation.ravel()), constants)
    claim = Claim(step, entry + int(rng.integers(2)), 1e308, -1.0, -1.0)
    return Case(claim, evidence, problem, lambda verdict: _truth(verdict, problem))


def _rotation(problem: Network, mu: float, steps: int) -> np.ndarray:
    """The best rotation of the iterate in floats."""
    w, teacher, x = problem.layers[0].weight, problem.teacher[0].weight, problem.inputs
    with np.errstate(all="ignore"):
        for _ in range(steps):
            w = w - mu * naive.fast_gradient(w, teacher, x)
        cross = w @ teacher.T
    if not np.isfinite(cross).all():
        return np.eye(len(w))
    left, _, right = np.linalg.svd(cross)
    return right.T @ left.T


def _truth(verdict: Accepted, problem: Network) -> Iterator[Held]:
    proved: Claim = verdict.proved
    mu = to_ball(proved.step_size * 4 * len(problem.inputs) * problem.objective.loss.scale)
    with bits(600):
        w, teacher, x = (balls(p) for p in (problem.layers[0].weight, problem.teacher[0].weight, problem.inputs))
        distances = []
        for _ in range(proved.entry_step + _MORE):
            distances.append(distance(w, teacher))
            w = descend(w, teacher, x, mu)
        yield at_most("entry_step", proved.entry_step, _earliest(distances, proved))
        late = distances[proved.entry_step :]
        for here in late:
            yield at_most("entry_distance", proved.entry_distance, low(here))
        for here, after in pairwise(late):
            if here > 0:
                yield at_least("decrease", proved.decrease, high(1 - after / here))


def _earliest(distances, proved: Claim) -> int:
    """The step after the last one at which the distance or the decrease is certainly not what is claimed."""
    fails = [
        index
        for index, (here, after) in enumerate(pairwise(distances))
        if low(here) > Fraction(min(proved.entry_distance, 1e308))
        or (here > 0 and high(1 - after / here) < Fraction(proved.decrease))
    ]
    return fails[-1] + 1 if fails else 0
