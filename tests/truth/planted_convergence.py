"""`planted-convergence`: steps from starts on the rim, in bad directions, in Arb; copies of the teacher elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import permutations

import numpy as np
from flint import arb

from certificates import Accepted, Network
from certificates.claims.planted_convergence import Claim, Evidence
from tests.support.planted_frozen import frozen_problem
from tests.truth._balls import balls, bits, high, low, norm, to_ball
from tests.truth._quadratic import finite, hostile_number
from tests.truth.held import Held, at_least, at_most
from tests.truth.trial import Case
from verify.numeric.activations import compile_activation

SAMPLE = 10

_ACTIVATIONS = (
    "tanh",
    "relu",
    "relu",
    "leaky_relu(1/4)",
    "squared_relu",
    "softplus(1)",
    "piecewise(-z, 0, z/2)",
    "sin",
)
_RIM = Fraction(1) - Fraction(1, 2**40)


def draw(rng: np.random.Generator) -> Case:
    """One to three units; radii and steps from cautious to too bold."""
    problem = _problem(rng)
    x = _rows(problem)
    with np.errstate(all="ignore"):
        gram = np.nan_to_num(_gram(problem, x), posinf=1e300, neginf=-1e300)
        values = np.linalg.eigvalsh(gram)
        fourth = np.nan_to_num(float(np.max(np.sum(x**2, axis=1)) * np.linalg.norm(x, 2) ** 2 / len(x)), posinf=1e300)
        reach = np.sqrt(abs(values[0])) * 10.0 ** rng.uniform(-3, 0.3)
        step = Fraction(finite([10.0 ** rng.uniform(-1.5, 0.02) / values[-1]])[0])
    theta, shift = (Fraction(0), 1.001 * fourth) if rng.random() < 0.7 else (Fraction(1), None)
    numbers = finite([reach, reach * rng.choice([0.0, 0.5, 1.5, 2.0]), values[0] * (1 - 1e-9), values[-1] * 1.000001])
    evidence = Evidence(*numbers, theta, None if shift is None else finite([shift])[0])
    eta = step / (2 * len(x) * problem.objective.loss.scale)
    claim = Claim(eta if eta > 0 else Fraction(1), 5e-324, -1.0)
    return Case(claim, evidence, problem, lambda verdict: _truth(verdict, problem, int(rng.integers(2**32))))


def _problem(rng: np.random.Generator) -> Network:
    k, d, o = int(rng.integers(1, 4)), int(rng.integers(1, 4)), int(rng.choice([1, 1, 2]))
    biased = rng.random() < 0.3
    n = int(rng.integers(1, 40))
    x = np.rint(rng.normal(size=(n, d)) * 16) / 16
    teacher = np.rint(rng.normal(size=(k, d)) * 16) / 16
    if rng.random() < 0.1:
        teacher[-1] = teacher[0] * rng.choice([0.0, 1.0, -1.0])
    outer = rng.choice([1.0, -1.0, 0.5, 2.0], size=(o, k))
    away = float(rng.choice([0.0, 0.001, 0.01, 1.0]))
    if rng.random() < 0.1:
        x[rng.integers(n), rng.integers(d)] = hostile_number(rng)
    scale = Fraction(1, 2 * n) * Fraction(2) ** int(rng.choice([0, 0, 0, 60, -60]))
    bias = away * rng.normal(size=k) if biased else None
    student = teacher + away * rng.normal(size=teacher.shape)
    return frozen_problem(student, teacher, outer, x, str(rng.choice(_ACTIVATIONS)), scale=scale, bias=bias)


def _rows(problem: Network):
    ones = np.ones((len(problem.inputs), 1))
    return problem.inputs if problem.layers[0].bias is None else np.hstack([problem.inputs, ones])


def _planted(problem: Network):
    """W*, with a column of zeros for biases."""
    weight = problem.teacher[0].weight
    return weight if problem.layers[0].bias is None else np.hstack([weight, np.zeros((len(weight), 1))])


def _gram(problem: Network, x):
    slopes = compile_activation(problem.activations[0])(x @ _planted(problem).T)[1]
    outer = problem.layers[1].weight
    rows = (outer[:, None, :, None] * slopes[None, :, :, None] * x[None, :, None, :]).reshape(len(outer) * len(x), -1)
    return rows.T @ rows / len(x)


def _truth(verdict: Accepted, problem: Network, seed: int) -> Iterator[Held]:
    proved: Claim = verdict.proved
    rng, planted = np.random.default_rng(seed), _planted(problem)
    with bits(200):
        start = _planted_apart(problem)
        if proved.distance is not None:
            yield at_most("distance", proved.distance, low(start))
        for share in (1.0, 0.5, 1e-6):
            for direction in _directions(rng, problem):
                size = Fraction(proved.radius) * Fraction(share) * _RIM
                for step in (proved.step_size, Fraction(proved.step_size_max)):
                    part = step / proved.step_size
                    witness = _decrease(problem, direction, size, step)
                    if step > 0 and witness is not None:
                        yield at_least("decrease", Fraction(proved.decrease) * part, witness)
        for other in permutations(range(len(planted))):
            same = np.array_equal(problem.layers[1].weight[:, list(other)], problem.layers[1].weight)
            apart = norm(balls(planted[list(other)]) - balls(planted))
            if same and apart > 0:
                yield at_least("unique_radius", proved.unique_radius, high(apart))
                yield at_least("radius", proved.radius, high(apart))


def _planted_apart(problem: Network) -> arb:
    mine, bias = problem.layers[0].weight, problem.layers[0].bias
    given = mine if bias is None else np.hstack([mine, bias[:, None]])
    return norm(balls(given) - balls(_planted(problem)))


def _directions(rng: np.random.Generator, problem: Network):
    """The extreme eigenvectors of J*ᵀJ*, towards 0, towards the nearest kinks, and random ones."""
    x, planted = _rows(problem), _planted(problem)
    vectors = np.linalg.eigh(np.nan_to_num(_gram(problem, x), posinf=1e300))[1]
    found = [vectors[:, index].reshape(planted.shape) for index in (0, 0, -1)]
    found[1] = -found[0]
    kinks = np.zeros_like(planted)
    for unit, row in enumerate(planted):
        nearest = int(np.argmin(np.abs(x @ row)))
        kinks[unit] = -x[nearest] * np.sign(x[nearest] @ row or 1.0)
    found += [-planted, kinks, rng.normal(size=planted.shape), rng.normal(size=planted.shape)]
    return [direction / np.linalg.norm(direction) for direction in found if 0 < np.linalg.norm(direction) < np.inf]


def _decrease(problem: Network, direction, radius: Fraction, step: Fraction) -> Fraction | None:
    """An upper end of 1 − ‖W₊ − W*‖²/‖W − W*‖² from one start."""
    x, planted = balls(_rows(problem)), balls(_planted(problem))
    start = planted + to_ball(radius) * balls(direction)
    before = norm(start - planted)
    if not before > 0:
        return None
    (value, slope), (label, _) = (_activated(problem, x @ w.T) for w in (start, planted))
    outer = balls(problem.layers[1].weight)
    residual = (value - label) @ outer.T
    gradient = ((residual @ outer) * slope).T @ x * to_ball(2 * problem.objective.loss.scale)
    after = norm(start - to_ball(step) * gradient - planted)
    return 1 - (low(after) / high(before)) ** 2


def _activated(problem: Network, z) -> tuple[np.ndarray, np.ndarray]:
    """φ and φ' by formulas of Arb's own functions."""
    forms = {
        "tanh": (lambda u: u.tanh(), lambda u: 1 / u.cosh() ** 2),
        "softplus(1)": (lambda u: (1 + u.exp()).log(), lambda u: 1 / (1 + (-u).exp())),
        "sin": (lambda u: u.sin(), lambda u: u.cos()),
        "squared_relu": (lambda u: _sided(u, arb(0), u * u), lambda u: _sided(u, arb(0), 2 * u)),
    }
    text = problem.activations[0].text
    for name, (low_slope, high_slope) in {
        "relu": (0, 1),
        "leaky_relu(1/4)": (Fraction(1, 4), 1),
        "piecewise(-z, 0, z/2)": (-1, Fraction(1, 2)),
    }.items():
        a, b = to_ball(low_slope), to_ball(high_slope)
        forms[name] = (lambda u, a=a, b=b: _sided(u, a * u, b * u), lambda u, a=a, b=b: _sided(u, a, b))
    value, slope = forms[text]
    return np.vectorize(value, otypes=[object])(z), np.vectorize(slope, otypes=[object])(z)


def _sided(u: arb, left: arb, right: arb) -> arb:
    """Of a ball that meets 0 both: any slope between them is allowed there."""
    if u > 0:
        return right
    return left if u < 0 else left.union(right)
