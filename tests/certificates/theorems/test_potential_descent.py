"""Descent and flow by the distance potential: values computed elsewhere, runs, and where it must say nothing."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from flint import arb

from certificates.arithmetic.arb import exact, precision
from certificates.theorems.potential_descent import Start, descend, flow

ZERO = exact(0)


@pytest.fixture(autouse=True)
def _bits():
    with precision(200):
        yield


def _number(value: float | str | Fraction) -> arb:
    return exact(Fraction(value)) if isinstance(value, str) else exact(value)


def _start(distance: str, singular_value: str) -> Start:
    return Start(_number(distance), _number(singular_value), ZERO)


def _descent(distance: str, step: str, shares=(), *, curvature="2", largest="4", singular_value="1/2"):
    numbers = (_number(text) for text in (curvature, largest, step))
    return descend(_start(distance, singular_value), *numbers, shares)


def _is(ball: arb, value: float) -> bool:
    return float(ball) == pytest.approx(value, rel=5e-14) and ball.rad() < 1e-40


def test_the_flow_of_a_start():
    """Vector V1: G = 0.2023…, m = 0.4579…"""
    found = flow(_start("1/10", "1/2"), exact(2))
    assert found.holds and _is(found.singular_value, 0.408400626495538)
    assert _is((exact(Fraction(1, 2)) / found.singular_value).log(), 0.202359478108525)
    assert _is(found.travel, 0.0457996867522312)
    assert _is(found.reach, 0.1457996867522312)


def test_one_step_size():
    """Vector V2."""
    found = _descent("1/20", "1/8")
    assert found.holds and _is(found.margin, 0.524121895458797)
    assert _is((exact(Fraction(1, 2)) / found.singular_value).log(), 0.485365188728345 / 5)
    assert _is(found.travel, 0.0231275693227146) and _is(found.rate / 8, 0.0266362941472347)
    finer = _descent("1/20", "1/8", (Fraction(1, 2), Fraction(3, 4)))
    assert _is((exact(Fraction(1, 2)) / finer.singular_value).log(), 0.0690669756315881)
    assert finer.holds and finer.rate > found.rate and finer.travel < found.travel


def test_a_grid_near_the_threshold():
    """Vector V2b: 12 equal cells."""
    plain, fine = _descent("21/200", "1/32"), _descent("21/200", "1/32", [Fraction(j, 12) for j in range(1, 12)])
    assert _is(plain.margin, 0.220755692912467)
    assert _is((exact(Fraction(1, 2)) / plain.singular_value).log(), 1.40367527106266)
    assert _is((exact(Fraction(1, 2)) / fine.singular_value).log(), 0.397943405952886)
    shuffled = _descent("21/200", "1/32", [Fraction(j, 12) for j in (11, 3, -4, 3, *range(1, 24))])
    assert float(shuffled.singular_value) == float(fine.singular_value)


@pytest.mark.parametrize(
    ("distance", "step", "holds"),
    [("1/20", "1/2", False), ("1/20", "3/4", False), ("1/8", "1/32", False), ("1/20", "1/8", True)],
)
def test_must_refuse(distance, step, holds):
    """ζ = 2 and more; u_0 = ½."""
    assert _descent(distance, step).holds is holds


def test_a_stationary_start_is_refused():
    """F = w − w²/2 at w_0 = 1: β = 1, σ_* = 1, D_0 = 1 descends nowhere; half the distance is a flow's threshold."""
    for distance in ("1", "1/2"):
        assert not flow(_start(distance, "1"), exact(1)).holds
        assert not _descent(distance, "1/1000", curvature="1", largest="1", singular_value="1").holds
    assert flow(_start("499/1000", "1"), exact(1)).holds


@pytest.mark.parametrize("singular_value", ["0", "-1"])
def test_without_a_slope_nothing_holds(singular_value):
    assert not flow(_start("1/10", singular_value), exact(1)).holds
    assert not _descent("1/10", "1/8", singular_value=singular_value).holds


def test_unbounded_numbers_prove_nothing():
    for numbers in ((arb("inf"), exact(1)), (arb("nan"), exact(1)), (exact(1), arb("nan")), (exact(1), arb("inf"))):
        assert not descend(_start("1/10", "1"), *numbers, exact(Fraction(1, 8))).holds
    assert not flow(Start(arb("nan"), exact(1), ZERO), exact(1)).holds


def test_zeros_of_affine_equations_stay():
    found = _descent("3", "1/8", curvature="0")
    assert found.holds and found.travel == 0 and found.reach == 3 and found.singular_value == 0.5
    assert _is(found.rate, 2 * 0.25 * 0.75)  # D² of the slowest direction: (1 − ησ²)² ≤ 1 − 2ησ²(1 − ζ/2)


def test_uncertain_numbers_are_taken_at_their_worst():
    blurred = Start.of(arb(0.05, 1e-4), arb(0.5, 1e-4), arb(0, 1e-3))
    sharp = Start.of(*(exact(x) for x in (0.05, 0.5, 0.0)))
    assert blurred.distance >= 0.0501 and blurred.singular_value <= 0.4999 and blurred.offset >= 1e-3
    rates = [descend(start, exact(2), exact(4), exact(0.125)) for start in (blurred, sharp)]
    assert rates[0].rate < rates[1].rate and rates[0].travel > rates[1].travel


# ---- F(w) = w_1 + ½ w_2²: runs against every line of the conclusion --------------------------------------------------


class Parabola:
    """F(w) = w_1 + ½ w_2² = 0, β = 1: zeros (−t²/2, t), J = (1, t); the nearest by a cubic."""

    @staticmethod
    def zero_near(w: np.ndarray) -> np.ndarray:
        """The nearest of the stationary points (−t²/2, t) of the distance."""
        roots = np.roots([0.5, 0.0, 1 + w[0], -w[1]])
        points = [np.array([-(t**2) / 2, t]) for t in roots[abs(roots.imag) < 1e-9].real]
        return min(points, key=lambda z: float(np.linalg.norm(w - z)))

    @staticmethod
    def step(w: np.ndarray, eta: float) -> np.ndarray:
        """One step of descent of ½F²."""
        return w - eta * (w[0] + w[1] ** 2 / 2) * np.array([1.0, w[1]])


def _parabola_start(rng: np.random.Generator):
    """A normal pair: a zero (−t²/2, t), and a start ν(1, t) away from it."""
    t, ratio = rng.normal(), rng.uniform(0.02, 0.499)
    sigma = math.hypot(1, t)
    z = np.array([-(t**2) / 2, t])
    return z, z + rng.choice([-1, 1]) * ratio * np.array([1.0, t]), ratio * sigma, sigma


def test_runs_keep_every_promise():
    """500 drawn starts with the exact D_0 and σ_*; Λ by the ball; η up to where the theorem ends."""
    rng, seen, tightest = np.random.default_rng(7), 0, 0.0
    for _ in range(500):
        z, w, distance, sigma = _parabola_start(rng)
        largest = (sigma + 2 * distance) ** 2
        eta = rng.uniform(0.01, 1.9) / largest
        found = descend(Start.of(exact(distance), exact(sigma), ZERO), exact(1), exact(largest), exact(eta))
        if not found.holds or not found.reach < 2 * distance:
            continue
        seen += 1
        travelled, before = 0.0, Parabola.zero_near(w)
        assert np.allclose(before, z, atol=1e-9)
        for _ in range(20):
            eta_k = eta * rng.uniform(0.3, 1)
            after = Parabola.step(w, eta_k)
            nearest = Parabola.zero_near(after)
            old, new = (float(np.linalg.norm(a - b)) for a, b in ((w, before), (after, nearest)))
            if old > 1e-6:
                assert new**2 <= (1 - eta_k * float(found.rate)) * old**2 * (1 + 1e-9)
            travelled += float(np.linalg.norm(nearest - before))
            assert math.hypot(1, nearest[1]) >= float(found.singular_value) * (1 - 1e-9)
            w, before = after, nearest
        assert travelled <= float(found.travel) + 1e-8
        tightest = max(tightest, travelled / float(found.travel))
    assert seen > 80 and tightest > 0.05


def test_the_flow_keeps_every_promise():
    rng, seen = np.random.default_rng(8), 0
    for _ in range(200):
        z, w, distance, sigma = _parabola_start(rng)
        found = flow(Start.of(exact(distance), exact(sigma), ZERO), exact(1))
        if not found.holds:
            continue
        seen += 1
        step = 0.002 / sigma**2
        for k in range(1, 500):
            w = Parabola.step(w, step)
            if k % 100 == 0:
                near = Parabola.zero_near(w)
                assert np.linalg.norm(near - z) <= float(found.travel) * (1 + 1e-6)
                bound = math.exp(-float(found.rate) * k * step / 2) * distance
                assert np.linalg.norm(w - near) <= bound * (1 + 1e-2)
    assert seen > 150
