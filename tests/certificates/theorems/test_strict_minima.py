"""Theorem 4.2.3 on functions whose minimum is known."""

from __future__ import annotations

from math import inf

import numpy as np
from flint import arb
from hypothesis import given
from hypothesis import strategies as st

from certificates.theorems.strict_minima import strict_minimum


@given(st.floats(0.1, 10), st.floats(0, 3), st.floats(-1, 1), st.floats(1e-3, 2), st.floats(-0.5, 0.5))
def test_a_cubic_perturbation_of_a_parabola(curvature, cubic, slope, radius, offset):
    """f(x) = ax²/2 + bx³/6 + cx on [−R, R]: f'' turns by bR; the root of f' is known."""
    turning = cubic * radius
    gradient = abs(slope + curvature * offset + cubic * offset**2 / 2)
    found = strict_minimum(arb(curvature), arb(curvature), arb(turning), arb(gradient), radius, arb(abs(offset)))
    if not found.holds:
        return
    roots = np.roots([cubic / 2, curvature, slope]) if cubic > 1e-9 else np.array([-slope / curvature])
    inside = [
        float(root.real) for root in np.atleast_1d(roots) if abs(root.imag) < 1e-12 and abs(root) <= radius * (1 + 1e-9)
    ]
    assert len(inside) == 1
    root = inside[0]
    assert arb(abs(root)) <= found.distance * arb(1 + 1e-9) + arb(1e-9)
    value = curvature * root**2 / 2 + cubic * root**3 / 6 + slope * root
    here = curvature * offset**2 / 2 + cubic * offset**3 / 6 + slope * offset
    assert arb(value) >= arb(here) - found.value_drop - arb(1e-9)
    if found.descends(radius):
        step = float(found.step_size.lower()) * 0.999
        x, factor = 0.0, 1 - step * float(found.strong_convexity.lower())
        for _ in range(50):
            before = abs(x - root)
            x -= step * (curvature * x + cubic * x**2 / 2 + slope)
            assert abs(x) <= radius * (1 + 1e-9) and abs(x - root) <= factor * before + 1e-9


def test_each_condition_is_needed():
    good = {"lowest": arb(1), "highest": arb(2), "turning": arb(0.5), "gradient_norm": arb(0.4), "radius": 1.0}
    assert strict_minimum(**good).holds and not strict_minimum(**good).descends(1.0)
    assert not strict_minimum(**{**good, "turning": arb(1)}).holds  # m = 0
    assert not strict_minimum(**{**good, "gradient_norm": arb(0.5)}).holds  # G = mR
    assert not strict_minimum(**good, offset=arb(0.25)).holds  # G > m(R − ‖δ‖)
    assert not strict_minimum(**good, offset=arb(1.25)).holds
    assert not strict_minimum(**{**good, "gradient_norm": arb(0, inf)}).holds
    assert strict_minimum(**{**good, "gradient_norm": arb(0.25)}).descends(1.0)
