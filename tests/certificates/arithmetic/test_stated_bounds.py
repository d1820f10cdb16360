"""Radii against the exact value of the bound that the code states: not an ulp below it, not a few ulps above."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from flint import arb

from certificates.arithmetic import ball_array, elementary
from certificates.arithmetic.arb import exact, precision
from certificates.arithmetic.ball_array import BallArray
from certificates.errors import EnclosureFailure

U, NU = Fraction(1, 2**53), Fraction(1, 2**1074)
SLACK = 1 + 80 * U  # at most two inflations by 32u and what they cover
COUNT = 4
FORMS = ("entries", "uniform", "mixed", "mixed the other way", "scalar right", "scalar left", "entries over a scalar")
OPERATIONS = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / b,
}


def _fractions(values, count=COUNT):
    return [Fraction(float(v)) for v in np.broadcast_to(values, (count,))]


def _operand(rng, form, low):
    """Full mantissas; from 2^low to 2^40, hence also products that underflow."""
    size = () if form == "scalar" else (COUNT,)
    mid = rng.choice([-1.0, 1.0], size) * np.ldexp(rng.uniform(1, 2, size), rng.integers(low, 40, size))
    rad = np.abs(mid) * rng.choice([0.0, 2.0**-50, 1e-9, 0.3], size) * rng.uniform(0.5, 1.0, size)
    return BallArray(mid, rad if form == "entries" else float(np.min(rad)))


def _pair(rng, form, low):
    kinds = {
        "mixed": ("uniform", "entries"),
        "mixed the other way": ("entries", "uniform"),
        "scalar right": ("uniform", "scalar"),
        "entries over a scalar": ("entries", "scalar"),
        "scalar left": ("scalar", "uniform"),
    }
    return [_operand(rng, kind, low) for kind in kinds.get(form, (form, form))]


def _stated(name, left, right, middle):
    """(bound, what rounding a divisor's distance from 0 down may add, relatively) for sizes and radii."""
    (a, ra), (b, rb) = left, right
    if name in ("add", "subtract"):
        return ra + rb + U * middle, 0
    if name == "multiply":
        return a * rb + b * ra + ra * rb + U * middle, 0
    return (a / b * rb + ra) / (b - rb) + U * middle, 8 * U / (1 - rb / b) + 8 * NU / (b - rb)


@pytest.mark.parametrize("name", OPERATIONS)
def test_ring_operations(name):
    rng = np.random.default_rng(11)
    for form, low, _ in product(FORMS, (-40, -1060), range(8)):
        left, right = _pair(rng, form, low)
        try:
            result = OPERATIONS[name](left, right)
        except EnclosureFailure:  # of a quotient whose divisor is subnormal
            assert name == "divide"
            continue
        shared = left.is_uniform and right.is_uniform and (name != "divide" or right.shape == ())
        assert result.is_uniform is shared
        (a, b) = [[abs(m) for m in _fractions(ball.mid)] for ball in (left, right)]
        sizes = [abs(m) for m in _fractions(result.mid)]
        if shared:
            a, b = [max(a)] * COUNT, [max(b)] * COUNT
            exact_size = {"multiply": a[0] * b[0], "divide": a[0] / b[0]}.get(name, a[0] + b[0])
            assert exact_size <= Fraction(result.magnitude) <= exact_size * SLACK + 32 * NU
            sizes = [exact_size] * COUNT
        terms = zip(a, _fractions(left.rad), b, _fractions(right.rad), sizes, _fractions(result.rad), strict=True)
        for x, rx, y, ry, size, radius in terms:
            bound, room = _stated(name, (x, rx), (y, ry), size)
            lost = 16 * NU / (y - ry) if name == "divide" else 0
            assert bound + NU / 2 <= radius <= bound * (SLACK + room) + lost + 32 * NU


def test_sizes_are_those_of_the_largest_midpoint():
    ball = BallArray(np.array([0.25, -0.5]), np.array([0.125, 0.0625]))
    assert (ball.magnitude, ball.radius, (-ball).magnitude) == (0.5, 0.125, 0.5)
    nothing = BallArray(np.empty((0, 3)))
    assert nothing.magnitude == nothing.radius == 0 and (nothing + nothing).shape == (0, 3)
    assert (ball**0).magnitude == 1 and (ball**0).radius == 0 and (ball**0).mid.tolist() == [1.0, 1.0]


def test_ends_are_beyond_the_exact_ones_by_an_ulp_or_two():
    rng = np.random.default_rng(12)
    mid, rad = rng.normal(size=200), rng.uniform(0, 1, size=200) * 2.0 ** rng.integers(-60, 10, size=200)
    ball = BallArray(mid, rad)
    for m, r, low, high in zip(mid, rad, ball.lower(), ball.upper(), strict=True):
        least, most = Fraction(m) - Fraction(r), Fraction(m) + Fraction(r)
        assert least - 4 * U * (abs(Fraction(m)) + Fraction(r)) <= Fraction(low) < least
        assert most < Fraction(high) <= most + 4 * U * (abs(Fraction(m)) + Fraction(r))
    points = BallArray(mid, np.where(rad > 1e-3, 0.0, rad))
    assert (points.lower() == mid)[rad > 1e-3].all() and (points.upper() == mid)[rad > 1e-3].all()
    assert ball.contains(mid + 0.999 * rad).all() and not ball.contains(mid + 2 * rad + 1e-12).any()
    assert not ball.contains(mid - 2 * rad - 1e-12).any()


@pytest.mark.parametrize("name", OPERATIONS)
def test_numbers_enter_with_their_own_error(name):
    """A rational or an integer of more than 53 bits is no double: what that costs is in the result's radius."""
    operation, rng = OPERATIONS[name], np.random.default_rng(13)
    for _ in range(40):
        numbers = (Fraction(int(rng.integers(1, 99)), int(rng.integers(3, 99))), 2**53 + 2 * int(rng.integers(99)) + 1)
        for number in (*numbers, -3, -0.7):
            x = float(rng.integers(1, 2**20)) if isinstance(number, Fraction) else float(rng.integers(2**52, 2**53))
            for left, right in ((BallArray(np.array([x])), number), (number, BallArray(np.array([x])))):
                result = operation(left, right)
                one, two = (
                    Fraction(float(s.mid[0])) if isinstance(s, BallArray) else Fraction(s) for s in (left, right)
                )
                wanted = operation(one, two)
                error = abs(wanted - Fraction(float(result.mid[0])))
                assert error <= Fraction(result.radius) <= 8 * U * (abs(one) + abs(two) + abs(wanted))


@pytest.mark.parametrize("exponent", range(-5, 9))
@pytest.mark.parametrize("radius", [0.0, 2.0**-20])
def test_powers_contain_the_ends_and_hardly_more(exponent, radius):
    mid = np.array([1.5, -1.25, 3.0])
    power = BallArray(mid, np.full(3, radius)) ** exponent
    for m, value, rad in zip(mid, power.mid, power.rad if power.rad.shape else [power.radius] * 3, strict=True):
        middle, r = Fraction(m), Fraction(radius)
        farthest = max(abs((middle + s * r) ** exponent - Fraction(float(value))) for s in (-1, 0, 1))
        slope = abs(exponent) * abs(middle) ** (exponent - 1) * r
        assert farthest <= Fraction(float(rad)) <= slope * (1 + 40 * r) + 60 * U * abs(middle) ** exponent


# ---- functions -----------------------------------------------------------------------------------------------------

SLOPES = {"tanh": 1, "sigmoid": Fraction(1, 4), "softplus": 1, "erf": None, "atan": 1, "sin": 1, "cos": 1}
SIZES = {"atan": Fraction(2)}  # of all values; the others' are 1 + 2⁻⁴⁰, softplus has its own
ERRORS = [None, (2.0**-11, 2.0**-13 * 1.1), (0.0, 2.0**-20), (2.0**-20, 0.0)]


@pytest.fixture(params=ERRORS)
def errors(request, monkeypatch):
    """Whatever errors the table of the elementary functions states, they are in the radius."""
    if request.param:
        for name in elementary.ERROR:
            monkeypatch.setitem(elementary.ERROR, name, request.param)
    return {name: tuple(map(Fraction, pair)) for name, pair in elementary.ERROR.items()}


def _argument(rng, uniform, signs=(-1.0, 1.0)):
    mid = rng.choice(signs, COUNT) * rng.uniform(0.5, 2, COUNT) * 2.0 ** rng.integers(-9, 3, COUNT)
    rad = np.minimum(np.abs(mid) * rng.choice([0.0, 2.0**-50, 1e-9, 0.2], COUNT), 0.9)
    return BallArray(mid, float(rng.choice(rad)) * 0.01 if uniform else rad)


@pytest.mark.parametrize("name", SLOPES)
def test_functions_of_bounded_slope(name, errors):
    rng, (relative, absolute) = np.random.default_rng(14), errors[name]
    steepest = Fraction(ball_array._LIPSCHITZ[name])
    for uniform in (True, False) * 8:
        ball = _argument(rng, uniform)
        found = getattr(ball, name)()
        assert found.is_uniform is uniform and found.magnitude >= np.max(np.abs(found.mid))
        values = [abs(v) for v in _fractions(found.mid)]
        if name != "softplus":
            values = [SIZES.get(name, 1 + Fraction(1, 2**40))] * COUNT
            assert Fraction(found.magnitude) == values[0]
        elif uniform:
            values = [max(values)] * COUNT
            assert Fraction(found.magnitude) == values[0]
        for r, value, radius in zip(_fractions(ball.rad), values, _fractions(found.rad), strict=True):
            bound = (SLOPES[name] or steepest) * r + relative * value + absolute
            assert bound <= radius <= bound * SLACK + 32 * NU


def test_the_slope_of_erf():
    with precision(200):
        slope = 2 / arb.pi().sqrt()
        stated = exact(ball_array._LIPSCHITZ["erf"])
        assert slope <= stated <= slope * (1 + exact(2.0**-51))


def test_the_exponential(errors):
    rng, (relative, absolute) = np.random.default_rng(15), errors["exp"]
    for uniform, signs, _ in product((True, False), ((-1.0, 1.0), (-1.0, -1.0), (1.0, 1.0)), range(8)):
        ball = _argument(rng, uniform, signs)
        found = ball.exp()
        below = uniform and bool((ball.mid <= 0).all())
        assert found.is_uniform is below and found.magnitude >= np.max(found.mid)
        if below:
            assert Fraction(found.magnitude) == 1 + Fraction(1, 2**40)
        for r, value, radius in zip(*map(_fractions, (ball.rad, found.mid, found.rad)), strict=True):
            size = 1 if below else value * (1 + 2 * relative) + absolute  # ≥ e^m
            value = 1 + Fraction(1, 2**40) if below else value
            bound = size * r * (1 + r) + relative * value + absolute
            assert bound <= radius <= bound * SLACK + 32 * NU


def test_the_exponential_of_zero_and_up_to_a_radius_of_one():
    assert BallArray(np.array([0.0, -1.0]), 0.5).exp().is_uniform
    assert not BallArray(np.array([0.0, 2.0**-30]), 0.5).exp().is_uniform
    assert BallArray(np.array([1.0]), np.array([1.0])).exp().radius >= 2 * 2.718281828
    with pytest.raises(EnclosureFailure, match="more than 1"):
        BallArray(np.array([-1.0, 1.0]), np.array([0.0, 1 + 2.0**-52])).exp()


def test_logarithm_and_root(errors):
    rng, (relative, absolute) = np.random.default_rng(16), errors["log"]
    for uniform in (True, False) * 15:
        ball = _argument(rng, uniform, (1.0,))
        logs, roots = ball.log(), ball.sqrt()
        columns = (ball.mid, ball.rad, logs.mid, logs.rad, roots.mid, roots.rad)
        for m, r, log, log_radius, root, root_radius in zip(*map(_fractions, columns), strict=True):
            bound = r / (m - r) + relative * abs(log) + absolute
            assert bound <= log_radius <= bound * (SLACK + 8 * U / (1 - r / m))
            bound = r / root + U * root
            assert bound <= root_radius <= bound * SLACK


def test_radii_near_the_least_double():
    """Terms that underflow before they are added up; the derivations pay with a few ν."""
    tiny = BallArray(np.array([1.0]), 2.0**-1074).log()
    assert Fraction(tiny.radius) >= NU / (1 - NU)
    relative, absolute = map(Fraction, elementary.ERROR["exp"])
    rng = np.random.default_rng(18)
    ball = BallArray(rng.uniform(-745, -700, 60), rng.uniform(0, 0.9, 60) * rng.choice([0.0, 1e-15, 1.0], 60))
    found = ball.exp()
    for r, value, radius in zip(*(_fractions(x, 60) for x in (ball.rad, found.mid, found.rad)), strict=True):
        bound = (value * (1 + 2 * relative) + absolute) * r * (1 + r) + relative * value + absolute
        assert bound <= radius <= bound * SLACK + 32 * NU


@pytest.mark.parametrize("shape", [(), (1,)])
def test_what_underflows_before_it_is_divided(shape):
    """a/b · r_b is a third of ν and rounds to 0; a divisor of 2⁻⁴⁰ makes it half of 2⁴⁰ν."""
    rad = 2.0**-40 / 3
    result = BallArray(np.array([2.0**-1074])) / BallArray(np.full(shape, 2.0**-40), np.full(shape, rad))
    needed = NU / (Fraction(1, 2**40) - Fraction(rad)) - Fraction(float(result.mid[0]))
    assert needed <= Fraction(result.radius) <= 4 * needed


@pytest.mark.parametrize("function", ["log", "sqrt"])
@pytest.mark.parametrize(("mid", "rad"), [(0.0, 0.0), (1.0, 1.0), (1.0, 1 - 2.0**-54), (-1.0, 0.5)])
def test_what_may_not_be_positive_has_no_logarithm_and_no_root(function, mid, rad):
    with pytest.raises(EnclosureFailure, match="not positive"):
        getattr(BallArray(np.array([2.0, mid]), np.array([0.0, rad])), function)()


@pytest.mark.parametrize("rad", [1.0, 1 - 2.0**-54, 2.0])
def test_what_may_be_zero_divides_nothing(rad):
    for divisor in (BallArray(np.float64(-1.0), rad), BallArray(np.array([5.0, 1.0]), np.array([0.0, rad]))):
        with pytest.raises(EnclosureFailure, match="contains 0"):
            1.0 / divisor
    with pytest.raises(EnclosureFailure, match="contains 0"):
        BallArray(np.array([1.0])) / BallArray(np.float64(0.0))


# ---- pieces --------------------------------------------------------------------------------------------------------


def test_balls_between_ends():
    rng = np.random.default_rng(17)
    low = rng.normal(size=150) * 2.0 ** rng.integers(-60, 60, size=150)
    high = low + np.abs(rng.normal(size=150)) * 2.0 ** rng.integers(-60, 60, size=150)
    low[:2], high[:2] = [5e-324, -1.0], [1.5e-323, -1.0]
    ball = BallArray.between(low, high)
    for a, b, m, r in zip(*(_fractions(x, 150) for x in (low, high, ball.mid, ball.rad)), strict=True):
        needed = max(b - m, m - a)
        assert needed <= r <= needed * SLACK and needed <= (b - a) / 2 + 2 * U * max(abs(a), abs(b)) + NU
    assert ball.rad[1] == 0
    widest = BallArray.between(np.array([-1.7e308]), np.array([1.7e308]))
    assert widest.contains(np.array([-1.7e308, 1.7e308])).all() and widest.mid.tolist() == [0.0]
    for ends in ((-np.inf, 1.0), (1.0, np.inf), (np.nan, 1.0)):
        with pytest.raises(EnclosureFailure, match="end"):
            BallArray.between(*(np.array([end]) for end in ends))


def test_unions_reach_the_ends_of_both_and_clips_keep_within():
    left, right = (
        BallArray(np.array([1.0, 5.0, -2.0]), np.array([0.5, 0.0, 1.0])),
        BallArray(np.array([4.0, 5.0, -2.5]), 0.25),
    )
    for union in (left.union(right), right.union(left)):
        np.testing.assert_allclose(union.lower(), [0.5, 4.75, -3.0], rtol=1e-13)
        np.testing.assert_allclose(union.upper(), [4.25, 5.25, -1.0], rtol=1e-13)
        assert (union.lower() <= [0.5, 4.75, -3.0]).all() and (union.upper() >= [4.25, 5.25, -1.0]).all()
    clipped = left.clip(-2.5, 1.25)
    np.testing.assert_allclose(clipped.lower(), [0.5, 1.25, -2.5], rtol=1e-13)
    np.testing.assert_allclose(clipped.upper(), [1.25, 1.25, -1.0], rtol=1e-13)
    chosen = BallArray.where(np.array([True, False, True]), left, right)
    assert chosen.mid.tolist() == [1.0, 5.0, -2.0] and chosen.rad.tolist() == [0.5, 0.25, 1.0]


def test_arb_balls_enter_with_their_width():
    for number, width in ((Fraction(1, 3), 0.0), (Fraction(-7, 5), 0.125), (Fraction(2**70 + 1), 0.0)):
        with precision(128):
            entered = BallArray.from_arb(exact(number) + arb(0, width))
        middle, radius = Fraction(float(entered.mid)), Fraction(entered.radius)
        needed = abs(number - middle) + Fraction(width)
        assert entered.shape == () and needed <= radius <= needed * (1 + Fraction(1, 2**20))


def test_shapes_of_radii_that_do_not_fit_are_refused():
    for rad in (np.zeros(3), np.zeros((1, 2)), np.array([0.0, -1e-300])):
        with pytest.raises(EnclosureFailure, match="do not fit"):
            BallArray(np.zeros(2), rad)
