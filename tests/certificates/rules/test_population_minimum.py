"""Critical points of the population ReLU loss: printed digits, other dimensions, and what must be refused where."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from functools import cache

import numpy as np
import pytest
from flint import arb

from certificates import Accepted, Rejected, Undecided, decide
from certificates.arithmetic.arb import exact, precision, upper
from certificates.arithmetic.arb_matrix import ArbMatrix
from certificates.arithmetic.inertia import inertia
from certificates.arithmetic.platform import self_test
from certificates.arithmetic.spectra import radius_norm
from certificates.claims.population_minimum import Claim, Evidence, Transverse
from certificates.enclosures.gaussian.relu_hessian import in_balls, relu_hessian
from certificates.enclosures.gaussian.relu_units import relu_units
from certificates.errors import MalformedCertificate
from certificates.subjects import PopulationProblem
from certificates.theorems.critical_points import value_margin
from tests.support.population_students import short_student
from tests.twins import population_loss
from verify.numeric.relu_population import across, population_hessian
from verify.proposals.population_minimum import propose
from verify.search.relu_students import of_student, orthonormal_problem, shared_student, turned_student

ANYTHING = Transverse(0, 5e-324)


@cache
def _found(k, dimension=None):
    found = propose(orthonormal_problem(turned_student(k), dimension))
    assert isinstance(found.verdict, Accepted), found.verdict.explanation()
    return found


@pytest.fixture
def six():
    found = _found(6)
    return found.problem, found.claim, found.evidence


@pytest.mark.parametrize(
    ("k", "value", "least", "least_across"),
    [(6, 0.02508058100246, 0.0047003, 0.19980), (7, 0.02320271491357, 0.0140590, 0.20623)],
)
def test_spurious_minima_have_the_printed_digits(k, value, least, least_across):
    proved = _found(k).verdict.proved
    assert proved.is_spurious and proved.index == 0 == proved.transverse.index
    assert proved.value_upper - proved.value_lower < 1e-17 * 4
    assert round(proved.value_lower, 14) == value
    assert least <= proved.nondegeneracy < least + 1e-7
    assert least_across <= proved.transverse.nondegeneracy < least_across + 1e-5
    assert proved.distance < 1e-15 and proved.radius > 1e-5


@pytest.mark.parametrize(("k", "index", "value"), [(3, 1, 0.0241237), (4, 2, 0.0280250), (5, 3, 0.0269705)])
def test_for_three_to_five_teachers_the_family_is_a_saddle(k, index, value):
    proved = _found(k).verdict.proved
    assert proved.index == index and not proved.is_minimum and not proved.is_spurious
    assert round(proved.value_lower, 7) == value


def test_five_as_a_minimum_is_refused_at_the_hessian():
    found = _found(5)
    claim = replace(found.claim, index=0, nondegeneracy=1e-9)
    for shift in (1e-9, 1e-3, 0.0077):
        verdict = decide(claim, replace(found.evidence, shift=shift), found.problem)
        assert isinstance(verdict, Undecided) and verdict.check == 7 and "need not be a minimum" in verdict.reason


@pytest.mark.parametrize("dimension", [6, 7, 12])
def test_further_dimensions_change_nothing_that_is_proved(dimension):
    mine, wider = _found(6).verdict.proved, _found(6, dimension).verdict.proved
    assert mine == wider


def test_in_further_dimensions_t_may_not_be_left_out(six):
    problem, claim, evidence = six
    alone = replace(claim, transverse=None)
    assert isinstance(decide(alone, evidence, problem), Accepted)
    verdict = decide(alone, evidence, _found(6, 7).problem)
    assert isinstance(verdict, Undecided) and verdict.check == 2


def test_an_index_across_the_span_is_counted_for_each_dimension():
    """A student that is short and turned against all teachers: its row of T is negative, and so is one eigenvalue."""
    found = propose(orthonormal_problem(short_student(), 5))
    assert isinstance(found.verdict, Accepted), found.verdict.explanation()
    assert found.claim.index == 2 and found.claim.transverse.index == 1 and not found.claim.is_minimum
    assert "2 + 1(d − k) negative eigenvalues" in found.claim.sentence()
    verdict = decide(replace(found.claim, transverse=Transverse(0, 1e-3)), found.evidence, found.problem)
    assert isinstance(verdict, Undecided) and verdict.check == 8
    deep = population_loss.rows_of(np.hstack([short_student(), np.zeros((3, 1))]))
    with population_loss.workdps():
        values = np.linalg.eigvalsh(population_loss.hessian(deep, 3))
    assert np.sum(values < 0) == 2 + 1


def test_one_unit_more_has_a_spurious_minimum_from_seven_teachers_on():
    found = propose(orthonormal_problem(shared_student(7)))
    assert isinstance(found.verdict, Accepted) and found.claim.is_spurious
    assert len(of_student(found.problem)) == 8
    assert propose(orthonormal_problem(shared_student(6))).claim.index == 4


def test_weights_that_are_further_away_still_lead_to_the_point(six):
    """The distance has room for ‖Y∇F‖/(1 − s), and holds the true one."""
    problem, claim, _ = six
    point = of_student(problem)
    moved = point + 1e-6 * np.random.default_rng(0).uniform(-1, 1, size=point.shape)
    verdict = propose(orthonormal_problem(moved)).verdict
    assert isinstance(verdict, Accepted)
    true = np.max(np.abs(moved - point))
    assert true - claim.distance <= verdict.proved.distance < 3 * true
    assert verdict.proved.value_lower <= claim.value_upper and claim.value_lower <= verdict.proved.value_upper
    facts = {fact.symbol: fact for fact in verdict.facts}
    assert facts["‖Y∇F(w₀)‖"].upper < verdict.proved.distance


def test_the_hessian_is_that_of_the_point_not_of_the_box(six):
    """Of ŵ within the small box; the large one may hold Hessians that are much less convex."""
    problem, claim, _ = six
    least = np.linalg.eigvalsh(population_hessian(of_student(problem)))[0]
    assert claim.nondegeneracy == pytest.approx(least, rel=1e-6) and claim.nondegeneracy < least
    wide = population_hessian(of_student(problem) + 0.9 * claim.radius)
    assert abs(np.linalg.eigvalsh(wide)[0] - least) > 1e-5


def test_curvature_is_not_that_of_the_given_weights_where_it_is_larger_there():
    """Weights 10⁻⁶ away from ŵ: least eigenvalues of both, which are simple, differ by more than the proof's digits."""
    point = shared_student(7)
    move = np.random.default_rng(1).uniform(-1, 1, size=point.shape) * 1e-6
    truth = [np.linalg.eigvalsh(population_hessian(point))[0], np.linalg.eigvalsh(across(point)[0])[0]]
    for student in (point + move, point - move):
        proved = propose(orthonormal_problem(student)).verdict.proved
        assert proved.nondegeneracy <= truth[0] and proved.transverse.nondegeneracy <= truth[1]


def test_the_value_has_room_for_gradient_and_turn(six):
    """½Gρ + tρ² with ρ = √36 D and t = 2‖R‖, R the radii of the Hessian on the small box."""
    moved = of_student(six[0]) + 1e-5
    verdict = propose(orthonormal_problem(moved)).verdict
    facts = {fact.symbol: fact for fact in verdict.facts}
    distance = verdict.proved.distance
    with precision(128):
        entries = (exact(entry) + arb(0, distance) for entry in moved.ravel().tolist())
        turn = 2 * upper(radius_norm(relu_hessian(relu_units(ArbMatrix.from_entries(6, 6, entries)))))
    reach = 6 * distance
    room = facts["‖∇F(w₀)‖"].upper * reach / 2 + turn * reach**2
    assert turn * reach**2 > 1e-3 * room
    assert verdict.proved.value_upper - facts["F(w₀)"].lower == pytest.approx(room, rel=1e-6)
    assert facts["F(w₀)"].lower - verdict.proved.value_lower == pytest.approx(room, rel=1e-6)


def test_each_number_is_on_its_weak_side(six):
    """Of what is enclosed with 128 bits, by an ulp of binary64 at most."""
    moved = of_student(six[0]) + 1e-5
    verdict, evidence = (found := propose(orthonormal_problem(moved))).verdict, found.evidence
    proved = verdict.proved
    with precision(128):
        point, box = (
            relu_units(
                ArbMatrix.from_entries(6, 6, (exact(entry) + arb(0, radius) for entry in moved.ravel().tolist()))
            )
            for radius in (0.0, proved.distance)
        )
        matrix, value = relu_hessian(box), point.loss()
        reach = 6 * exact(proved.distance)
        margin = value_margin(point.gradient().frobenius_norm(), 2 * radius_norm(matrix), reach)
        for number, bound in (
            (proved.value_lower, value - margin),
            (proved.nondegeneracy, inertia(matrix, 0, evidence.shift).gap),
            (proved.transverse.nondegeneracy, inertia(in_balls(box.across()), 0, evidence.transverse_shift).gap),
        ):
            assert exact(number) <= bound and exact(math.nextafter(number, math.inf)) > bound
        number, bound = proved.value_upper, value + margin
        assert exact(number) >= bound and exact(math.nextafter(number, -math.inf)) < bound


def test_another_inverse_leaves_the_verdict(six, monkeypatch):
    """What is claimed has slack for the last bits of another BLAS: for many more of them."""
    problem, claim, evidence = six
    invert = np.linalg.inv
    monkeypatch.setattr(np.linalg, "inv", lambda matrix: invert(matrix) * (1 + 1e-9))
    assert isinstance(decide(claim, evidence, problem), Accepted)
    monkeypatch.setattr(np.linalg, "inv", lambda matrix: -invert(matrix))
    verdict = decide(claim, evidence, problem)
    assert isinstance(verdict, Undecided) and verdict.check == 6
    monkeypatch.setattr(np.linalg, "inv", lambda matrix: invert(matrix) * np.nan)
    assert decide(claim, evidence, problem).check == 6


@pytest.mark.parametrize(
    ("change", "check"),
    [
        ({"radius": 1.01}, 6),
        ({"shift": 1 + 2.0**-20}, 7),
        ({"transverse_shift": 1 + 2.0**-20}, 8),
        ({"radius": 1e-20}, 6),
    ],
)
def test_evidence_beyond_what_holds_is_refused(six, change, check):
    problem, claim, evidence = six
    (name, factor), *_ = change.items()
    if name == "radius" and factor > 1:
        factor = 2.5  # the rows of |I − Y∇²F| sum up to a half
    bent = replace(evidence, **{name: factor * getattr(evidence, name)})
    verdict = decide(replace(claim, radius=bent.radius, distance=bent.radius), bent, problem)
    assert isinstance(verdict, Undecided) and verdict.check == check


@pytest.mark.parametrize("name", ["radius", "shift", "transverse_shift"])
@pytest.mark.parametrize("value", [0.0, -1.0, math.inf, math.nan])
def test_evidence_out_of_range_is_rejected(six, name, value):
    problem, claim, evidence = six
    verdict = decide(claim, replace(evidence, **{name: value}), problem)
    assert isinstance(verdict, Rejected) and verdict.check == 3


def test_weights_of_many_digits_are_used_as_they_are(six):
    problem, claim, evidence = six
    third = Fraction(1, 3 * 2**50)  # further than the distance that is claimed
    rows = tuple(tuple(entry + third for entry in row) for row in problem.student.weights)
    verdict = decide(claim, evidence, replace(problem, student=replace(problem.student, weights=rows)))
    assert isinstance(verdict, Undecided) and verdict.check == 9 and "distance" in verdict.reason


def test_the_budget_is_kept_before_work_begins():
    size = 64
    student = orthonormal_problem(np.eye(size) + 0.01)
    verdict = decide(Claim(0, 1e-9, 1e-9, 1e-9, 0.0, 1.0, ANYTHING), Evidence(1e-9, 1e-3, 0.1), student, budget=6e11)
    assert isinstance(verdict, Undecided) and verdict.check == 4


def test_it_is_decided_in_binary64_whatever_is_asked_for(six):
    problem, claim, evidence = six
    for arithmetic in ("fast", "arb"):
        verdict = decide(claim, evidence, problem, arithmetic=arithmetic)
        assert isinstance(verdict, Accepted) and verdict.arithmetic == "fast"
        assert any("BLAS" in each.text for each in verdict.ledger)
    self_test()


@pytest.mark.parametrize(
    "change",
    [
        {"index": -1},
        {"nondegeneracy": 0.0},
        {"radius": -1.0},
        {"distance": 1.0},
        {"value_lower": 1.0},
        {"transverse": Transverse(-1, 1.0)},
        {"transverse": Transverse(0, 0.0)},
    ],
)
def test_claims_about_no_point_are_malformed(six, change):
    with pytest.raises(MalformedCertificate):
        replace(six[1], **change)


def test_the_sentence_says_what_kind_of_point_it_is(six):
    claim = six[1]
    assert "every dimension d ≥ k ŵ is a strict local minimum" in claim.sentence()
    assert claim.sentence().endswith("The minimum is spurious: F is 0 at other weights.")
    alone = replace(claim, transverse=None)
    assert "inputs of k dimensions ŵ" in alone.sentence()
    assert "spurious" not in replace(claim, value_lower=0.0).sentence()
    saddle = _found(3).claim
    assert "exactly 1 negative eigenvalues" in saddle.sentence() and "spurious" not in saddle.sentence()


def test_a_problem_of_another_type_is_no_subject(six):
    from certificates.expression import parse_activation
    from certificates.subjects import ActivationProblem

    with pytest.raises(MalformedCertificate, match="population"):
        decide(six[1], six[2], ActivationProblem(parse_activation("relu")))
    assert isinstance(six[0], PopulationProblem)
