"""Entry, exit and precision of Arb scalars."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from flint import arb, ctx
from hypothesis import given, settings
from hypothesis import strategies as st

from certificates.arithmetic.arb import exact, hull, lower, precision, rational_ends, root_above, upper
from certificates.errors import EnclosureFailure

finite = st.floats(allow_nan=False, allow_infinity=False)


@settings(deadline=None)
@given(finite)
def test_floats_enter_and_leave_exactly(number):
    assert exact(number).is_exact() and lower(exact(number)) == number == upper(exact(number))


@settings(deadline=None)
@given(st.fractions())
def test_rationals_are_enclosed(number):
    with precision(80):
        ball = exact(number)
        assert Fraction(lower(ball)) <= number <= Fraction(upper(ball))


@settings(deadline=None)
@given(st.integers(-(10**60), 10**60))
def test_large_integers_round_outward(number):
    with precision(300):
        assert Fraction(lower(exact(number))) <= number <= Fraction(upper(exact(number)))


def test_exit_is_the_nearest_outward_float():
    with precision(128):
        third = exact(Fraction(1, 3))
    assert upper(third) == math.nextafter(lower(third), 1)


@pytest.mark.parametrize("ball", [arb("nan"), arb("inf"), arb(0, "inf")])
def test_balls_without_finite_ends_give_infinities(ball):
    assert lower(ball) == -math.inf and upper(ball) == math.inf


def test_huge_balls_keep_a_finite_inner_end():
    with precision(64):
        huge = arb(10) ** 400
    assert upper(huge) == math.inf and lower(huge) == 1.7976931348623157e308
    assert lower(-huge) == -math.inf and upper(-huge) == -1.7976931348623157e308


def test_precision_is_restored_even_after_an_error():
    before = ctx.prec
    with pytest.raises(ZeroDivisionError), precision(300):
        assert ctx.prec == 300
        raise ZeroDivisionError
    assert ctx.prec == before


@settings(deadline=None)
@given(st.floats(-1e300, 1e300), st.floats(0, 1e300), st.integers(2, 128))
def test_the_root_above_exceeds_every_root(mid, radius, bits):
    with precision(bits):
        low, high = rational_ends(root_above(arb(mid, radius)))
    top = Fraction(mid) + Fraction(radius)
    assert low == high >= 0
    assert low**2 >= top or top < 0


def test_the_root_above_of_what_is_not_finite_is_no_bound():
    assert not any(root_above(ball) < 1e300 for ball in (arb("nan"), arb("inf"), arb(0, "inf")))


def test_hull_contains_both_ends():
    ball = hull(-1.0, 0.3)
    assert bool(ball.contains(exact(-1.0))) and bool(ball.contains(exact(0.3)))


@settings(deadline=None)
@given(st.fractions(), st.integers(2, 200))
def test_rational_ends_enclose(number, bits):
    with precision(bits):
        low, high = rational_ends(exact(number))
    assert low <= number <= high and high - low <= abs(number) / 2 ** (bits - 3)


@pytest.mark.parametrize("sign", [1, -1])
def test_ends_too_small_to_be_written_are_rounded_outwards(sign):
    with precision(64):
        low, high = rational_ends(sign * arb(2) ** -(10**12) * arb("3 +/- 1"))
    assert low <= 0 <= high and high - low == Fraction(1, 2**8192)
    assert (low == 0) is (sign > 0)
    with precision(64):
        low, high = rational_ends(sign * arb(5) * arb(2) ** -8193)
    assert {abs(low), abs(high)} == {Fraction(2, 2**8192), Fraction(3, 2**8192)}


@pytest.mark.parametrize("ball", [arb(2) ** (10**12), -(arb(2) ** 8193), arb("inf"), arb("nan"), arb(0, "inf")])
def test_ends_too_large_to_be_written_are_refused(ball):
    with pytest.raises(EnclosureFailure):
        rational_ends(ball)
