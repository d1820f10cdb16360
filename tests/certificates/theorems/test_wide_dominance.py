"""The constant of dominance and the length of the flow, from numbers by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest

from certificates.arithmetic.arb import exact, lower
from certificates.enclosures.networks.upper_layers import Changes
from certificates.theorems.wide_dominance import Strengths, dominance, flow_distance, least_on_ball, least_product


def test_what_is_left_on_a_ball_is_never_negative():
    assert lower(least_on_ball(exact(3), exact(2))) == 1.0
    for change in (3.0, 4.0, float("nan"), float("inf")):
        assert lower(least_on_ball(exact(3), exact(change))) == 0.0
    assert lower(least_on_ball(exact(float("nan")), exact(1))) == 0.0


def test_a_product_with_a_lost_factor_is_lost():
    assert lower(least_product([exact(2), exact(3)])) == 6.0
    assert lower(least_product([exact(2), exact(0), exact(3)])) == 0.0
    assert lower(least_product([])) == 1.0


@pytest.mark.parametrize("scale", [Fraction(1, 2), Fraction(2, 3)])
def test_the_constant(scale):
    assert lower(dominance(scale, exact(3), exact(2))) == pytest.approx(float(4 * scale * 36), rel=1e-15)
    assert lower(flow_distance(exact(2), exact(8))) == 1.0


def test_the_better_way_is_taken_and_each_loses_what_changes():
    found = Strengths(exact(5), exact(3), (exact(2), exact(1)))
    assert found.on_ball(None)[2] == "samples" and lower(found.on_ball(None)[1]) == 3.0
    moved = Changes(exact(1), (exact(Fraction(1, 2)),), (exact(Fraction(1, 4)),), exact(2))
    features, above, way = found.on_ball(moved)
    assert (lower(features), lower(above), way) == (4.0, 1.125, "layers")
    assert lower(Strengths(exact(5), exact(3), None).on_ball(moved)[1]) == 1.0
    assert found.on_ball(Changes(exact(9), (exact(0),), (exact(0),), exact(0)))[0] == 0
