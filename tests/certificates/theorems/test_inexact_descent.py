"""Theorem 1.7.4: the vector, what must be refused, and runs on a curve of zeros that errors push where it hurts."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from flint import arb

from certificates.arithmetic.arb import exact, lower, precision, upper
from certificates.theorems.inexact_descent import Errors, Hover, Promise, hover
from certificates.theorems.potential_descent import Start


@pytest.fixture(autouse=True)
def _bits():
    with precision(128):
        yield


NUMBERS = {
    "distance": Fraction(1, 20) - Fraction(1, 2**55),  # u_0 ≤ u_M, decided
    "singular_value": Fraction(1, 2),
    "curvature": 2,
    "largest": 4,
    "step": Fraction(1, 8),
    "inner": Fraction(1, 10**10),
    "outer": Fraction(1, 10**12),
    "steps": 10**9,
    "kept": Fraction(2, 5),
    "most": Fraction(1, 5),
    "share": 100,
}


def _hover(**changed) -> Hover:
    given = NUMBERS | changed
    x = {name: exact(value) if isinstance(value, (int, Fraction)) else value for name, value in given.items()}
    return hover(
        Start.of(x["distance"], x["singular_value"], exact(0)),
        x["curvature"],
        x["largest"],
        x["step"],
        Errors(x["inner"], x["outer"]),
        Promise(given["steps"], x["kept"], x["most"], x["share"]),
    )


def _is(value: arb, printed: float) -> bool:
    return abs(float(value) - printed) <= 2e-14 * abs(printed)


def test_vector():
    found = _hover()
    assert found.holds
    assert _is(found.margin, 0.524121895453552) and _is(found.noise, 1.33392248323505e-10)
    assert _is(found.level, 1.41392308291263e-8) and _is(found.loss, 0.105754514981574)
    assert _is(found.contraction, 0.0104041228865189) and _is(found.floor, 2.49900931424882e-9)
    assert _is(found.travel, 0.05) and _is(found.reach, 0.1 + 2.6e-11)


@pytest.mark.parametrize(
    "changed",
    [
        {"steps": 10**11},
        {"outer": Fraction(1, 1000)},
        {"inner": Fraction(1, 100)},
        {"kept": Fraction(1, 2)},
        {"kept": Fraction(0)},
        {"most": Fraction(19, 100)},
        {"share": 1},
        {"step": Fraction(1, 2)},
        {"step": Fraction(0)},
        {"singular_value": Fraction(0)},
        {"distance": Fraction(1, 8), "most": Fraction(1, 2)},
        {"steps": -1},
        {"curvature": 0},
    ],
)
def test_must_refuse(changed):
    assert not _hover(**changed).holds


@pytest.mark.parametrize("name", ["curvature", "largest", "step", "inner", "outer", "kept", "most", "share"])
def test_what_is_not_known_proves_nothing(name):
    assert not _hover(**{name: arb("nan")}).holds
    assert not _hover(**{name: arb("inf")}).holds


@pytest.mark.parametrize(
    ("name", "worse"),
    [("curvature", 2.01), ("largest", 4.01), ("inner", 2e-10), ("outer", 1.1e-12), ("steps", 1_100_000_000)],
)
def test_worse_numbers_promise_less(name, worse):
    """Each alone: more drift and a higher floor."""
    good, bad = _hover(), _hover(**{name: worse if name == "steps" else exact(worse)})
    assert bad.loss > good.loss and not bad.floor < good.floor


def test_without_errors_the_level_is_zero():
    found = _hover(inner=Fraction(0), outer=Fraction(0), steps=10**300)
    assert found.holds and found.noise == 0 and found.floor == 0


# ---- F(w) = w_1 + ½ w_2², β = 1: zeros (−t²/2, t), J = (1, w_2) ------------------------------------------------------


def _distance(w: np.ndarray) -> tuple[float, np.ndarray]:
    roots = np.roots([0.5, 0.0, 1 + w[0], -w[1]])
    points = [np.array([-(t**2) / 2, t]) for t in roots[abs(roots.imag) < 1e-9].real]
    nearest = min(points, key=lambda z: float(np.linalg.norm(w - z)))
    return float(np.linalg.norm(w - nearest)), nearest


def _push(kind: str, w: np.ndarray, nearest: np.ndarray, errors: tuple[float, float], rng) -> tuple[float, np.ndarray]:
    """ρ and r of a step: along the zeros to where J is smaller, away from them, or anywhere."""
    inner, outer = errors
    normal = np.array([1.0, w[1]]) / math.hypot(1.0, w[1])
    tangent = np.array([normal[1], -normal[0]]) * (np.sign(w[1]) or 1.0)
    away = float(np.sign(np.dot(w - nearest, normal)) or 1.0)
    if kind == "along":
        return -away * inner, outer * tangent
    if kind == "outward":
        return -away * inner, outer * away * normal
    angle = rng.uniform(0, 2 * math.pi)
    return rng.uniform(-inner, inner), outer * np.array([math.cos(angle), math.sin(angle)])


def _instance(rng):
    """A start on the normal of a zero, errors, a promise, and what is proved of them."""
    t, ratio = rng.normal(), rng.uniform(0.005, 0.4)
    sigma = math.hypot(1, t)
    z = np.array([-(t**2) / 2, t])
    start = z + rng.choice([-1, 1]) * ratio * np.array([1.0, t])
    radius = sigma * (2 * ratio + 0.6)
    largest, steps = 1 + (abs(t) + radius) ** 2, int(rng.integers(20, 200))
    step = float(10 ** rng.uniform(-1.5, 0.2)) / largest
    errors = float(10 ** rng.uniform(-5, -2)), float(10 ** rng.uniform(-6, -3))
    share, kept = rng.uniform(1.5, 100), sigma * rng.uniform(0.5, 0.95)
    promise = Promise(steps, exact(kept), exact(min(ratio * rng.uniform(1.001, 1.5), 0.45)), exact(share))
    given = Start.of(exact(ratio) * exact(sigma), exact(sigma), exact(0))
    found = hover(given, exact(1), exact(largest), exact(step), Errors(*map(exact, errors)), promise)
    return z, start, given, step, errors, steps, largest, radius, found


def _worst(rng, count: int) -> tuple[int, float, float]:
    """Instances that hold, the largest share of the bound on D_k, and of Y, that a run reached."""
    seen, near, far = 0, 0.0, 0.0
    for _ in range(count):
        z, w, given, step, errors, steps, _, radius, found = _instance(rng)
        if not (found.holds and found.reach < radius):
            continue
        seen += 1
        bound, kind = float(given.distance), rng.choice(["along", "outward", "anywhere"])
        q, floor, travel = 1 - lower(found.contraction), upper(found.floor), upper(found.travel)
        for k in range(steps + 1):
            distance, nearest = _distance(w)
            near = max(near, distance / (q**k * bound + floor))
            far = max(far, float(np.linalg.norm(nearest - z)) / travel)
            inner, outer = _push(str(kind), w, nearest, errors, rng)
            w = w - step * (w[0] + w[1] ** 2 / 2 + inner) * np.array([1.0, w[1]]) + outer
    return seen, near, far


def test_pushed_runs_stay_where_they_must():
    seen, near, far = _worst(np.random.default_rng(3), 150)
    assert seen > 20 and 0.5 < near <= 1 + 1e-9 and far <= 1


@pytest.mark.slow
def test_many_pushed_runs():
    seen, near, far = _worst(np.random.default_rng(4), 10_000)
    assert seen > 1_000 and near <= 1 + 1e-9 and far <= 1
