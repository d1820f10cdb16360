"""Factors of the tube by hand, and trapping inside it no weaker at radius 0 and never stronger."""

from __future__ import annotations

from fractions import Fraction

import pytest

from certificates.arithmetic.arb import exact
from certificates.theorems.trapping import trap
from certificates.theorems.tube import next_radius, trap_in_tube


def _next(**changes):
    given = {
        "radius": 0.0,
        "step": 0.1,
        "scale": 0.5,
        "residual": 2.0,
        "norm": 3.0,
        "beta": 0.5,
        "missed": 0.0,
    } | changes
    factor, radius = next_radius(**{name: exact(value) for name, value in given.items()})
    return float(factor), float(radius)


def test_factors_by_hand():
    """γ = β‖e‖ = 1, L = 9 + 1: 1 + 0.1 against 0.1·10 − 1; with η = 0.5, 0.5·10 − 1 = 4."""
    assert _next() == (pytest.approx(1.1), 0.0)
    assert _next(step=0.5, radius=2.0**-30, beta=0.0) == (pytest.approx(3.5), pytest.approx(3.5 * 2.0**-30))
    assert _next(step=0.5)[0] == pytest.approx(4.0)
    assert _next(scale=1.0)[0] == pytest.approx(1.2)
    assert _next(missed=0.25)[1] == pytest.approx(0.25)


def test_the_ball_counts():
    """E = 1: ‖J‖ ≤ 3.5, ‖e‖ ≤ 5.5, γ = 2.75."""
    assert _next(radius=1.0) == (pytest.approx(1.275), pytest.approx(1.275))


def test_trapping_in_a_tube():
    grid, betas = (0.5, 1.0), [exact(0.25), exact(0.5)]
    numbers = exact(0.5), (exact(2), exact(3)), Fraction(1, 2), 0.25, grid
    plain = trap(exact(0.5), exact(2), exact(3), Fraction(1, 2), 0.25, grid, betas)
    at_zero = trap_in_tube(exact(0), *numbers, (exact(0.25), betas))
    assert at_zero == plain or float(at_zero.available) == float(plain.available)
    inside = trap_in_tube(exact(0.125), *numbers, (exact(0.25), betas))
    assert float(inside.needed) == pytest.approx(0.5 + (3 + 0.25 * 0.125) * 0.125)
    assert inside.available < plain.available and inside.step_size < plain.step_size
    assert inside.decrease_rate < plain.decrease_rate
