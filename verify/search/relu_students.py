"""Students of an orthonormal teacher near critical points of the population ReLU loss: where they are, and polishing.

Families of equal entries: some students near one teacher each, and the others turned against one of the teachers that
are left, each against its own [SafranShamir2018]_ or two against one.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from certificates.arithmetic.arb import exact, precision
from certificates.arithmetic.arb_matrix import ArbMatrix
from certificates.enclosures.gaussian.relu_units import relu_units
from certificates.expression import parse_activation
from certificates.subjects import PopulationProblem, Units
from verify.numeric.mlp import Array
from verify.numeric.relu_population import population_gradient, population_hessian

__all__ = ["of_student", "orthonormal_problem", "polished", "shared_student", "turned_student"]

_BITS = 128
_STEPS_PER_TEACHER = 30
_NEWTON_STEPS = 20
_SETTLED = 2.0**-44  # a step that small leaves nothing to gain in floats


def orthonormal_problem(student: Array, dimension: int | None = None, teachers: int | None = None) -> PopulationProblem:
    """The problem of a student (n, k) of the teacher e_1 … e_k, its rows filled up with zeros.

    Parameters
    ----------
    student
        W.
    dimension
        d ≥ k; k by default.
    teachers
        k, where it is not the number of columns of W.

    Examples
    --------
    >>> orthonormal_problem(np.array([[1.0, 0.25], [0.5, 1.0]]), 3)
    PopulationProblem(2 units learn 2 units, d=3, relu)
    """
    count = student.shape[1] if teachers is None else teachers
    size = student.shape[1] if dimension is None else dimension
    zeros = (Fraction(0),) * (size - student.shape[1])
    rows = tuple(tuple(map(Fraction, row)) + zeros for row in student.tolist())
    basis = tuple(tuple(Fraction(int(i == j)) for j in range(size)) for i in range(count))
    one = Fraction(1)
    teacher, learner = Units(basis, (one,) * count), Units(rows, (one,) * len(rows))
    return PopulationProblem(parse_activation("relu"), teacher, learner)


def of_student(problem: PopulationProblem) -> Array:
    """The student's weights in the span of the teacher, in floats."""
    rows = () if problem.student is None else problem.student.weights
    return np.array([[float(entry) for entry in row[: problem.teacher.width]] for row in rows])


def turned_student(k: int, turned: int = 1) -> Array:
    """A critical point (k, k) for k teachers: ``turned`` students turned against one teacher each, the others near one.

    Parameters
    ----------
    k
        At least 3.
    turned
        1 (a minimum for k ≥ 6) to k − 2.
    """
    free = k - turned
    student = np.full((k, k), -0.3 / k)
    student[:, free:], student[free:] = 1.8 / k, 1.3 / k
    student[np.arange(k), np.arange(k)] = [*[1.0] * free, *[-0.62] * turned]
    return _settled(student, free)


def shared_student(k: int) -> Array:
    """A critical point (k + 1, k) for k teachers: two students are turned against the last one, unlike each other.

    Parameters
    ----------
    k
        At least 4; a minimum for k ≥ 7.
    """
    student = np.full((k + 1, k), -0.24 / k)
    np.fill_diagonal(student, 1.0)
    student[:, -1], student[-2], student[-1] = 1.85 / k, 0.95 / k, 0.6 / k
    student[-2:, -1] = -0.2 + k / 800, 1.5 / np.sqrt(k) - 1  # as it is for k = 7 … 40
    return _settled(student, k - 1)


def _settled(student: Array, free: int) -> Array:
    """Descend, averaged over permutations of the first teachers, as the point may be unstable; then Newton's method."""
    for _ in range(_STEPS_PER_TEACHER * student.shape[1]):
        student = _averaged(student - 2.5 / student.shape[1] * population_gradient(student), free)
    return polished(student)


def _averaged(student: Array, free: int) -> Array:
    """The mean over permutations of the first ``free`` teachers, with their students."""
    found = student.copy()
    corner = found[:free, :free]
    diagonal = np.diag(corner).mean()
    corner[:] = (corner.sum() - free * diagonal) / (free * (free - 1))
    np.fill_diagonal(corner, diagonal)
    found[:free, free:] = found[:free, free:].mean(axis=0)
    found[free:, :free] = found[free:, :free].mean(axis=1, keepdims=True)
    return found


def polished(student: Array) -> Array:
    """Newton's method on ∇F = 0 in floats, and a last step whose gradient has 128 bits: rounded once, to nearest.

    Where it does not settle the student comes back as it was.
    """
    found = student
    for _ in range(_NEWTON_STEPS):
        step = _step(found, population_gradient(found))
        if step is None:
            return student
        found = found - step
        if np.max(np.abs(step)) <= _SETTLED * np.max(np.abs(found)):
            break
    else:
        return student
    with precision(_BITS):
        weights = ArbMatrix.from_entries(len(found), found.shape[1], map(exact, found.ravel().tolist()))
        step = _step(found, relu_units(weights).gradient().midpoint())
    return found if step is None else found - step


def _step(student: Array, gradient: Array) -> Array | None:
    hessian = population_hessian(student)
    if not (np.isfinite(hessian).all() and np.isfinite(gradient).all()):
        return None
    try:
        return np.linalg.solve(hessian, gradient.ravel()).reshape(student.shape)
    except np.linalg.LinAlgError:
        return None
