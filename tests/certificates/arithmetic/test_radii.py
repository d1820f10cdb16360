"""Radii against the exact largest distance of a result from its midpoint: never below it, and hardly above it."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from flint import arb

from certificates.arithmetic.arb import exact, precision
from certificates.arithmetic.ball_array import BallArray
from certificates.errors import EnclosureFailure

U = Fraction(1, 2**53)
OPERATIONS = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / b,
}
FORMS = ("entries", "uniform", "scalar right", "scalar left")
COUNT = 6


def _operand(rng, form):
    """Midpoints of all signs and of sizes from 2⁻⁴⁰ to 2⁴⁰; radii from 0 over an ulp to nearly the midpoint."""
    size = () if form == "scalar" else (COUNT,)
    mid = rng.choice([-1.0, 1.0], size) * rng.uniform(1, 2, size) * 2.0 ** rng.integers(-40, 40)
    share = rng.choice([0.0, 2.0**-52, 1e-9, 0.3, 1 - 1e-6]) * rng.uniform(0.9, 1.0)
    rad = share * np.abs(mid)
    return BallArray(mid, rad if form == "entries" else float(np.min(rad, initial=np.inf)))


def _pair(rng, form):
    if form.startswith("scalar"):
        array, scalar = _operand(rng, "uniform"), _operand(rng, "scalar")
        return (array, scalar) if form.endswith("right") else (scalar, array)
    return _operand(rng, form), _operand(rng, form)


def _entries(ball):
    mids = np.broadcast_to(ball.mid, (COUNT,))
    rads = np.broadcast_to(ball.rad, (COUNT,))
    return [(Fraction(float(m)), Fraction(float(r))) for m, r in zip(mids, rads, strict=True)]


def _farthest(operation, left, right, middle):
    """max |a ∘ b − middle| over the box: attained at a corner, as a ∘ b is monotone in each argument."""
    (a, ra), (b, rb) = left, right
    return max(abs(operation(a + s * ra, b + t * rb) - middle) for s, t in product((-1, 1), repeat=2))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", OPERATIONS)
def test_the_radius_reaches_the_farthest_corner_and_hardly_more(name, form):
    rng, operation = np.random.default_rng(7), OPERATIONS[name]
    for _ in range(150):
        left, right = _pair(rng, form)
        try:
            result = operation(left, right)
        except EnclosureFailure:  # a divisor whose ball contains 0 after rounding
            continue
        needed = []
        for one, two, (middle, radius) in zip(_entries(left), _entries(right), _entries(result), strict=True):
            needed.append(_farthest(operation, one, two, middle))
            assert needed[-1] <= radius
            allowed = needed[-1] + 2 * U * abs(middle)
            if not result.is_uniform:
                room = 8 * U / (1 - two[1] / abs(two[0])) if name == "divide" else 0  # |b| − r_b, rounded down
                assert radius <= allowed * (1 + 64 * U + room) + Fraction(1, 2**1000)
        if result.is_uniform:
            assert result.radius <= _uniform_bound(name, left, right) * (1 + 64 * U)
            assert max(abs(m) for m, _ in _entries(result)) <= Fraction(result.magnitude) or name == "divide"


def _uniform_bound(name, left, right):
    """The largest corner distance that the largest midpoints allow, and twice their rounding."""
    (ra, rb), (a, b) = (Fraction(left.radius), Fraction(right.radius)), (_largest(left), _largest(right))
    if name in ("add", "subtract"):
        return ra + rb + 2 * U * (a + b)
    if name == "multiply":
        return a * rb + b * ra + ra * rb + 2 * U * a * b
    least = min(abs(m) for m, _ in _entries(right))
    assert least > rb
    return (a / least * rb + ra) / (least - rb) * (1 + 8 * U / (1 - rb / least)) + 2 * U * a / least


def _largest(ball):
    return max(abs(m) for m, _ in _entries(ball))


FUNCTIONS = {
    "exp": (lambda z: z.exp(), lambda m, _: m.exp()),
    "log": (lambda z: z.log(), lambda m, r: 1 / (m - r)),
    "sqrt": (lambda z: z.sqrt(), lambda m, _: 1 / m.sqrt()),
    "tanh": (lambda z: z.tanh(), lambda *_: arb(1)),
    "sigmoid": (lambda z: 1 / (1 + (-z).exp()), lambda *_: arb(1) / 4),
    "softplus": (lambda z: z.exp().log1p(), lambda *_: arb(1)),
    "erf": (lambda z: z.erf(), lambda *_: 2 / arb.pi().sqrt()),
    "atan": (lambda z: z.atan(), lambda *_: arb(1)),
    "sin": (lambda z: z.sin(), lambda *_: arb(1)),
    "cos": (lambda z: z.cos(), lambda *_: arb(1)),
}


@pytest.mark.parametrize("uniform", [True, False])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_move_by_their_slope_and_their_own_error(name, uniform):
    """Both ends are within the radius; the radius is the slope times r, r(1 + r) for exp, and 2⁻⁴⁷ of the value."""
    truth, slope = FUNCTIONS[name]
    rng = np.random.default_rng(8)
    mid = rng.normal(size=60) * 10.0 ** rng.uniform(-6, 1, size=60)
    mid = np.abs(mid) + 1e-3 if name in ("log", "sqrt") else mid
    rad = 1e-4 * np.abs(mid) * rng.choice([0.0, 1e-12, 1e-6, 1.0], size=60)
    ball = BallArray(mid, float(rad.min()) if uniform else rad)
    found = getattr(ball, name)()
    with precision(200):
        allowed = []
        for m, r, (v, radius) in zip(mid, np.broadcast_to(ball.rad, (60,)), _all(found), strict=True):
            m, r = exact(float(m)), exact(float(r))
            assert all(abs(truth(end) - v) <= radius for end in (m - r, m, m + r))
            allowed.append(slope(m, r) * r * (1 + r) + exact(2.0**-47) * (abs(v) + 1))
            assert uniform or radius <= allowed[-1]
        largest = allowed[0]
        for each in allowed:
            largest = largest.max(each)
        assert exact(found.radius) <= largest


def _all(ball):
    rads = np.broadcast_to(ball.rad, ball.shape)
    return [(exact(float(m)), exact(float(r))) for m, r in zip(ball.mid, rads, strict=True)]
