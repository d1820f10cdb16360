"""The rule of null directions: exact zeros only, each part of the statement changed a little."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from certificates import Accepted, Rejected, Undecided, decide
from certificates.claims.population_null_direction import Claim, Evidence
from certificates.errors import MalformedCertificate
from certificates.subjects import PopulationProblem, Units
from tests.support.singular_populations import exact_hessian, null_space
from verify.problems.population import from_units
from verify.proposals.population_null_direction import SEARCH, propose
from verify.search.proposal import Options

F = Fraction
TINY = F(1, 2**200)
SKEW = [["1", "0"], ["0.6", "0.8"]]


@pytest.fixture(scope="module")
def found():
    proposal = propose(from_units("quadratic", SKEW, ["2", "-1/3"]))
    assert isinstance(proposal.verdict, Accepted)
    return proposal


def judge(proposal, direction=None, **changes):
    evidence = proposal.evidence if direction is None else Evidence(direction)
    return decide(proposal.claim, evidence, replace(proposal.problem, **changes))


@pytest.mark.parametrize("row", [0, 1])
@pytest.mark.parametrize("column", [0, 1])
@pytest.mark.parametrize("change", [TINY, -TINY, F(10**30)])
def test_no_entry_of_the_direction_can_be_moved(found, row, column, change):
    rows = [list(each) for each in found.evidence.direction]
    rows[row][column] += change
    verdict = judge(found, tuple(map(tuple, rows)))
    assert isinstance(verdict, Rejected) and verdict.check == 5


def test_any_multiple_of_the_direction_serves(found):
    for factor in (TINY, F(-1), F(10**30)):
        assert isinstance(
            judge(found, tuple(tuple(factor * a for a in row) for row in found.evidence.direction)), Accepted
        )


def test_the_teacher_is_looked_at_in_every_number(found):
    teacher = found.problem.teacher
    for changed in (
        replace(teacher, outer=(teacher.outer[0] + TINY, teacher.outer[1])),
        replace(teacher, weights=(teacher.weights[0], (teacher.weights[1][0], teacher.weights[1][1] + TINY))),
    ):
        assert judge(found, teacher=changed).check == 5


def test_one_dimension_more_is_not_accepted_and_one_less_is():
    proposal = propose(from_units("identity", SKEW))
    assert proposal.claim.nullity == 2 and isinstance(decide(Claim(1), proposal.evidence, proposal.problem), Accepted)
    verdict = decide(Claim(3), proposal.evidence, proposal.problem)
    assert isinstance(verdict, Undecided) and verdict.check == 6 and verdict.proved == Claim(2)


@pytest.mark.parametrize("name", ["tanh", "relu", "squared_relu", "z^3", "z^3/z", "piecewise(z, 0, z)", "z^2+tanh(z)"])
def test_other_activations_are_undecided(found, name):
    verdict = judge(found, activation=from_units(name, SKEW).activation)
    assert isinstance(verdict, Undecided) and verdict.check == 2


def test_a_student_is_rejected(found):
    verdict = judge(found, student=found.problem.teacher)
    assert isinstance(verdict, Rejected) and verdict.check == 1


def test_long_numbers_are_undecided(found):
    rows = ((F(3, 7**3000), F(4)), found.evidence.direction[1])
    steep = from_units("((7/3)^64)^64*z^2", SKEW).activation
    for verdict in (judge(found, rows), judge(found, activation=steep)):
        assert isinstance(verdict, Undecided) and verdict.check == 3


def test_shapes_are_compared(found):
    (a, b), second = found.evidence.direction
    for direction in (((a, b),), ((a, b, F(0)), (*second, F(0))), ((a, b), second[:1]), ((a, b), second, second)):
        verdict = judge(found, direction)
        assert isinstance(verdict, Rejected) and verdict.check == 4


def test_nothing_is_claimed_by_zero():
    for direction in ((), ((),), ((F(0), F(0)), (F(0), F(0)))):
        with pytest.raises(MalformedCertificate, match="not 0"):
            Evidence(direction)
    with pytest.raises(MalformedCertificate, match="1"):
        Claim(0)


def test_both_coefficients_count():
    """z² + z has no null direction of two independent units; each part alone has one."""
    for text in ("z^2", "z"):
        direction = propose(from_units(text, SKEW)).evidence.direction
        assert judge(propose(from_units(text, SKEW)), direction).outcome == "accepted"
        for other in ("z^2+z", "z^2-z/2^60", "z^2/2^60+z"):
            verdict = decide(Claim(1), Evidence(direction), from_units(other, SKEW))
            assert isinstance(verdict, Rejected) and verdict.check == 5


@pytest.mark.parametrize("seed", range(25))
def test_the_search_finds_a_direction_wherever_there_is_one(seed):
    rng = np.random.default_rng(seed)
    k, d = int(rng.integers(1, 4)), int(rng.integers(1, 4))
    rows = rng.integers(-1, 2, size=(k, d)).tolist()
    outer = [int(rng.choice([-2, 1, 1, 0])) for _ in range(k)]
    linear, quadratic = (int(rng.integers(0, 2)) for _ in range(2))
    problem = from_units(f"{quadratic}*z^2+{linear}*z", rows, outer)
    dimension = len(null_space(exact_hessian(F(linear), F(quadratic), problem.teacher)))
    proposal = propose(problem)
    assert (SEARCH.fits(problem) is not None) == (dimension > 0)
    if dimension:
        assert isinstance(proposal.verdict, Accepted) and proposal.claim == Claim(dimension)
    else:
        assert isinstance(proposal.verdict, Undecided) and "positive definite" in proposal.verdict.reason


def test_what_does_not_fit_is_said():
    assert SEARCH.fits(from_units("tanh", SKEW)) is None
    assert "az² + bz + c" in SEARCH.propose(from_units("tanh", SKEW), Options()).verdict.reason
    with_student = PopulationProblem(
        from_units("z", SKEW).activation, Units(((F(1),),), (F(1),)), Units(((F(2),),), (F(1),))
    )
    assert SEARCH.fits(with_student) is None


def test_the_sentence_says_at_least(found):
    assert "smallest eigenvalue of the Hessian of f at W* is 0" in found.claim.sentence()
    assert "dimension at least 1" in found.claim.sentence()
