"""The contraction around a critical point, against functions whose critical points are known."""

from __future__ import annotations

import numpy as np
import pytest
from flint import arb

from certificates.arithmetic.arb import exact, upper
from certificates.theorems.critical_points import critical_distance, value_margin


@pytest.mark.parametrize("seed", range(40))
def test_the_point_and_its_value_are_where_they_are_said_to_be(seed):
    """f(x, y) = a x²/2 − b y²/2 + c x³/6 + g·(x, y) near 0: |f''' | = c, the critical point by hand."""
    rng = np.random.default_rng(seed)
    a, b, c = rng.uniform(0.5, 2, size=3)
    gx, gy = rng.normal(size=2) * 10.0 ** rng.uniform(-4, -1)
    radius = float(10.0 ** rng.uniform(-3, 0))
    turning, slope = exact(c) * radius, exact(float(np.hypot(gx, gy)) * (1 + 1e-15))
    found = critical_distance(exact(min(a, b)), turning, slope, exact(radius))
    if found is None:
        return
    x, y = (-a + np.sqrt(a * a - 2 * c * gx)) / c, gy / b
    value = a * x * x / 2 - b * y * y / 2 + c * x**3 / 6 + gx * x + gy * y
    assert np.hypot(x, y) <= upper(found) * (1 + 1e-9) <= radius * (1 + 1e-9)
    assert abs(value) <= upper(value_margin(slope, turning, found)) * (1 + 1e-9)


def test_what_is_not_certain_is_not_proved():
    assert critical_distance(arb(1), arb(1), arb(0), arb(1)) is None
    assert critical_distance(arb(2), arb(1), arb("1.5"), arb(1)) is None
    assert critical_distance(arb(2), arb(1), arb(1, 0.1), arb(1)) is None
    assert critical_distance(arb(2, 1.5), arb(1), arb(0), arb(1)) is None


def test_a_point_without_a_gradient_is_critical():
    assert critical_distance(arb(1), arb(0), arb(0), arb(1)) == 0
    assert value_margin(arb(0), arb(1), arb(0)) == 0


def test_the_value_has_room_for_the_turn():
    """f = x²/2 + x³/6 − (5/8)x has its critical point at 1/2 and the value −1/6; half of ‖∇f‖d is 5/32 alone."""
    assert value_margin(exact(0.625), exact(0.5), exact(0.5)) >= arb(1) / 6
