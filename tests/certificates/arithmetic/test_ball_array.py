"""Ball arrays contain exact results: rationals for the ring operations, Arb at 200 bits for the functions."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st

from certificates.arithmetic.arb import exact, precision
from certificates.arithmetic.ball_array import BallArray
from certificates.errors import EnclosureFailure

finite = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e150, max_value=1e150)
radii = st.one_of(st.just(0.0), st.floats(0, 1e-3), st.floats(0, 1e150))
fractions = st.floats(-1, 1)

OPERATIONS = {"add": lambda a, b: a + b, "subtract": lambda a, b: a - b, "multiply": lambda a, b: a * b}


def _within(ball: BallArray, truth: Fraction) -> bool:
    middle, radius = Fraction(float(ball.mid.ravel()[0])), Fraction(float(np.max(ball.rad)))
    return abs(truth - middle) <= radius


def _point(mid: float, rad: float, where: float) -> Fraction:
    return Fraction(mid) + Fraction(rad) * Fraction(where)


@pytest.mark.parametrize("name", sorted(OPERATIONS))
@pytest.mark.parametrize("uniform", [True, False])
@settings(deadline=None, max_examples=150)
@given(a=finite, ra=radii, b=finite, rb=radii, s=fractions, t=fractions)
def test_ring_operations_contain_the_exact_result(name, uniform, a, ra, b, rb, s, t):
    shape = () if uniform else (1,)
    left = BallArray(np.array([a]), np.full(shape, ra))
    right = BallArray(np.array([b]), np.full(shape, rb))
    try:
        result = OPERATIONS[name](left, right)
    except EnclosureFailure:  # overflow is a refusal, never a wrong ball
        return
    assert _within(result, OPERATIONS[name](_point(a, ra, s), _point(b, rb, t)))


@settings(deadline=None, max_examples=200)
@given(a=finite, ra=radii, b=finite, rb=radii, s=fractions, t=fractions)
def test_division_contains_the_exact_result_or_refuses(a, ra, b, rb, s, t):
    try:
        result = BallArray(np.array([a]), np.array([ra])) / BallArray(np.array([b]), np.array([rb]))
    except EnclosureFailure:
        return
    assert _within(result, _point(a, ra, s) / _point(b, rb, t))


@pytest.mark.parametrize("uniform_divisor", [True, False])
def test_division_by_a_scalar_ball(uniform_divisor):
    divisor = BallArray(np.float64(3.0), 1e-9) if uniform_divisor else BallArray(np.array([3.0, 3.0]), np.full(2, 1e-9))
    result = BallArray(np.array([1.0, -5.0])) / divisor
    for middle, radius, top in zip(result.mid, np.broadcast_to(result.rad, (2,)), (1, -5), strict=True):
        assert abs(Fraction(top) / (Fraction(3) - Fraction(1, 10**9)) - Fraction(float(middle))) <= Fraction(
            float(radius)
        )


@pytest.mark.parametrize("shape", [(), (1,)])
def test_previous_bug_01_a_quotient_that_underflows_keeps_the_width_of_its_divisor(shape):
    """ν2¹⁹/2²⁰ rounds to 0, but a divisor as small as 2⁻²⁰ makes it ν2³⁹: more than ν over the smallest divisor."""
    width = 2.0**20 - 2.0**-20
    result = BallArray(np.array([2.0**-1055])) / BallArray(np.array([2.0**20]), np.full(shape, width))
    assert _within(result, Fraction(2.0**-1055) / (2**20 - Fraction(width)))


FUNCTIONS = {
    "tanh": lambda z: z.tanh(),
    "sigmoid": lambda z: 1 / (1 + (-z).exp()),
    "softplus": lambda z: (1 + z.exp()).log() if z < 30 else z + (1 + (-z).exp()).log(),
    "erf": lambda z: z.erf(),
    "atan": lambda z: z.atan(),
    "sin": lambda z: z.sin(),
    "cos": lambda z: z.cos(),
    "exp": lambda z: z.exp(),
    "log": lambda z: z.log(),
    "sqrt": lambda z: z.sqrt(),
}


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
@pytest.mark.parametrize("uniform", [True, False])
def test_functions_contain_the_exact_result(name, uniform):
    rng = np.random.default_rng(5)
    mid = rng.normal(size=400) * 10 ** rng.uniform(-8, 1.3, size=400)
    mid = np.abs(mid) + 1e-6 if name in ("log", "sqrt") else mid
    rad = np.abs(mid) * 10 ** rng.uniform(-16, -1, size=400) if not uniform else np.float64(1e-9)
    ball = getattr(BallArray(mid, rad), name)()
    where = rng.uniform(-1, 1, size=400)
    with precision(200):
        for index in range(400):
            point = exact(float(mid[index])) + exact(float(np.broadcast_to(rad, (400,))[index])) * exact(where[index])
            truth = FUNCTIONS[name](arb(point))
            low = exact(float(ball.mid[index])) - exact(float(np.broadcast_to(ball.rad, (400,))[index]))
            high = exact(float(ball.mid[index])) + exact(float(np.broadcast_to(ball.rad, (400,))[index]))
            assert truth >= low and truth <= high


def test_exponential_of_non_positive_arguments_keeps_one_radius():
    ball = BallArray(np.array([-1.0, -30.0, 0.0])).exp()
    assert ball.is_uniform and 0 < ball.radius < 1e-14


def test_radius_is_small_for_exact_operands():
    product = BallArray(np.array([1 / 3, 2 / 3])) * BallArray(np.array([3.0, 7.0]))
    assert product.radius < 1e-14


def test_powers():
    cube = BallArray(np.array([3.0, -2.0])) ** 3
    assert cube.contains(np.array([27.0, -8.0])).all()
    inverse = BallArray(np.array([4.0])) ** -2
    assert _within(inverse, Fraction(1, 16))


@pytest.mark.parametrize(
    "build",
    [
        lambda: BallArray(np.array([np.nan])),
        lambda: BallArray(np.array([np.inf])),
        lambda: BallArray(np.array([1.0]), -1.0),
        lambda: BallArray(np.array([1.0]), np.nan),
        lambda: BallArray(np.array([1.0, 2.0]), np.array([1.0])),
        lambda: BallArray(np.array([1e200])) * BallArray(np.array([1e200])),
        lambda: 1 / BallArray(np.array([1e-3]), 1e-3),
        lambda: BallArray(np.array([1e-3]), 1e-3).log(),
        lambda: BallArray(np.array([-1.0])).sqrt(),
        lambda: BallArray(np.array([1000.0])).exp(),
        lambda: BallArray(np.array([0.0]), 2.0).exp(),
    ],
)
def test_refuses_what_has_no_finite_enclosure(build):
    with pytest.raises(EnclosureFailure):
        build()


@settings(deadline=None, max_examples=100)
@given(a=st.floats(-10, 10), ra=st.floats(0, 5), low=st.floats(-5, 0), high=st.floats(0, 5))
def test_clip_contains_the_intersection(a, ra, low, high):
    clipped = BallArray(np.array([a]), np.array([ra])).clip(low, high)
    for where in (-1, 0, Fraction(1, 3), 1):
        point = Fraction(a) + Fraction(ra) * where
        if Fraction(low) <= point <= Fraction(high):
            assert _within(clipped, point)


def test_union_and_where():
    left, right = BallArray(np.array([1.0, 5.0]), np.array([0.1, 0.0])), BallArray(np.array([2.0, 5.0]))
    union = left.union(right)
    assert union.contains(np.array([1.0, 5.0])).all() and union.contains(np.array([2.0, 5.0])).all()
    chosen = BallArray.where(np.array([True, False]), left, right)
    assert chosen.rad[0] >= 0.1 and chosen.mid.tolist() == [1.0, 5.0]


def test_arb_balls_enter_whole():
    ball = exact(Fraction(1, 3))
    entered = BallArray.from_arb(ball)
    assert _within(entered, Fraction(1, 3))


def test_a_scalar_on_the_left_of_an_array_with_radii():
    entries = BallArray(np.array([1.0, 2.0]), np.array([0.0, 0.5]))
    scalar = BallArray(np.float64(3.0))
    assert (scalar + entries).contains(np.array([4.0, 5.5])).all()
    assert (scalar * entries).contains(np.array([3.0, 7.5])).all()
