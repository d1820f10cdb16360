"""The rule of ρ at a point: the table of theory 2.6, the exact identities, each field a hair stronger."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from flint import arb

from certificates import Accepted, Rejected, Undecided
from certificates.claims.zhong_rho import Claim, Evidence
from certificates.enclosures.gaussian.rho_terms import ZhongTerms
from certificates.language.parts import Interval
from certificates.rules import zhong_rho as rule
from tests.support.activations import TINY, TREACHEROUS, interval, judge

INTEGRAL, EXACT = Evidence("integral", 64), Evidence("exact", 53)
ANY = Interval(Fraction(-(10**30)), Fraction(10**30))


def anything(sigma: Fraction) -> Claim:
    return Claim(sigma, ANY, ANY, ANY, ANY, (1, 2, 3))


# ρ and the active terms of theory 2.6
TABLE = [
    ("relu", "1", "0.0908450569081", (1, 2, 3)),
    ("leaky_relu(1/100)", "1", "0.0890372402756", (1, 2)),
    ("squared_relu", "10", "27.3239544735", (3,)),
    ("erf0", "1", "0.0524056820630", (2,)),
    ("tanh", "0.1", "0.000185033758531", (1,)),
    ("tanh", "10", "0.0000512629005483", (3,)),
    ("gelu", "10", "0.0892850217628", (3,)),
    ("softsign", "0.1", "0.00721369942795", (2,)),
    ("mish", "1", "0.0150129208745", (1,)),
    ("quadratic", "10", "-400", (3,)),
]


@pytest.mark.parametrize(("name", "sigma", "rho", "active"), TABLE)
def test_the_table_of_the_theory(name, sigma, rho, active):
    verdict = judge(name, anything(Fraction(sigma)), INTEGRAL)
    assert isinstance(verdict, Accepted) and not verdict.conditional
    value, found = Fraction(rho), verdict.proved.rho
    last_digit = Fraction(1, 10 ** len(rho.partition(".")[2])) if "." in rho else Fraction(1, 10**9)
    assert abs(found.lower - value) < last_digit and abs(found.upper - value) < last_digit
    assert verdict.proved.active == active


@pytest.fixture(scope="module")
def proved():
    return judge("gelu", anything(Fraction(1)), INTEGRAL).proved


@pytest.mark.parametrize("name", ["first", "second", "third", "rho"])
def test_each_interval_a_hair_narrower_is_undecided_and_elsewhere_is_rejected(proved, name):
    assert isinstance(judge("gelu", proved, INTEGRAL), Accepted)
    found = getattr(proved, name)
    for narrower in (Interval(found.lower + TINY, found.upper), Interval(found.lower, found.upper - TINY)):
        verdict = judge("gelu", replace(proved, **{name: narrower}), INTEGRAL)
        assert isinstance(verdict, Undecided) and verdict.check == 3 and name in verdict.reason
    beside = Interval(found.upper + TINY, found.upper + 1)
    verdict = judge("gelu", replace(proved, **{name: beside}), INTEGRAL)
    assert isinstance(verdict, Rejected) and name in verdict.reason


def test_the_active_set_may_grow_and_not_shrink(proved):
    assert proved.active == (1,)
    for active, accepted in [((1, 2), True), ((1, 2, 3), True), ((2,), False), ((2, 3), False)]:
        verdict = judge("gelu", replace(proved, active=active), INTEGRAL)
        assert isinstance(verdict, Accepted) is accepted
    tied = judge("relu", anything(Fraction(1)), INTEGRAL).proved
    for smaller in ((1,), (2, 3)):  # three balls of one number: none of them is excluded
        assert not isinstance(judge("relu", replace(tied, active=smaller), INTEGRAL), Accepted)


def test_another_sigma_or_activation_is_rejected(proved):
    assert isinstance(judge("gelu", replace(proved, sigma=Fraction(2)), INTEGRAL), Rejected)
    assert isinstance(judge("silu", proved, INTEGRAL), Rejected)


def test_sin_at_one_is_accepted_only_as_the_exact_identity():
    """T₃ = (1 − σ²)e^{−σ²} = 0: a ball can only straddle it."""
    zero = interval(0, 0)
    claim = replace(anything(Fraction(1)), third=zero, rho=zero, active=(3,))
    assert isinstance(judge("sin", claim, EXACT), Accepted)
    for quadrature in ("integral", "taylor", "trapezoid"):
        verdict = judge("sin", claim, Evidence(quadrature, 256))
        assert isinstance(verdict, Undecided)
        assert verdict.proved.third.lower < 0 < verdict.proved.third.upper
    positive = replace(claim, third=interval(0, 1), rho=interval(0, 1))
    assert isinstance(judge("sin", positive, EXACT), Accepted)
    assert not isinstance(judge("sin", positive, INTEGRAL), Accepted)
    beside = replace(claim, sigma=Fraction(10**6 + 1, 10**6))
    assert isinstance(judge("sin", beside, EXACT), Rejected)


@pytest.mark.parametrize(("name", "third"), [("identity", 1), ("quadratic", -4)])
def test_exact_terms_of_polynomials(name, third):
    value = interval(third, third)
    claim = replace(anything(Fraction(1)), third=value)
    assert isinstance(judge(name, claim, EXACT), Accepted)
    off = interval(third, third) if third == 0 else Interval(Fraction(third) + TINY, Fraction(third) + 1)
    assert isinstance(judge(name, replace(claim, third=off), EXACT), Rejected)


@pytest.mark.parametrize("text", [*TREACHEROUS, "piecewise(0, 0, 1)"])
def test_formulas_that_jump_or_are_not_defined_have_no_rho(text):
    assert not isinstance(judge(text, anything(Fraction(1)), INTEGRAL), Accepted)


@pytest.mark.parametrize(
    ("terms", "rho", "active"),
    [
        (("1", "1.25", "9"), (0.5, 1.5), (1, 2)),
        (("9", "1.25", "1"), (0.5, 1.5), (2, 3)),
        (("9", "2", "1"), (0.5, 1.5), (2, 3)),  # they touch
        (("9", "3", "1"), (0.5, 1.5), (3,)),
    ],
)
def test_a_term_is_inactive_only_if_it_is_certainly_larger(terms, rho, active):
    balls = ZhongTerms(*(arb(term, 0.5) for term in terms))
    proved = rule._proved(anything(Fraction(1)), balls, ())
    assert (float(proved.rho.lower), float(proved.rho.upper)) == (pytest.approx(rho[0]), pytest.approx(rho[1]))
    assert proved.active == active
    assert [float(i.lower) for i in (proved.first, proved.second, proved.third)] == [
        pytest.approx(float(term) - 0.5) for term in terms
    ]
    assert [fact.symbol for fact in rule._facts(balls)] == ["T₁", "T₂", "T₃", "ρ"]


def test_exact_ties_are_active():
    """Φ = z: T₁ = T₂ = 0 and T₃ = 1."""
    proved = judge("z", anything(Fraction(1)), EXACT).proved
    assert proved.active == (1, 2) and proved.rho == interval(0, 0) and proved.third == interval(1, 1)


def test_jumps_are_rejected():
    verdict = judge("piecewise(0, 0, 1)", anything(Fraction(1)), INTEGRAL)
    assert isinstance(verdict, Rejected) and verdict.check == 1
