"""The rule of Gaussian quadrature: exact truths, every end a hair tighter, tampered evidence, assumed growth."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from certificates import Accepted, Rejected, Undecided
from certificates.claims.gaussian_moment import Claim, Evidence
from certificates.language.parts import AssumedGrowth, Interval
from tests.support.activations import TINY, TREACHEROUS, interval, judge

INTEGRAL = Evidence("integral", 64)
EXACT = Evidence("exact", 53)
HALF = Fraction(1, 2)

# (activation, i, j, σ, the exact rational value), worked by hand from theory 2.3
TRUTHS = [
    ("relu", 1, 0, 3, Fraction(1, 2)),
    ("relu", 2, 2, 7, Fraction(1, 2)),
    ("relu", 1, 4, 1, Fraction(3, 2)),
    ("leaky_relu(1/100)", 1, 2, 1, Fraction(101, 200)),
    ("squared_relu", 2, 0, 3, Fraction(18)),
    ("quadratic", 2, 2, HALF, Fraction(3)),
    ("identity", 4, 12, 5, Fraction(10395)),
    ("softplus", 1, 2, 2, HALF),
    ("gelu", 1, 0, 10, HALF),
    ("tanh", 0, 6, 1, Fraction(15)),
    ("tanh", 1, 3, 1, Fraction(0)),
]


@pytest.mark.parametrize(("name", "i", "j", "sigma", "value"), TRUTHS)
@pytest.mark.parametrize("quadrature", ["integral", "taylor"])
def test_exact_truths_lie_in_what_is_proved(name, i, j, sigma, value, quadrature):
    claim = Claim(i, j, Fraction(sigma), Interval(value - 1, value + 1))
    verdict = judge(name, claim, Evidence(quadrature, 64))
    assert isinstance(verdict, Accepted) and not verdict.conditional
    proved = verdict.proved.value
    assert proved.lower <= value <= proved.upper
    assert proved.upper - proved.lower < max(Fraction(1), value) / 2**50


@pytest.mark.parametrize(("name", "i", "j", "sigma", "value"), TRUTHS)
def test_an_interval_without_the_truth_is_rejected_and_a_point_is_undecided_unless_exact(name, i, j, sigma, value):
    for off in (Fraction(1, 10**9), -Fraction(1, 10**9)):
        ends = sorted([value + off, value + 2 * off])
        verdict = judge(name, Claim(i, j, Fraction(sigma), Interval(*ends)), INTEGRAL)
        assert isinstance(verdict, Rejected) and verdict.check == 3 and verdict.seen
    verdict = judge(name, Claim(i, j, Fraction(sigma), Interval(value, value)), INTEGRAL)
    if not isinstance(verdict, Accepted):
        assert isinstance(verdict, Undecided) and verdict.proved.value.lower <= value <= verdict.proved.value.upper


@pytest.mark.parametrize("quadrature", ["integral", "taylor", "trapezoid"])
def test_what_is_proved_is_accepted_and_a_hair_more_is_not(quadrature):
    wide, evidence = Claim(2, 2, Fraction(1), interval(0, 1)), Evidence(quadrature, 64)
    proved = judge("tanh", wide, evidence).proved
    assert isinstance(judge("tanh", proved, evidence), Accepted)
    low, high = proved.value.lower, proved.value.upper
    for narrower in (Interval(low + TINY, high), Interval(low, high - TINY)):
        verdict = judge("tanh", replace(proved, value=narrower), evidence)
        assert isinstance(verdict, Undecided) and verdict.check == 3
        assert verdict.proved == proved and "α" in verdict.facts[0].symbol


@pytest.mark.parametrize(("i", "j", "sigma"), [(1, 2, 1), (2, 0, 1), (1, 0, 2)])
def test_another_order_sigma_or_activation_does_not_fit(i, j, sigma):
    proved = judge("tanh", Claim(2, 2, Fraction(1), interval(0, 1)), INTEGRAL).proved
    other = replace(proved, slope_power=i, power=j, sigma=Fraction(sigma))
    assert isinstance(judge("tanh", other, INTEGRAL), Rejected)
    assert isinstance(judge("erf", proved, INTEGRAL), Rejected)


def test_the_two_conventions_of_erf_are_different_activations():
    claim = Claim(1, 0, Fraction(1), interval("57735/100000", "57736/100000"))  # 1/√3
    assert isinstance(judge("erf0", claim, INTEGRAL), Accepted)
    assert isinstance(judge("erf", claim, INTEGRAL), Rejected)


def test_degenerate_intervals_are_accepted_where_the_moment_is_exactly_rational():
    claim = Claim(2, 2, HALF, interval(3, 3))
    verdict = judge("quadratic", claim, EXACT)
    assert isinstance(verdict, Accepted) and verdict.proved.value == claim.value
    assert not isinstance(judge("sin", Claim(1, 0, Fraction(1), interval("3/5", "3/5")), EXACT), Accepted)


@pytest.mark.parametrize("name", ["tanh", "relu", "z/(1+z^2)"])
def test_the_exact_form_is_refused_where_there_is_none(name):
    verdict = judge(name, Claim(1, 0, Fraction(1), interval(-9, 9)), EXACT)
    assert isinstance(verdict, Undecided) and verdict.check == 0


def test_a_jump_is_rejected_before_anything_else():
    verdict = judge("piecewise(0, 0, 1)", Claim(1, 0, Fraction(1), interval(-9, 9)), INTEGRAL)
    assert isinstance(verdict, Rejected) and verdict.check == 1


@pytest.mark.parametrize("text", TREACHEROUS)
@pytest.mark.parametrize("quadrature", ["integral", "taylor", "trapezoid", "exact"])
def test_a_formula_that_is_not_shown_to_be_defined_has_no_moment(text, quadrature):
    verdict = judge(text, Claim(1, 0, Fraction(1), interval(-9, 9)), Evidence(quadrature, 53))
    assert isinstance(verdict, Undecided)


GROWTH = AssumedGrowth(Fraction(2), Fraction(0), 0, Fraction(20))


def test_an_assumed_growth_makes_the_verdict_conditional_and_is_in_the_ledger():
    text, claim = "z+atan(sin(z))/4", Claim(1, 0, Fraction(1), interval(-9, 9))
    assert isinstance(judge(text, claim, INTEGRAL), Undecided)
    verdict = judge(text, claim, replace(INTEGRAL, growth=GROWTH))
    assert isinstance(verdict, Accepted) and verdict.conditional
    assert any("|φ'(w)| ≤ 2" in a.text for a in verdict.ledger if a.mathematical)


def test_an_assumption_is_not_used_where_there_is_a_proof():
    absurd = AssumedGrowth(Fraction(0), Fraction(0), 0, Fraction(1, 100))
    claim = Claim(1, 0, Fraction(1), interval(-9, 9))
    verdict = judge("tanh", claim, replace(INTEGRAL, growth=absurd))
    assert isinstance(verdict, Accepted) and not verdict.conditional
    assert verdict.proved == judge("tanh", claim, INTEGRAL).proved


def test_an_assumption_that_is_certainly_false_is_rejected():
    """E[e^{2z²}…] is infinite: no assumption may make it finite."""
    for text in ("exp(z^2)", "exp(z)"):
        verdict = judge(text, Claim(2, 0, Fraction(1), interval(-9, 9)), replace(INTEGRAL, growth=GROWTH))
        assert isinstance(verdict, Rejected) and verdict.check == 2


def test_previous_bug_02_a_moment_too_large_to_be_written_is_undecided():
    """E[φ'(10⁹z)⁴] of z^4096 has 400,000 digits, which the interpreter refuses to print: the judge crashed."""
    verdict = judge("((z^64)^8)^8", Claim(4, 0, Fraction(10**9), interval(0, 1)), EXACT)
    assert isinstance(verdict, Undecided)
    verdict = judge("exp(z)", Claim(2, 0, Fraction(60), interval(0, 1)), EXACT)  # e^7200
    assert isinstance(verdict, Undecided) and "too large" in verdict.reason
    tiny = judge("sin", Claim(1, 0, Fraction(120), interval(0, 1)), EXACT)  # e^−7200
    assert isinstance(tiny, Accepted) and 0 <= tiny.proved.value.lower < tiny.proved.value.upper < TINY
