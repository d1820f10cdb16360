"""Rounding up against exact rationals, and ⟨A, B⟩ against its definition."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from certificates.arithmetic.arb import precision
from certificates.enclosures.objectives.upward import cubic_maximum, length, plus, sum_above, times
from certificates.errors import EnclosureFailure

NUMBERS = np.array([0.0, 5e-324, 3e-308, 1e-200, 0.1, 1 / 3, 7.0, 1e150])


def test_products_and_sums_are_rounded_up_and_zero_stays():
    left, right = (part.ravel() for part in np.meshgrid(NUMBERS, NUMBERS))
    for found, exactly in ((times(left, right), Fraction.__mul__), (plus(left, right), Fraction.__add__)):
        for value, a, b in zip(found.tolist(), left.tolist(), right.tolist(), strict=True):
            true = exactly(Fraction(a), Fraction(b))
            assert Fraction(value) >= true
            assert (value == 0) == (true == 0)
            assert Fraction(value) <= true * (1 + Fraction(2) ** -51) + Fraction(10) ** -323


def test_lengths_are_rounded_up():
    left, right = (part.ravel() for part in np.meshgrid(NUMBERS, NUMBERS))
    for value, a, b in zip(length(left, right).tolist(), left.tolist(), right.tolist(), strict=True):
        assert Fraction(value) ** 2 >= Fraction(a) ** 2 + Fraction(b) ** 2
        assert (value == 0) == (a == b == 0)
    assert length(np.array([0.1]), np.array([0.0])) == 0.1


def test_sums_are_above_the_exact_ones():
    numbers = np.random.default_rng(0).random(1000) ** 20
    assert Fraction(sum_above(numbers)) >= sum(map(Fraction, numbers.tolist()))


def test_what_is_beyond_the_doubles_is_infinite():
    assert np.isinf(times(1e200, 1e200)) and np.isinf(plus(1.7e308, 1.7e308)) and np.isinf(sum_above(np.full(2, 1e308)))
    assert np.isinf(length(np.array([1e200]), np.array([1e200])))


@pytest.mark.parametrize("scale", [1e-310, 1e-200, 1.0, 1e200])
def test_cubic_maximum_is_above_the_circle_and_attained(scale):
    rng = np.random.default_rng(1)
    quadratic, cubic = scale * rng.random(200) ** 4, scale * rng.random(200) ** 4
    with precision(128):
        found = cubic_maximum(quadratic, cubic)
    angles = np.linspace(0, np.pi / 2, 4001)[:, None]
    circle = quadratic * np.sin(angles) * np.cos(angles) ** 2 + cubic * np.cos(angles) ** 3
    largest = circle.max(axis=0)
    assert (found >= largest * (1 - 1e-15)).all()
    assert (found <= largest * (1 + 1e-6) + 1e-320).all()


def test_cubic_maximum_at_its_corners():
    found = cubic_maximum(np.array([0.0, 0.0, 1.0, 1.0, 5e-324]), np.array([0.0, 2.0, 0.0, 1e300, 5e-324]))
    assert found[:2].tolist() == [0.0, 2.0] and found[3] >= 1e300
    assert Fraction(found[2]) ** 2 >= Fraction(4, 27) and found[2] < 0.38490018
    assert found[4] >= 5e-324


def test_cubic_maximum_of_what_overflowed_is_refused():
    with pytest.raises(EnclosureFailure):
        cubic_maximum(np.array([np.inf]), np.array([1.0]))
