"""Theorem 4.5.1: closed forms, the conservative side of every number, refusals."""

from __future__ import annotations

from fractions import Fraction

import pytest

from certificates.arithmetic.arb import exact, lower, precision, upper
from certificates.enclosures.objectives.both_layers import OnBall
from certificates.theorems.local_convergence import Centre, converge


@pytest.fixture(autouse=True)
def _bits():
    with precision(128):
        yield


def _converge(
    residual=0.01, smallest=1.0, largest=2.0, both=True, start=0.01, path=0.25, outer=1.0, scale=Fraction(1, 8)
):
    """L₁ = ½, ξ = 2, L₂ = 1, √(χ/n) = ½, v̄ = 3: c₁ = 1, c₂ = 3/2, β = 2 for both layers; n = 4, so 2ns = 1."""
    centre = Centre(4, scale, both, *map(exact, (residual, smallest, largest, 1.0, outer)))
    ball = OnBall(*map(exact, (0.5, 1.0, 2.0, 0.5, 3.0)))
    return converge(centre, ball, start, path)


def test_the_turning_couples_both_layers_or_is_that_of_one():
    assert _converge().turning.overlaps(exact(2))
    assert _converge(both=False).turning.overlaps(exact(1.5))


def test_the_quantities_have_their_closed_forms():
    found = _converge(start=0.0)
    assert found.needed.overlaps(exact(0.01)) and found.slope.overlaps(exact(0.5))
    assert found.available.overlaps(exact(Fraction(1, 4) * Fraction(3, 4) / 2))
    assert found.smoothness.overlaps(exact(Fraction(25, 4)) + 2 * exact(0.01))
    furthest = exact(0.01) + exact(Fraction(1, 2)) + exact(Fraction(1, 16))
    assert found.smoothness_of_ball.overlaps(exact(Fraction(25, 4)) + 2 * furthest)
    assert (found.step_size * found.smoothness).overlaps(exact(1))
    assert found.decrease_rate.overlaps(exact(0.25)) and found.distance_factor.overlaps(exact(2))


def test_starts_away_from_the_centre_have_less_available_and_need_more():
    """r = 1/8, R = 1/4 and β = 2: ½∫(1 − 2t) from 1/8 to 3/8 is 1/16."""
    found = _converge(residual=0.0, largest=1.0, start=0.125)
    assert found.available.overlaps(exact(Fraction(1, 16))) and found.slope.overlaps(exact(Fraction(1, 4)))
    assert found.needed.overlaps(exact(Fraction(1, 8) + Fraction(1, 64)))
    assert found.smoothness.overlaps((1 + exact(Fraction(3, 4))) ** 2 + 2 * found.needed)


def test_the_residual_of_a_start_is_the_lesser_of_two_bounds():
    by_jacobian = _converge(residual=0.0, largest=1.0)
    assert by_jacobian.needed.overlaps(exact(0.01) + exact(0.01) ** 2)
    by_layers = _converge(residual=0.0, largest=100.0)
    assert by_layers.needed.overlaps(exact(0.01) * (1 + (1 + exact(0.01)) ** 2).sqrt())
    assert _converge(residual=0.0, largest=100.0, both=False).needed.overlaps(exact(0.01))


def test_the_residual_is_strictly_less_than_what_is_available():
    available = _converge(start=0.0).available
    assert _converge(residual=lower(available) * (1 - 2.0**-50), start=0.0).holds
    assert not _converge(residual=upper(available), start=0.0).holds


def test_refuses_where_the_jacobian_may_degenerate_and_what_is_no_number():
    assert not _converge(residual=0.0, start=0.0, path=0.5).holds
    assert not _converge(residual=0.0, start=0.3, path=0.3).holds
    assert not _converge(residual=float("nan")).holds and not _converge(smallest=float("nan")).holds


def test_scale_changes_units_only():
    one, other = _converge(), _converge(scale=Fraction(5))
    assert one.available.overlaps(other.available) and one.distance_factor.overlaps(other.distance_factor)
    assert (one.step_size * one.decrease_rate).overlaps(other.step_size * other.decrease_rate)
    assert (one.decrease_rate * 40).overlaps(other.decrease_rate)
