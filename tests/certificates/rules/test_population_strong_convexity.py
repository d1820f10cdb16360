"""The rule of the population Hessian: printed digits, each check, and each field a hair stronger."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from flint import arb

from certificates import Accepted, Rejected, Undecided, decide
from certificates.arithmetic.arb import exact, precision
from certificates.arithmetic.ordered_spectrum import ordered_spectrum
from certificates.claims.population_strong_convexity import Claim, Evidence
from certificates.enclosures.gaussian.population_hessian import population_hessian
from certificates.errors import MalformedCertificate
from certificates.rules import population_strong_convexity as rule
from certificates.subjects import Units
from tests.support.population import planar_forms, smallest_curvature
from verify.problems import from_units
from verify.proposals.population_strong_convexity import propose

F = Fraction
SLANTED = (("1", "0"), ("3/5", "4/5"))
WEAK = Claim(5e-324, 1e300)
EVIDENCE = Evidence(64, 200, (1.0, 0.0, 0.0, 0.0))

# theory 4.1: the spectrum and the bound of theorem 4.1.1, as printed
PRINTED = {
    "relu": ((0.02025966, 0.27490757, 0.72509243, 0.97974034), 0.01135563),
    "leaky_relu(1/100)": ((0.0198565, 0.26943691, 0.73066309, 0.9802435), 0.01112966),
    "squared_relu": ((0.08460365, 1.49036575, 4.48491031, 9.94012029), 0.01816901),
    "erf0": ((0.03655755, 0.0627863, 0.35841081, 0.61555797), 0.00807726),
    "tanh": ((0.03188422, 0.06162468, 0.38076106, 0.67015655), 0.00677559),
}


def judge(claim=WEAK, evidence=EVIDENCE, **changes):
    name = changes.pop("activation", "relu")
    problem = from_units(name, changes.pop("rows", SLANTED), changes.pop("outer", None))
    return decide(claim, evidence, replace(problem, **changes) if changes else problem)


@pytest.mark.parametrize("name", PRINTED)
def test_spectrum_and_bound_to_the_printed_digits(name):
    """All four eigenvalues and the bound of theorem 4.1.1."""
    values, bound = PRINTED[name]
    problem = from_units(name, SLANTED)
    with precision(104):
        hessian = population_hessian(
            problem.activation, problem.teacher.weights, problem.teacher.outer, EVIDENCE.terms, EVIDENCE.bits
        )
        for ball, value in zip(ordered_spectrum(hessian), values, strict=True):
            assert abs(ball - value) < 5.1e-9 and ball.rad() < 1e-12
    verdict = decide(replace(WEAK, general_bound=0.0), EVIDENCE, problem)
    assert verdict.proved.curvature == pytest.approx(values[0], abs=5.1e-9)
    assert verdict.proved.general_bound == pytest.approx(bound, abs=5.1e-9)


def test_the_spectrum_of_relu_is_symmetric_about_a_half():
    problem = from_units("relu", SLANTED)
    found = ordered_spectrum(population_hessian(problem.activation, problem.teacher.weights, (F(1), F(1)), 2, 64))
    assert abs(found[0] + found[3] - 1) < 1e-13 and abs(found[1] + found[2] - 1) < 1e-13


@pytest.mark.parametrize("name", ["relu", "tanh"])
def test_a_search_encloses_the_least_eigenvalue_tightly(name):
    rows, outer = (("1", "1/2"), ("-1/3", "1"), ("1/5", "-3/2")), ("1", "-2", "1/2")
    found = propose(from_units(name, rows, outer))
    truth = smallest_curvature(name, [[float(F(a)) for a in row] for row in rows], [1, -2, 0.5], 2)[0]
    assert isinstance(found.verdict, Accepted)
    assert found.claim.curvature - 1e-12 <= truth <= found.claim.attained + 1e-12
    assert found.claim.attained - found.claim.curvature < 2e-10


@pytest.mark.slow
def test_eight_units_of_tanh_to_ten_digits():
    rng = np.random.default_rng(0)
    found = propose(from_units("tanh", rng.normal(size=(8, 8)).tolist()))
    assert isinstance(found.verdict, Accepted) and found.claim.attained - found.claim.curvature <= 2e-10
    assert 0 < found.claim.general_bound < found.claim.curvature


def test_a_hair_more_is_not_accepted_in_any_field():
    problem = from_units("erf0", SLANTED, ("2", "-1/2"))
    found = propose(problem)
    proved = found.verdict.proved
    assert isinstance(decide(proved, found.evidence, problem), Accepted)
    for field, towards in (("curvature", math.inf), ("attained", 0.0), ("general_bound", math.inf)):
        bent = replace(proved, **{field: math.nextafter(getattr(proved, field), towards)})
        verdict = decide(bent, found.evidence, problem)
        assert isinstance(verdict, Undecided) and verdict.check == 8 and field in verdict.reason


def test_the_smallest_outer_weight_enters_the_general_bound_by_its_square():
    one, small = (judge(outer=outer).proved.general_bound for outer in (("1", "1"), ("-3", "1/2")))
    assert small == pytest.approx(one / 4, rel=1e-12)


def test_the_smaller_of_the_two_distances_enters_the_general_bound():
    """Erf at rows 10e_j, where T₂ is the smaller one by far: 1.2441e-4."""
    proved = judge(activation="erf0", rows=(("10", "0"), ("0", "10"))).proved
    assert proved.general_bound == pytest.approx(1.2441e-4, rel=1e-4)


def test_ends_are_rounded_outwards():
    """One unit of ReLU has the curvature v²/2 in every direction, here 1/18."""
    proved = judge(rows=(("2", "1"),), outer=("1/3",), evidence=Evidence(64, 2, (0.6, 0.8))).proved
    assert F(proved.curvature) < F(1, 18) < F(proved.attained) and proved.attained - proved.curvature < 1e-16


def test_the_general_bound_is_rounded_down_where_it_is_attained():
    """Three orthonormal units of ReLU: both bounds are 1/4 − 1/(2π), to the last bit below it."""
    rows = [[str(int(p == j)) for p in range(3)] for j in range(3)]
    proved = judge(rows=rows, evidence=replace(EVIDENCE, direction=(1.0,) * 9)).proved
    with precision(104):
        truth = exact(F(1, 4)) - 1 / (2 * arb.pi())
        assert exact(proved.general_bound) < truth < exact(math.nextafter(proved.general_bound, 1))
        assert exact(proved.curvature) < truth


def test_rows_that_are_too_short_or_too_long_for_moments_have_no_general_bound():
    for size in (F(1, 10**10), F(10**10)):
        proved = judge(rows=((size, F(0)), (F(0), size))).proved
        assert proved.general_bound is None and proved.curvature > 0.09


@pytest.mark.parametrize("name", ["identity", "quadratic", "3*z/2+1", "1/3-2*z^2"])
def test_linear_and_quadratic_units_are_rejected(name):
    verdict = judge(activation=name)
    assert isinstance(verdict, Rejected) and verdict.check == 3 and "population-null-direction" in verdict.advice


def test_one_linear_unit_is_strongly_convex_and_a_parabola_with_a_line_is_not_called_flat():
    """Two units of z + z² need not have a null direction; there is no enclosure for them, that is all."""
    assert (
        judge(activation="identity", rows=(("1", "2"),), evidence=Evidence(64, 2, (1.0, 0.0))).proved.curvature > 0.999
    )
    assert judge(activation="z+z^2").check == 5


@pytest.mark.parametrize(
    ("changes", "check", "outcome"),
    [
        ({"activation": "piecewise(0, 0, 1)"}, 1, Rejected),
        ({"student": Units(((F(1), F(0)),), (F(1),))}, 2, Rejected),
        ({"outer": ("1", "0")}, 2, Rejected),
        ({"rows": (("1", "0"), ("0", "0"))}, 2, Undecided),
        ({"evidence": replace(EVIDENCE, direction=(1.0,))}, 4, Rejected),
        ({"evidence": replace(EVIDENCE, direction=(math.inf, 0.0, 0.0, 0.0))}, 4, Rejected),
        ({"activation": "softsign"}, 5, Undecided),
        ({"activation": "tanh", "rows": ((F(10**400), "0"), ("0", "1"))}, 5, Undecided),
        ({"activation": "tanh", "rows": (("1", "0"), ("1", F(1, 2**400)))}, 5, Undecided),
        ({"rows": (("1", "0"), ("2", "0"))}, 6, Undecided),
        ({"activation": "tanh", "evidence": replace(EVIDENCE, terms=2)}, 6, Undecided),
    ],
)
def test_the_check_that_refuses(changes, check, outcome):
    verdict = judge(**changes)
    assert isinstance(verdict, outcome) and verdict.check == check


def test_too_much_work_is_refused_before_it_is_done(monkeypatch):
    monkeypatch.setattr(rule, "population_hessian", None)
    rows = [[str(int(p == j)) for p in range(64)] for j in range(64)]
    verdict = judge(rows=rows, evidence=replace(EVIDENCE, direction=(1.0,) * 4096))
    assert isinstance(verdict, Undecided) and verdict.check == 4 and verdict.cause == "budget"


@pytest.mark.parametrize("rows", [(*SLANTED, ("-1", "1")), (("1", "0"), ("-2", "0"))])
def test_the_general_bound_asks_for_full_row_rank(rows):
    """Three rows of the plane, and two opposite ones: the exact value stands, the general bound does not."""
    evidence = replace(EVIDENCE, terms=32, direction=(1.0,) * 2 * len(rows))
    name = "softplus"
    proved = judge(activation=name, rows=rows, evidence=evidence).proved
    assert proved.curvature > 0 and proved.general_bound is None
    verdict = judge(replace(WEAK, general_bound=0.0), evidence, activation=name, rows=rows)
    assert isinstance(verdict, Undecided) and verdict.check == 7


def test_a_direction_is_only_an_upper_bound_at_any_scale():
    scales = (2.0**-1074, 1.0, 2.0**1000)
    found = {judge(evidence=replace(EVIDENCE, direction=(scale, 0.0, 0.0, scale))).proved.attained for scale in scales}
    truth = planar_forms("relu", [[1, 0], [0.6, 0.8]], [1, 1])[0]
    assert len(found) == 1 and found.pop() == pytest.approx((truth[0, 0] + truth[3, 3]) / 2 + truth[0, 3])


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Claim(0.0, 1.0),
        lambda: Claim(1.0, math.inf),
        lambda: Claim(1.0, 2.0, -0.5),
        lambda: Evidence(64, 1, (1.0,)),
        lambda: Evidence(64, 2000, (1.0,)),
        lambda: Evidence(8, 64, (1.0,)),
        lambda: Evidence(64, 64, (0.0, -0.0)),
    ],
)
def test_what_is_no_claim_or_evidence(wrong):
    with pytest.raises(MalformedCertificate):
        wrong()


def test_the_sentence_rounds_in_the_weak_direction():
    third = Claim(1 / 3, 2 / 3, 1e-9 / 3).sentence()
    assert "at least 0.333333333333 and at most 0.666666666667." in third and "at least 3.33333333333e-10." in third
    assert "singular" not in Claim(0.1, 0.2).sentence()
