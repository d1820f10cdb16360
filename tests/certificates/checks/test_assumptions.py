"""Assumed bounds at infinity: refuted ones are rejected in every kind, and what stands is stated with its meaning."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flint import arb

from certificates import Accepted, Rejected
from certificates.checks import assumptions as _assumptions
from certificates.checks.assumptions import AssumedBound, assumption_of
from certificates.checks.outcome import Refusal
from certificates.claims import gaussian_moment as moment
from certificates.claims import lipschitz_slope, positive_rho, slope_growth
from certificates.claims import orthogonal_population_convexity as hessian
from certificates.claims import tensor_constant as tensor
from certificates.claims import zhong_rho as rho
from certificates.enclosures.infinity.monomials import Monomial
from certificates.enclosures.infinity.tails import Tail
from certificates.errors import EnclosureFailure
from certificates.expression import parse_activation
from certificates.language.parts import AssumedGrowth
from certificates.language.slopes import AssumedSlope, SlopeCells
from tests.support.activations import interval, judge, tiling

ONE, ZERO = Fraction(1), Fraction(0)
ANY = interval(-(10**9), 10**9)
JUMP = "tanh(z)+10^60*atan(10^60/(z-15))"
UNKNOWN = "tanh(sin(z)*exp(z-20))"  # no expansion at +∞, analytic all the same


def kinds(growth):
    """The four kinds that integrate with an assumed growth."""
    return [
        (moment.Claim(1, 1, ONE, ANY), moment.Evidence("integral", 53, growth)),
        (rho.Claim(ONE, ANY, ANY, ANY, ANY, (1, 2, 3)), rho.Evidence("integral", 53, growth)),
        (tensor.Claim(ONE, mean_curvature=ANY), tensor.Evidence("integral", 53, growth)),
        (hessian.Claim(ONE, (ONE, ONE), 3, ZERO), hessian.Evidence("integral", 53, growth)),
    ]


def assumed(text, bound):
    return assumption_of(4, parse_activation(text), bound)


def bounded(constant, slope=0, power=0, beyond=8, **options):
    return AssumedBound(1, Fraction(constant), Fraction(slope), power, Fraction(beyond), **options)


def the_assumption(verdict):
    (found,) = {entry.text for entry in verdict.ledger if entry.mathematical}
    return found


@pytest.mark.parametrize("number", range(4))
def test_previous_bug_07_a_jump_behind_the_assumed_growth_is_a_part_of_the_assumption(number):
    """φ jumps by π·10⁶⁰ at 15, where |φ'| ≤ 3 says nothing of it; the true γ is about 10⁵⁸."""
    claim, evidence = kinds(AssumedGrowth(Fraction(3), ZERO, 0, Fraction(14)))[number]
    verdict = judge(JUMP, claim, evidence)
    assert isinstance(verdict, Accepted) and verdict.conditional
    text = the_assumption(verdict)
    assert "|φ'(w)| ≤ 3 for all |w| ≥ 14" in text and "locally absolutely continuous there" in text


def test_previous_bug_08_the_expansion_of_one_side_refutes_what_is_assumed_for_both():
    """E[φ'(σz)²] is infinite: φ' grows like exp(z²) on the right; on the left nothing is known."""
    text = "piecewise(2*z+sin(log(1+z^2))/9, 0, exp(z^2)*z)"
    cells = Fraction(8), tiling(-8, 8, 16), (), AssumedSlope(Fraction(1000), ZERO, 0)
    pairs = (
        (positive_rho.Claim(), positive_rho.Evidence(ONE, slope=SlopeCells(*cells))),
        (slope_growth.Claim(0, ZERO, Fraction(10**9)), slope_growth.Evidence(*cells)),
    )
    for claim, evidence in pairs:
        verdict = judge(text, claim, evidence)
        assert isinstance(verdict, Rejected) and verdict.check == 4 and "z > 0" in verdict.reason


@pytest.mark.parametrize(
    ("text", "bound", "refuted"),
    [
        ("exp(z)", bounded(9), True),
        ("exp(-z)", bounded(9), True),
        ("exp(z)", bounded(9, 9, 64), True),
        ("5*z+tanh(sin(z)*exp(z-20))", bounded(4), True),
        ("5*z+tanh(sin(z)*exp(z-20))", bounded(6), False),
        ("z^2", bounded(100, "19/10", 1), True),
        ("z^2", bounded(0, 2, 1), False),
        ("z^2", bounded(100, 0, 64), True),
        ("z^2", bounded(0, 1, 2), False),
        ("z^2", bounded(0, 2, 1, is_nonnegative=True), True),
        ("z+z*exp(-z^2)", bounded(1, beyond="1/10"), True),  # only near 0.1: no expansion shows it
        ("z+z*exp(-z^2)", bounded("19/10", beyond="1/10"), True),  # φ' = 1.97 at 1/10, 1.88 at 1/5
        ("piecewise(0, 0, z+z*exp(-z^2))", bounded("19/10", beyond="1/10"), True),
        ("piecewise(z+z*exp(-z^2), 0, 0)", bounded("19/10", beyond="1/10"), True),
        ("z+z*exp(-z^2)", bounded(1, beyond=4), False),
        ("z-3*z*exp(-z^2)", bounded("101/100", beyond=4), False),  # φ' = 2.1 at 1
        ("piecewise(0, 0, z+sin(log(1+z^2)))", bounded(1), True),  # φ' = 0.87 at 8, 1.09 at 16
        ("piecewise(z+sin(log(1+z^2)), 0, 0)", bounded("11/10"), True),  # φ' = 1.13 at −8, 0.91 at −16
        ("piecewise(0, 0, z+sin(log(1+z^2))+0/(z-8))", bounded(1), True),  # no value at 8
        ("piecewise(-z, -5000, 0)", bounded("1/2"), True),  # farther than any point that is looked at
        ("piecewise(z, 3, z)", bounded("99/100", beyond="1/2"), True),
        ("piecewise(0, 0, -z)", bounded(1, is_nonnegative=True), True),
        ("z+sin(log(1+z^2))", bounded("1/2"), True),
        ("tanh(z)", bounded(0, 0, 3), True),
        ("tanh(z)", bounded(0, "1/1000", 0, 64), False),
        ("piecewise(0, 100, z-100)", bounded("1/2", beyond=1), True),
        ("piecewise(0, 100, z-100)", bounded(1, beyond=1), False),
    ],
)
def test_each_half_line_is_held_against_what_is_known_of_it(text, bound, refuted):
    mirrored = f"-({text.replace('z', '(-z)')})" if "piecewise" not in text else text
    for formula in (text, mirrored):
        if refuted:
            with pytest.raises(Refusal) as caught:
                assumed(formula, bound)
            assert caught.value.certain and caught.value.check == 4
        else:
            assert assumed(formula, bound).mathematical


def test_curvature_is_held_against_what_is_known_of_it():
    for text, constant, refuted in (("z^2", 1, True), ("z^2", 2, False), ("z^3", 10**6, True), ("sin(z)", 0, True)):
        bound = AssumedBound(2, Fraction(constant), ZERO, 0, Fraction(8))
        if refuted:
            with pytest.raises(Refusal):
                assumed(text, bound)
        else:
            assert "|φ''(z)| ≤ 2 for all |z| ≥ 8" in assumed(text, bound).text


@pytest.mark.parametrize(
    "text",
    [
        JUMP,
        "z+log((z-15)^2)/10^30",
        "tanh(z)+log(10^6-z)/10^30",
        "z+1/(10^30*(z-10^6))",
        "z+sqrt(10^6-z)/10^30",
        "piecewise(z, 20, z+1/(10^30*(z-30)) + 1/10^31)",
        "z+sin(z)/(10^9*sin(1/z+9))",
    ],
)
def test_the_smoothness_of_what_is_not_shown_to_be_analytic_is_assumed_in_words(text):
    for derivative, words in ((1, "φ is defined and locally absolutely continuous there"), (2, "φ'' exists there")):
        bound = AssumedBound(derivative, Fraction(10), ZERO, 0, Fraction(14))
        assert words in assumed(text, bound).text


@pytest.mark.parametrize("text", [UNKNOWN, "z+atan(sin(z))/4", "piecewise(0, 9, (z-9)*exp(-z)*sin(z))"])
def test_the_smoothness_of_an_analytic_formula_is_no_assumption(text):
    assert "there" not in assumed(text, bounded(10)).text


def test_what_is_assumed_is_said_with_the_radius():
    cells = Fraction(8), tiling(-8, 8, 32)
    slope = slope_growth.Evidence(*cells, tail=AssumedSlope(Fraction(2), ZERO, 0))
    p1 = judge("z+atan(sin(z))/4", slope_growth.Claim(0, ZERO, Fraction(9)), slope)
    curvature = lipschitz_slope.Evidence(*cells, tail=Fraction(10))
    p3 = judge("z+atan(sin(z))/4", lipschitz_slope.Claim("everywhere", Fraction(99)), curvature)
    assert the_assumption(p1) == "0 ≤ φ'(z) ≤ 2 for all |z| ≥ 8 (not proven)"
    assert the_assumption(p3) == "|φ''(z)| ≤ 10 for all |z| ≥ 8 (not proven)"


def test_a_slope_beside_the_power_zero_is_part_of_the_constant():
    growth = AssumedGrowth(ONE, ONE, 0, Fraction(20))
    claim, evidence = kinds(growth)[0]
    verdict = judge("piecewise(2*z, 0, z+atan(sin(z)))", claim, evidence)
    assert isinstance(verdict, Accepted) and verdict.conditional
    lower = moment.Evidence("integral", 53, AssumedGrowth(ONE, Fraction(99, 100), 0, Fraction(20)))
    assert isinstance(judge("piecewise(2*z, 0, z+atan(sin(z)))", claim, lower), Rejected)


@pytest.mark.parametrize("number", range(4))
def test_refuted_growth_is_rejected_in_every_kind(number):
    claim, evidence = kinds(AssumedGrowth(Fraction(1, 2), ZERO, 0, Fraction(20)))[number]
    verdict = judge("z+atan(sin(z))/4", claim, evidence)
    assert isinstance(verdict, Rejected) and verdict.check == 2


@pytest.mark.parametrize(
    ("power", "factor", "bound", "answer"),
    [
        (2, arb(1), bounded(9, 9, 1), True),
        (2, arb(0.5), bounded(9, 9, 1), True),
        (2, arb(-0.5), bounded(9, 9, 1), True),
        (2, arb(0, 1), bounded(9, 9, 1), False),
        (2, arb(0), bounded(9, 9, 1), False),
        (2, arb(0.5, 0.5), bounded(9, 9, 1), False),
        (0, arb(99), bounded(9, 9, 1), False),
        (1, arb(2), bounded(9, 2, 1), False),
        (1, arb(2.5), bounded(9, 2, 1), True),
        (1, arb(-2.5), bounded(9, 2, 1), True),
        (0, arb(2), bounded(1, 1, 0), False),
        (0, arb(2.5), bounded(1, 1, 0), True),
        (0, arb(2.5), bounded(2, 0, 0), True),
        (0, arb(2.5), bounded(0, 2, 0), True),
        (0, arb(2.5, 1), bounded(1, 1, 0), False),
        (0, arb(2.5, 0.25), bounded(1, 1, 0), True),
    ],
)
def test_what_outgrows_a_bound(power, factor, bound, answer):
    found = Tail(Monomial(Fraction(0), Fraction(0), Fraction(power)), factor, Fraction(8))
    assert _assumptions._outgrows(found, bound) is answer


@pytest.mark.parametrize("known", ["tail", "derivatives_arb"])
@pytest.mark.parametrize(
    ("text", "bound", "refuted"),
    [
        ("-z/2", bounded(1, is_nonnegative=True), True),
        ("z/2", bounded(1, is_nonnegative=True), False),
        ("0*z", bounded(1, is_nonnegative=True), False),
        ("-z/2", bounded(1), False),
        ("-2*z", bounded(1), True),
        ("2*z", bounded(1), True),
        ("z", bounded(1), False),
    ],
)
def test_expansions_and_points_refute_each_for_itself(monkeypatch, known, text, bound, refuted):
    def fails(*_):
        raise EnclosureFailure("not asked here")

    monkeypatch.setattr(_assumptions, "derivatives_arb" if known == "tail" else "tail", fails)
    if refuted:
        with pytest.raises(Refusal):
            assumed(text, bound)
    else:
        assert assumed(text, bound).mathematical


def test_a_bound_at_a_point():
    assert bounded(1, 2, 3).at(Fraction(-2)) == 17 == bounded(1, 2, 3).at(Fraction(2))
    assert bounded(1, 2, 0).at(Fraction(-2)) == 3
