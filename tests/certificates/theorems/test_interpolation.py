"""Kantorovich's theorem against polynomials whose zeros are known."""

from __future__ import annotations

import math

import pytest

from certificates.arithmetic.arb import exact
from certificates.theorems.interpolation import interpolate


def _of(step: float, singular_value: float, curvature: float, reach: float):
    return interpolate(exact(step), exact(singular_value), exact(curvature), reach)


@pytest.mark.parametrize("h", [0.0, 0.1, 0.375, 0.5])
def test_the_nearest_zero_of_a_parabola_is_met_exactly(h):
    """F(w) = ξ − w + ω w²/2 has J = −1 at 0, β = ω and its first zero at r: nothing is lost."""
    found = _of(1.0, 1.0, h, 4.0)
    zero = 1.0 if h == 0 else (1 - math.sqrt(1 - 2 * h)) / h
    assert found.holds and float(found.radius) == pytest.approx(zero, rel=1e-14)
    assert float(found.singular_value) == pytest.approx(1 - h * zero, abs=1e-14)


def test_no_zero_no_theorem():
    """w²/2 + δ at 1: J = 1, ξ = ½ + δ, β = 1. For δ = 0 the zero has no slope left; beyond there is none."""
    assert _of(0.5, 1.0, 1.0, 1.0).holds and float(_of(0.5, 1.0, 1.0, 1.0).singular_value) == 0.0
    assert not _of(0.5 + 2.0**-40, 1.0, 1.0, 8.0).holds


def test_the_ball_holds_the_solution():
    radius = float(_of(1.0, 1.0, 0.375, 9.0).radius)
    assert _of(1.0, 1.0, 0.375, radius * (1 + 1e-12)).holds
    assert not _of(1.0, 1.0, 0.375, radius * (1 - 1e-12)).holds


def test_uncertain_numbers_are_taken_at_their_worst():
    from flint import arb

    sharp, blurred = _of(1.0, 1.0, 0.25, 9.0), interpolate(arb(1, 1e-3), arb(1, 1e-3), arb(0.25, 1e-3), 9.0)
    assert blurred.radius.upper() > sharp.radius.upper() * 1.001
    assert blurred.singular_value.lower() < sharp.singular_value.lower() * 0.999
