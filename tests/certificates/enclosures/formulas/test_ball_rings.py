"""Slopes of tanh and sigmoid on balls: every point's value, at 200 bits, and the sign far out."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certificates.arithmetic.arb import exact, hull, lower, precision, upper
from certificates.enclosures.formulas.ball_rings import arb_ring
from certificates.enclosures.formulas.jets import jet
from certificates.expression import parse_expression


def slope_at(function: str, x: Fraction):
    """4e^{2x}/(1 + e^{2x})², or e^x/(1 + e^x)², at 200 bits."""
    with precision(200):
        power = (exact(-2 * abs(x)) if function == "tanh" else exact(-abs(x))).exp()
        return (4 if function == "tanh" else 1) * power / ((1 + power) * (1 + power))


@pytest.mark.parametrize("function", ["tanh", "sigmoid"])
@settings(deadline=None)
@given(
    st.fractions(-60, 60, max_denominator=9),
    st.fractions(0, 4, max_denominator=9),
    st.fractions(0, 1, max_denominator=9),
)
def test_slopes_are_contained_and_end_where_they_do(function, start, width, part):
    with precision(64):
        ball = hull(exact(start), exact(start + width))
        found = arb_ring().logistic_slope(function, ball)
    assert found is not None and found >= 0
    assert found.overlaps(slope_at(function, start + part * width))
    ends = [slope_at(function, end) for end in (start, start + width)]
    largest = slope_at(function, Fraction(0)) if start <= 0 <= start + width else ends[0].max(ends[1])
    assert upper(found) <= upper(largest) * (1 + 1e-7)
    assert lower(found) >= lower(ends[0].min(ends[1])) - 1e-8 * upper(largest)


@pytest.mark.parametrize("text", ["tanh(1000*z)", "sigmoid(1000*z)", "tanh(1000*(z-50))"])
@pytest.mark.parametrize("at", [-8, 8, 40])
def test_slopes_far_out_are_positive(text, at):
    """1 − t² is a ball around 0 there."""
    assert jet(parse_expression(text), exact(at), 1, arb_ring())[1] > 0
