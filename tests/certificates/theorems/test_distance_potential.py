"""The potential by printed numbers, and against F(w) = w₁ + w₂²/2, whose zeros are a parabola."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from certificates.arithmetic.arb import exact
from certificates.theorems.distance_potential import basin, potential


def _of(u, b, zeta):
    return potential(exact(Fraction(u)), exact(Fraction(b)), exact(Fraction(zeta)))


def test_numbers_by_hand():
    """β = 2, σ = ½, D = 1/20, Λ = 4, η = 1/8: u = 1/5, b = 1/40."""
    found = _of("1/5", "1/40", "1/2")
    assert found.holds and float(found.margin) == pytest.approx(0.524121895458797, abs=1e-15)
    assert float(found.drift) == pytest.approx(0.485365188728345, abs=1e-15)
    drift = 0.5 * (1 - np.exp(-float(found.drift) / 5)) / 2
    assert drift == pytest.approx(0.0231275693227146, abs=1e-15)
    assert float(2 * found.slope * (1 - exact(Fraction(1, 10)))) * 0.125 * (0.5 - 2 * drift) ** 2 == pytest.approx(
        0.0266362941472347, abs=1e-15
    )


@pytest.mark.parametrize(
    ("zeta", "most"), [("1/5", 0.480252896102307), ("1", 0.372281323269014), ("3/2", 0.257333957552922)]
)
def test_where_the_margin_ends_for_small_steps(zeta, most):
    below, above = Fraction(most) - Fraction(1, 10**9), Fraction(most) + Fraction(1, 10**9)
    assert _of(below, 0, zeta).holds and not _of(above, 0, zeta).holds


@pytest.mark.parametrize(("u", "b", "zeta"), [("1/2", "1/100", "1/8"), ("1/5", "1/10", "2"), ("9/10", "1/5", "1/10")])
def test_what_must_not_hold(u, b, zeta):
    assert not _of(u, b, zeta).holds


def test_everything_is_monotone():
    rng = np.random.default_rng(0)
    for _ in range(200):
        u, b, zeta = rng.uniform(0.01, 0.4), rng.uniform(0, 0.1), rng.uniform(0.01, 0.8)
        large, small = _of(u, b, zeta), _of(u * rng.uniform(), b * rng.uniform(), zeta)
        if large.holds:
            assert small.holds and small.margin >= large.margin and small.slope >= large.slope
            assert small.drift <= large.drift and small.jump <= large.jump


def _parabola(radius, *, singular_value=1.0, step=0.05, most=0.4):
    """F = w₁ + w₂²/2 at z' = 0: J = (1, w₂), β = 1, ‖J‖² ≤ 1 + reach²."""
    numbers = [exact(Fraction(x)) for x in (radius, singular_value, 1, 2, step, most)]
    return basin(*numbers)


def test_starts_in_the_ball_behave_as_promised():
    """Runs in plain floats from the sphere: distances to the parabola by the cubic of their nearest points."""
    found = _parabola(0.3)
    assert found.holds and float(found.reach) <= 3**0.5  # where ‖J‖ ≤ 2
    rate = float(found.rate)
    for angle in np.linspace(0, 2 * np.pi, 40):
        w = 0.3 * np.array([np.cos(angle), np.sin(angle)])
        distance = 0.3
        for _ in range(400):
            e = w[0] + w[1] ** 2 / 2
            w = w - 0.05 * e * np.array([1.0, w[1]])
            before, distance = distance, _distance(w)
            assert distance**2 <= (1 - 0.05 * rate) * before**2 + 1e-15 and np.linalg.norm(w) <= float(found.reach)
        assert abs(w[0] + w[1] ** 2 / 2) < 1e-8


def _distance(w) -> float:
    """Of points (−t²/2, t): t³/2 + t(1 + w₁) − w₂ = 0."""
    roots = np.roots([0.5, 0.0, 1.0 + w[0], -w[1]])
    real = roots[np.abs(roots.imag) < 1e-9].real
    return float(min(np.hypot(w[0] + t * t / 2, w[1] - t) for t in real))


@pytest.mark.parametrize("changes", [{"radius": 0.41}, {"most": 0.51}, {"step": 0.45}, {"singular_value": 0.5}])
def test_a_ball_that_is_too_large(changes):
    assert not _parabola(**({"radius": 0.3} | changes)).holds
