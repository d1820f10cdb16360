"""Values and slopes on balls of Arb; on points they are what arrays of balls are held against."""

from __future__ import annotations

from flint import arb

from certificates.arithmetic.arb import exact
from certificates.enclosures.intervals.derivatives import value_and_slope_arb
from certificates.expression import parse_activation


def test_arb_balls_at_a_breakpoint_cover_both_sides() -> None:
    _, slope = value_and_slope_arb(parse_activation("relu"), exact(0))
    assert slope.contains(exact(0))
    assert slope.contains(exact(1))
    assert value_and_slope_arb(parse_activation("relu"), exact(-1))[1] == 0
    assert value_and_slope_arb(parse_activation("elu"), arb(0, 1e6))[1] < 1.01
