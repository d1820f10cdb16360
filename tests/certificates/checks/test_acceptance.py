"""Acceptance at its bounds."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from flint import arb

from certificates.checks import acceptance
from tests.support.activations import interval


@pytest.mark.parametrize(
    ("mine", "strongest", "disjoint"),
    [
        (interval(0, 1), interval(2, 3), True),
        (interval(2, 3), interval(0, 1), True),
        (interval(0, 1), interval(1, 2), False),
        (interval(1, 2), interval(0, 1), False),
        (interval(0, 3), interval(1, 2), False),
        (interval(1, 2), interval(0, 3), False),
        (1, interval(2, 3), False),
        (interval(2, 3), 1, False),
        (1, 2, False),
    ],
)
def test_only_intervals_that_do_not_touch_are_disjoint(mine, strongest, disjoint):
    assert acceptance._is_disjoint(mine, strongest) is disjoint


def test_long_fractions_are_shown_as_decimals():
    short, long = Fraction(1, 10**21), Fraction(1, 10**22)
    assert acceptance._shown(short) == str(short) and len(str(short)) == 24
    assert acceptance._shown(long) == "1e-22"
    assert acceptance._shown(10**30) == str(10**30)


def test_a_fact_has_the_ends_of_its_ball():
    found = acceptance.fact("x", "a number", arb(2, 1), "here")
    assert (found.lower, found.upper, found.at) == (pytest.approx(1.0), pytest.approx(3.0), "here")
    above, below = acceptance.fact_above("x", "", arb(2, 1)), acceptance.fact_below("x", "", arb(2, 1))
    assert (above.lower, above.upper) == (-math.inf, pytest.approx(3.0))
    assert (below.lower, below.upper) == (pytest.approx(1.0), math.inf)
