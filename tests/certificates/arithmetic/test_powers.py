"""Powers by squaring against products one factor at a time, in everything they are used for."""

from __future__ import annotations

import operator
from fractions import Fraction

import pytest
from flint import acb, arb, arb_series

from certificates.arithmetic.arb import precision, series_length
from certificates.arithmetic.powers import by_squaring, natural_power


@pytest.mark.parametrize("exponent", [*range(1, 20), 63, 64, 65, 100])
def test_k_factors_whatever_the_product(exponent):
    assert by_squaring((1,), exponent, (), operator.add) == (1,) * exponent
    assert by_squaring(Fraction(-2, 3), exponent, Fraction(1), operator.mul) == Fraction(-2, 3) ** exponent


def test_no_factor_is_the_unit_and_one_is_the_base_itself():
    base = Fraction(7)
    assert by_squaring(base, 0, Fraction(1), operator.mul) == 1
    assert by_squaring(base, 1, Fraction(1), operator.mul) is base


def test_the_factors_are_counted_not_only_used():
    """Squares and single factors, as few as the digits of k say."""
    seen = []
    by_squaring(1, 13, 1, lambda left, right: seen.append((left, right)) or left * right)
    assert len(seen) == 5  # 13 = 1101 in binary: three squares, two factors


def test_powers_of_a_ball_around_zero_are_finite():
    """API trap 2: python-flint's own power of such a ball is NaN; ours contains every power of its points."""
    ball = arb(0, 1)
    assert not (ball**2).is_finite()
    assert natural_power(ball, 2).contains(1)
    assert natural_power(ball, 3).contains(-1)
    assert natural_power(arb(3), 5) == 243
    assert natural_power(ball, 0) == 1


def test_complex_balls_and_series():
    with precision(128), series_length(6):
        assert natural_power(acb(1, 1), 6).contains(acb(0, -8))
        assert [int(c.unique_fmpz()) for c in natural_power(arb_series([1, 1], 6), 5)] == [1, 5, 10, 10, 5, 1]
