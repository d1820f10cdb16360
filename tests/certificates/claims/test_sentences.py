"""Sentences say what is claimed, with every number rounded to its weak side or exact."""

from __future__ import annotations

import re
from decimal import ROUND_UP, Context, Decimal, FloatOperation, localcontext
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from certificates.claims.activation_counterexample import Claim as Counterexample
from certificates.claims.gaussian_moment import Claim as Moment
from certificates.claims.lipschitz_slope import Claim as Lipschitz
from certificates.claims.nondegenerate_activation import Claim as Nondegenerate
from certificates.claims.orthogonal_population_convexity import Claim as Hessian
from certificates.claims.piecewise_affine import Claim as Affine
from certificates.claims.positive_rho import Claim as PositiveRho
from certificates.claims.slope_growth import Claim as Growth
from certificates.claims.tensor_constant import Claim as Tensor
from certificates.claims.zhong_rho import Claim as Rho
from certificates.language.parts import Interval
from certificates.language.wording import at_least, at_most, in_words, rounded_down, rounded_up
from tests.support.activations import interval

THIRD, PI = Fraction(1, 3), Fraction(314159265358979323846, 10**20)
NUMBER = r"-?[0-9]+(?:\.[0-9]+)?(?:e[+-][0-9]+)?"


@pytest.mark.parametrize("low", [THIRD, -THIRD, PI, -PI, Fraction(1, 7 * 10**30), Fraction(-(10**40), 7)])
def test_intervals_are_rounded_outwards(low):
    value = Interval(low, low + abs(low) / 10**6)
    shown = re.fullmatch(rf"\[({NUMBER}), ({NUMBER})\]", str(value))
    assert shown is not None
    assert Fraction(shown[1]) <= value.lower <= value.upper <= Fraction(shown[2])
    assert abs(Fraction(shown[1]) - value.lower) <= abs(low) / 10**11
    assert str(Interval(low, low)) == str(low)  # a point is exact


def test_a_moment():
    text = Moment(2, 3, THIRD, interval("1/3", "2/3")).sentence()
    assert "E[φ'(1/3 z)^2 z^3] lies in [0.333333333333, 0.666666666667]" in text


def test_rho():
    one = interval(1, 2)
    text = Rho(Fraction("0.1"), one, interval(3, 4), interval(5, 6), interval("1/3", 1), (1, 3)).sentence()
    for part in ("σ = 0.1", "T_1 in [1, 2]", "T_2 in [3, 4]", "T_3 in [5, 6]", "ρ(0.1)", "[0.333333333333, 1]"):
        assert part in text
    assert text.endswith("attained by T_1 or T_3.")


def test_the_hessian_is_rounded_down():
    for value in (THIRD, -THIRD, PI, Fraction(1, 10**50)):
        text = Hessian(Fraction(2), (Fraction(1), Fraction(-1)), 5, value).sentence()
        shown = re.search(rf"is at least ({NUMBER}) times the identity", text)
        assert shown is not None and value - abs(value) / 10**10 <= Fraction(shown[1]) <= value
        assert "I_5" in text and "2 weights w_j* = 2 e_j" in text


def test_tensors_name_only_what_is_claimed():
    text = Tensor(Fraction(1), third=interval(0, 0), degree=2, vacuous=("third",)).sentence()
    assert "c_3 = E[φ(σz) He_3(z)]/σ³ lies in 0" in text and "φ(az) = a^2 φ(z) for all a > 0" in text
    assert "third-order tensor is 0 for every σ > 0" in text and "γ" not in text and "c_4" not in text


SEVENTH = Fraction(1, 7)
STATEMENTS = [
    (Growth(2, Fraction(0), THIRD), "P1", ("0 ≤ φ'(z) ≤ 1/3 |z|^2", "almost every z")),
    (Growth(2, THIRD, SEVENTH), "P1'", ("0 ≤ φ'(z) ≤ 1/3 + 1/7 |z|^2", "ours")),
    (Counterexample("P1"), "not-P1", ("no L_1 > 0 and p ≥ 0",)),
    (PositiveRho(), "P2", ("> 0 for every σ > 0",)),
    (Counterexample("P2"), "not-P2", ("≤ 0 for some σ > 0",)),
    (Lipschitz("almost everywhere", THIRD), "P3a-lipschitz", ("Lipschitz with constant 1/3",)),
    (Lipschitz("everywhere", THIRD), "P3a-strict", ("exists everywhere", "≤ 1/3")),
    (Counterexample("P3a"), "not-P3a", ("not Lipschitz",)),
    (Affine(4), "P3b", ("continuous and affine between at most 4 kinks",)),
    (Counterexample("P3b"), "not-P3b", ("nonzero on an interval",)),
    *(
        (
            Nondegenerate(mean, curvature, sigma),
            f"A2.3({'a' if curvature == 'nonzero' else 'b'})" + ("" if sigma == "nonnegative" else " for σ > 0"),
            (
                f"μ(σ) = E[φ'(σg)] is {mean} for every {every}",
                f"γ(σ) = E[φ''(σg)] is {curvature} for every {every}",
                *("our reading", "bounded", "T_1(1) > 0"),
            ),
        )
        for mean, curvature in product(("nonzero", "zero"), repeat=2)
        for sigma, every in (("nonnegative", "σ ≥ 0"), ("positive", "σ > 0"))
    ),
]


@pytest.mark.parametrize(("claim", "label", "parts"), STATEMENTS)
def test_every_statement_about_slopes_has_its_own_sentence(claim, label, parts):
    text = claim.sentence()
    assert claim.label == label and text.startswith(f"The given activation φ satisfies {label}: ")
    assert all(part in text for part in parts) and text.endswith(".")
    if "for σ > 0" in label:
        assert "σ ≥ 0" not in text


def test_the_power_zero_is_no_power():
    assert "|z|" not in Growth(0, Fraction(0), THIRD).sentence()


@given(st.floats(allow_nan=False, allow_infinity=False))
@example(5e-324)
@example(-5e-324)
@example(13 * 5e-324)
def test_floats_in_words_are_on_their_weak_side(value):
    assert Decimal(at_least(value)) <= Decimal(value) <= Decimal(at_most(value))


def test_previous_bug_11_the_host_s_decimal_context_rounds_no_number():
    """η = 0.12345 read "0.124" in a program that computes with three decimal digits."""
    numbers = Fraction(12345, 10**5), Fraction(1, 3), 0.1234561
    plain = _spelled(*numbers)
    with localcontext(Context(prec=3, rounding=ROUND_UP, Emax=5, Emin=-5, traps=[FloatOperation])):
        assert _spelled(*numbers) == plain
    assert plain[0] == "0.12345"


def _spelled(short, long, double):
    return in_words(short), rounded_down(long), rounded_up(long), at_least(double), at_most(double)


def test_decimals_of_28_digits_are_written_out():
    for digits in (27, 28):
        value = 1 + Fraction(1, 10**digits)
        text = in_words(value)
        assert Fraction(text) == value and ("/" in text) == (digits == 28)
    assert in_words(Fraction(1, 10**11)) == "0.00000000001" and in_words(Fraction(1, 10**12)) == "1/1000000000000"
