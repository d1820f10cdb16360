"""The search for `population-minimum`: what it moves, what it says where nothing is proved."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from certificates import Accepted, decide
from certificates.expression import parse_activation
from verify.proposals.population_minimum import SEARCH
from verify.search.proposal import Options
from verify.search.relu_students import of_student, orthonormal_problem, turned_student


@pytest.fixture(scope="module")
def student():
    return turned_student(3)


def test_polishing_moves_the_student_to_the_point_and_says_how_far(student):
    problem = orthonormal_problem(student + 1e-3, 4)
    assert SEARCH.propose(problem, Options()).verdict.check == 6
    found = SEARCH.propose(problem, Options(polish=True))
    assert isinstance(found.verdict, Accepted) and found.claim.distance < 1e-15
    assert found.problem.dimension == 4 and "moved by at most 0.001" in found.notes[0]
    assert np.max(np.abs(of_student(found.problem) - student)) < 1e-15
    assert isinstance(decide(found.claim, found.evidence, found.problem), Accepted)


def test_where_newton_does_not_settle_the_given_student_is_judged():
    found = SEARCH.propose(orthonormal_problem(np.eye(3)), Options(polish=True))
    assert found.claim is None and found.verdict.check == 5 and "does not settle" in found.notes[0]


def test_weights_near_a_point_need_no_polishing(student):
    found = SEARCH.propose(orthonormal_problem(student + 1e-6), Options())
    assert isinstance(found.verdict, Accepted) and 1e-6 < 1.000001 * found.claim.distance < 3e-6


def test_it_fits_students_of_the_unit_matrix_alone(student):
    problem = orthonormal_problem(student)
    assert SEARCH.fits(problem) and SEARCH.excludes(problem) is None
    assert "student" in SEARCH.excludes(replace(problem, student=None))
    assert "relu" in SEARCH.excludes(replace(problem, activation=parse_activation("tanh")))
    rows = problem.teacher.weights[::-1]
    swapped = replace(problem, teacher=replace(problem.teacher, weights=rows))
    assert "unit matrix" in SEARCH.excludes(swapped) and SEARCH.fits(swapped) is None
    for other in (replace(problem, student=None), swapped):
        found = SEARCH.propose(other, Options(polish=True))
        assert found.claim is None and found.verdict.check == 1
