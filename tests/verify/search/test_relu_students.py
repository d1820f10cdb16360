"""Families of critical points, and what polishing makes of students."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from tests.twins import population_loss
from verify.numeric.relu_population import population_gradient, population_hessian
from verify.search.relu_students import of_student, orthonormal_problem, polished, shared_student, turned_student


@pytest.mark.parametrize(
    ("make", "sizes", "index"),
    [(turned_student, (3,), 1), (turned_student, (6,), 0), (turned_student, (8, 2), 0), (shared_student, (7,), 0)],
)
def test_the_families_are_critical_and_of_that_index(make, sizes, index):
    student = make(*sizes)
    assert np.max(np.abs(population_gradient(student))) < 1e-15
    assert np.sum(np.linalg.eigvalsh(population_hessian(student)) < 0) == index
    k = student.shape[1]
    assert student[-1, -1] < -0.3 and np.all(np.diag(student)[: k - 2] > 0.6)


def test_students_that_share_a_teacher_are_unlike_each_other():
    first, second = shared_student(8)[-2:, -1]
    assert first < 0 and second < first - 0.2


def test_polished_weights_are_next_to_the_critical_point_in_floats():
    with population_loss.workdps():
        student = turned_student(3)
        truth = population_loss.solved(student, 3)
        off = np.abs(np.array(truth - np.array(population_loss.rows_of(student)), dtype=object)).astype(float)
    assert (off <= np.spacing(np.abs(student))).all()


def test_a_student_from_which_newton_does_not_settle_comes_back():
    start = np.eye(4)  # on top of the teachers: no Hessian
    assert polished(start) is start


def test_problems_are_exact_and_filled_up_with_zeros():
    student = np.array([[0.1, 1.0], [1.0, -0.3]])
    problem = orthonormal_problem(student, 4)
    assert problem.student.weights[0] == (Fraction(0.1), Fraction(1), Fraction(0), Fraction(0))
    assert problem.teacher.weights[1] == (0, 1, 0, 0) and set(problem.teacher.outer) == {1}
    assert np.array_equal(of_student(problem), student)
