"""`population-minimum`: differences of values with 80 digits, Newton's method on them, other critical points nearby."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import mpmath
import numpy as np

from certificates import Accepted
from certificates.claims.population_minimum import Claim, Evidence, Transverse
from tests.support.population_students import short_student
from tests.truth.held import Held, at_least, at_most, statement
from tests.truth.trial import Case
from tests.twins import population_loss
from verify.numeric.relu_population import across, population_gradient, population_hessian
from verify.search.relu_students import orthonormal_problem, polished, shared_student, turned_student

SAMPLE = 3

_STARTS = 4
_NOTHING = Fraction(1, 10**12)  # beyond what floats know of eigenvalues of exact numbers
_LITTLE = Fraction(1, 10**38)  # beyond what is known of ŵ and F(ŵ)


def draw(rng: np.random.Generator) -> Case:
    """Critical points of families and of Newton's method from anywhere, moved a little, radii about where they fail."""
    student = _student(rng)
    if rng.random() < 0.5:
        student = student + rng.normal(size=student.shape) * 10.0 ** rng.uniform(-12, -5)
    k = student.shape[1]
    with np.errstate(all="ignore"):
        matrix = np.nan_to_num(population_hessian(student))
        spectra = np.linalg.eigvalsh(matrix), np.linalg.eigvalsh(across(student)[0])
    indices = [int(np.sum(values < 0)) for values in spectra]
    if rng.random() < 0.1:
        place = int(rng.integers(2))
        indices[place] = max(0, indices[place] + int(rng.choice([-1, 1])))
    least = [values[index] if index < len(values) else 1.0 for values, index in zip(spectra, indices, strict=True)]
    share = float(rng.choice([1 - 1e-9, 1 - 1e-6, 0.99, 0.5, 1.01]))
    radius = 10.0 ** rng.uniform(-7, -3.5)
    evidence = Evidence(radius, *(max(share * float(value), 1e-300) for value in least))
    transverse = Transverse(indices[1], 5e-324) if rng.random() < 0.8 else None
    claim = Claim(indices[0], radius, radius, 5e-324, -1e308, 1e308, transverse)
    dimension = k + int(rng.integers(3)) * (transverse is not None)
    seed = int(rng.integers(2**32))
    return Case(
        claim,
        evidence,
        orthonormal_problem(student, dimension),
        lambda verdict: _truth(verdict, student, seed),
    )


def _student(rng: np.random.Generator) -> np.ndarray:
    """Of a family, or where a random start leads; (n, k) with 2 to 5 teachers."""
    choice = rng.random()
    if choice < 0.15:
        return turned_student(int(rng.integers(3, 6)))
    if choice < 0.25:
        return shared_student(4)
    if choice < 0.45:
        return short_student()
    k = int(rng.integers(2, 4))
    start = rng.normal(size=(k + int(rng.integers(2)), k))
    for _ in range(int(rng.integers(0, 60))):
        start = start - 0.3 * population_gradient(start)
    return polished(start)


def _truth(verdict: Accepted, student: np.ndarray, seed: int) -> Iterator[Held]:
    proved, k = verdict.proved, student.shape[1]
    with population_loss.workdps():
        point = population_loss.solved(student, k)
        yield statement("existence", point is not None)  # a contraction would have led there
        if point is None:
            return
        rows = point.tolist()
        yield at_most("distance", proved.distance, _exact(_far(point, student)) - _LITTLE)
        value = _exact(population_loss.loss(rows, k))
        yield at_least("value_lower", proved.value_lower, value + _LITTLE)
        yield at_most("value_upper", proved.value_upper, value - _LITTLE)
        yield from _spectrum("index", "nondegeneracy", proved, np.linalg.eigvalsh(population_loss.hessian(rows, k)))
        if proved.transverse is not None:
            values = population_loss.curvatures_across(rows, k)
            yield from _spectrum("transverse.index", "transverse.nondegeneracy", proved.transverse, values)
        yield from _others(proved, student, point, seed)


def _spectrum(count: str, least: str, proved: Claim | Transverse, values: np.ndarray) -> Iterator[Held]:
    yield statement(count, int(np.sum(values < 0)) == proved.index)
    yield at_least(least, proved.nondegeneracy, Fraction(float(np.min(np.abs(values)))) + _NOTHING)


def _others(proved: Claim, student: np.ndarray, point: np.ndarray, seed: int) -> Iterator[Held]:
    """Critical points that are not the one that is proved."""
    rng, k = np.random.default_rng(seed), student.shape[1]
    for _ in range(_STARTS):
        start = student + rng.uniform(-1, 1, size=student.shape) * proved.radius * 10.0 ** rng.uniform(-0.5, 2)
        found = polished(start)
        slope = population_gradient(found)
        if not (np.isfinite(slope).all() and np.max(np.abs(slope)) < 1e-12):
            continue
        if _far(point, found) < 1e-3 * proved.radius:
            continue
        other = population_loss.solved(found, k)
        if other is not None and _far(other, point) > mpmath.mpf(10) ** -30:
            yield at_least("radius", proved.radius, _exact(_far(other, student)) + _LITTLE)


def _far(left: np.ndarray, right: np.ndarray) -> mpmath.mpf:
    return max(abs(a - b) for a, b in zip(left.ravel().tolist(), right.ravel().tolist(), strict=True))


def _exact(number: mpmath.mpf) -> Fraction:
    return Fraction(mpmath.nstr(number, 60))
