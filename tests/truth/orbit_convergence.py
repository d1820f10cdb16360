"""`orbit-convergence`: steps from starts around the teacher, chosen to contract little, enclosed in Arb."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from certificates import Accepted, Network
from certificates.claims.orbit_convergence import Claim, Evidence
from tests.truth._balls import balls, bits, high, low, to_ball
from tests.truth._planted import descend, distance, draw_constants, draw_planted
from tests.truth._quadratic import finite
from tests.truth.held import Held, at_least, root_above
from tests.truth.trial import Case

SAMPLE = 10


def draw(rng: np.random.Generator) -> Case:
    """Guesses near the constants of the loss; radii and steps from cautious to too bold."""
    problem = draw_planted(rng, 1.0)
    constants, least, top = draw_constants(rng, problem)
    fourth = constants.fourth_moment_shift
    with np.errstate(all="ignore"):
        reach = np.sqrt(np.float64(abs(least)) / fourth) * 10.0 ** rng.uniform(-3, 0)
        mu = Fraction(finite([10.0 ** rng.uniform(-2, 0.05) / np.float64(top)])[0])
    step = mu / (4 * len(problem.inputs) * problem.objective.loss.scale)
    evidence = Evidence(finite([reach])[0], constants)
    seed = int(rng.integers(2**32))
    claim = Claim(step, 5e-324, -1.0, -1.0, -1.0)
    return Case(claim, evidence, problem, lambda verdict: _truth(verdict, problem, seed))


def _truth(verdict: Accepted, problem: Network, seed: int) -> Iterator[Held]:
    proved: Claim = verdict.proved
    rng = np.random.default_rng(seed)
    mu = proved.step_size * 4 * len(problem.inputs) * problem.objective.loss.scale
    shares = (("decrease", proved.decrease, 1.0), ("half_decrease", proved.half_decrease, 0.5))
    if proved.decrease > 0:  # W = 0 is critical, and no step from it comes closer
        size = sum((Fraction(float(entry)) ** 2 for entry in problem.teacher[0].weight.ravel()), Fraction(0))
        yield at_least("radius", proved.radius, root_above(size))
    with bits(400):
        for name, number, share in (*shares, ("asymptotic_decrease", proved.asymptotic_decrease, 2.0**-80)):
            for direction in _directions(rng, problem, share * proved.radius, float(mu)):
                witness = _decrease(problem, direction, Fraction(proved.radius) * Fraction(share), mu)
                if witness is not None:
                    # at the least distance the limit is reached up to the share
                    slack = Fraction(1, 2**60) if share < 1e-9 else 0
                    yield at_least(name, number, witness + slack)


def _directions(rng: np.random.Generator, problem: Network, size: float, mu: float) -> list[np.ndarray]:
    """The extreme eigenvectors of 𝒬, the way to 0, and the worst random one."""
    x, teacher = problem.inputs, problem.teacher[0].weight
    scale_x, scale_t = (np.abs(part).max() or 1.0 for part in (x, teacher))
    x, t = x / scale_x, teacher / scale_t
    z = np.einsum("nr,nd->nrd", x @ t.T, x).reshape(len(x), -1)
    vectors = np.linalg.eigh(z.T @ z / len(x))[1]
    found = [vectors[:, index].reshape(teacher.shape) for index in (0, len(t) * (len(t) - 1) // 2, -1)]
    found += [-t, rng.normal(size=t.shape)]
    return [direction / np.linalg.norm(direction) for direction in found if np.linalg.norm(direction) > 0]


def _decrease(problem: Network, direction, radius: Fraction, mu: Fraction) -> Fraction | None:
    """An upper end of 1 − dist(W₊, W°)/dist(W, W°) from a start at most ``radius`` away; ``None`` at the orbit."""
    x, teacher = balls(problem.inputs), balls(problem.teacher[0].weight)
    start = teacher + to_ball(radius * (1 - Fraction(1, 2**40))) * balls(direction)
    before = distance(start, teacher)
    if not before > 0 or high(before) > radius:
        return None
    after = distance(descend(start, teacher, x, to_ball(mu)), teacher)
    return 1 - low(after) / high(before) if before > 0 else None
