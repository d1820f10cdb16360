"""The constants of the standard model, exactly."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from certificates.arithmetic.arb import precision, rational_ends
from certificates.arithmetic.rounding import UNDERFLOW, UNIT_ROUNDOFF, gamma, inflation, require_finite
from certificates.errors import EnclosureFailure

U = Fraction(1, 2**53)
COUNTS = (0, 1, 2, 100, 2**20, 2**40)


def test_the_unit_roundoff_and_the_least_double():
    assert Fraction(UNIT_ROUNDOFF) == U and np.nextafter(1.0, 2.0) == 1 + 2 * UNIT_ROUNDOFF
    assert np.nextafter(0.0, 1.0) == UNDERFLOW


@pytest.mark.parametrize("count", COUNTS)
def test_gamma_contains_its_value(count):
    truth = count * U / (1 - count * U)
    with precision(128):
        low, high = rational_ends(gamma(count))
    assert low <= truth <= high and high - low <= truth / 2**120


@pytest.mark.parametrize("count", COUNTS)
def test_the_inflation_is_what_the_theory_states(count):
    assert Fraction(inflation(count)) == 1 + 2 * (count + 4) * U


@pytest.mark.parametrize("bound", [gamma, inflation])
@pytest.mark.parametrize("count", [-1, 2**40 + 1])
def test_counts_that_no_derivation_covers_are_refused(bound, count):
    with pytest.raises(EnclosureFailure, match="not supported"):
        bound(count)


def test_one_entry_that_is_no_number_is_refused():
    array = np.array([1.0, -2.0])
    assert require_finite(array, "x") is array
    for wrong in (np.nan, np.inf, -np.inf):
        with pytest.raises(EnclosureFailure, match="this"):
            require_finite(np.array([1.0, wrong]), "this")
