"""Entry, exit and precision of Arb scalars."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from flint import arb, ctx
from hypothesis import given, settings
from hypothesis import strategies as st

from certificates.arithmetic import arb as scalars
from certificates.arithmetic.arb import exact, hull, lower, precision, product, rational_ends, root_above, total, upper
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


def test_the_largest_ends_that_can_be_written():
    with precision(200):
        mantissa = exact(2**128 - 1)
        for sign in (1, -1):
            number = sign * mantissa * arb(2) ** (8192 - 128)
            assert rational_ends(number) == (sign * (2**128 - 1) * 2 ** (8192 - 128),) * 2
            with pytest.raises(EnclosureFailure, match="too large"):
                rational_ends(2 * number)


def test_wide_balls_end_at_their_own_ends():
    ball = arb(1, 2)
    assert -1 - 1e-8 <= lower(ball) <= -1 and 3 <= upper(ball) <= 3 + 1e-8


def test_the_root_above_nothing_is_zero():
    assert root_above(arb(-3, 1)) == 0 and root_above(exact(0)) == 0


def test_a_precision_is_set_under_the_lock_that_a_forked_child_renews(monkeypatch):
    hooks = {}
    monkeypatch.setattr(scalars.os, "register_at_fork", hooks.update)
    flint = scalars._FlintLock()
    renew = hooks["after_in_child"]
    before = flint.lock
    renew()
    assert flint.lock is not before
    monkeypatch.delattr(scalars.os, "register_at_fork")
    assert scalars._FlintLock().lock is not None

    class Lock:
        taken = 0

        def __enter__(self):
            self.taken += 1

        def __exit__(self, *_):
            self.taken -= 1

    flint.lock = Lock()
    monkeypatch.setattr(scalars, "_FLINT", flint)
    assert scalars.flint_lock() is flint.lock
    for setting in (precision(99), scalars.series_length(5)):
        with setting:
            assert flint.lock.taken == 1
    assert flint.lock.taken == 0


@settings(deadline=None)
@given(*[st.tuples(st.fractions(-9, 9, max_denominator=7), st.fractions(0, 9, max_denominator=7)) for _ in range(2)])
def test_sums_and_products_keep_their_signs_and_lose_no_number(left, right):
    """On balls [a, a + w]: the corners are in the result, which does not reach beyond 0 where no corner does."""
    sides = [(a, a + width) for a, width in (left, right)]
    first, second = (hull(exact(low), exact(high)) for low, high in sides)
    for operation, exactly in ((product, lambda x, y: x * y), (total, lambda x, y: x + y)):
        found, corners = operation(first, second), [exactly(x, y) for x in sides[0] for y in sides[1]]
        assert all(found.overlaps(exact(corner)) for corner in corners)
        signs = [{sign for sign, holds in ((1, low >= 0), (-1, high <= 0)) if holds} for low, high in sides]
        is_signed = all(signs) if operation is product else bool(signs[0] & signs[1])
        if is_signed and min(corners) >= 0:
            assert found >= 0
        if is_signed and max(corners) <= 0:
            assert found <= 0
        if min(corners) < 0 < max(corners):
            assert not found >= 0 and not found <= 0


def test_nothing_is_cut_off_where_a_factor_has_both_signs():
    both, positive = hull(exact(-1), exact(2)), hull(exact(0), exact(3))
    assert lower(product(both, positive)) <= -3 and upper(product(both, positive)) >= 6
    assert lower(total(both, positive)) <= -1 and lower(hull(exact(-1), exact(2))) <= -1
    assert not product(both, both) >= 0
