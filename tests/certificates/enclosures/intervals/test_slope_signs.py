"""Signs of slopes against mpmath on dense points, also where they touch zero."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest
from flint import arb

from certificates.enclosures.intervals.slope_signs import (
    is_slope_nonnegative,
    slope_difference,
    slope_over_power,
    slope_sum,
    vanishes_to_order,
)
from certificates.errors import EnclosureFailure
from certificates.expression import parse_activation, parse_expression
from tests.support.activations import tiling

SLOPES = {
    "tanh": lambda w: mpmath.sech(w) ** 2,
    "gelu": lambda w: mpmath.ncdf(w) + w * mpmath.npdf(w),
    "silu": lambda w: 1 / (1 + mpmath.exp(-w)) * (1 + w / (1 + mpmath.exp(w))),
    "sin": mpmath.cos,
    "z^3-z": lambda w: 3 * w * w - 1,
    "softplus(1)": lambda w: 1 / (1 + mpmath.exp(-w)),
    "squared_relu": lambda w: 2 * w if w > 0 else mpmath.mpf(0),
}
CELLS = tiling(-4, 4, 2)


def points(cell: tuple[Fraction, Fraction]) -> list[mpmath.mpf]:
    low, high = (mpmath.mpf(end.numerator) / end.denominator for end in cell)
    return [low + (high - low) * k / 16 for k in range(17)]


@pytest.mark.parametrize("name", SLOPES)
def test_nonnegative_only_where_it_is(name):
    shown = 0
    for cell in CELLS:
        if is_slope_nonnegative(parse_activation(name), cell, {}):
            shown += 1
            assert all(SLOPES[name](w) >= -(mpmath.mpf(10) ** -12) for w in points(cell))
    assert shown >= 2


@pytest.mark.parametrize("name", SLOPES)
@pytest.mark.parametrize(("bound", "sign"), [(slope_sum, 1), (slope_difference, -1)])
def test_folded_bounds_are_below_the_truth(name, bound, sign):
    activation = parse_activation(name)
    for cell in tiling(0, 4, 2):
        low = bound(activation, cell)
        worst = min(SLOPES[name](w) + sign * SLOPES[name](-w) for w in points(cell))
        assert not low > arb(str(worst + mpmath.mpf(10) ** -10))


def test_a_sum_that_rises_is_taken_at_the_near_end():
    """φ' = z + z²/10: the sum w²/5 rises although φ'(−w) falls; the ends of both terms alone would give −1/2."""
    low = slope_sum(parse_activation("z^2/2+z^3/30"), (Fraction(1), Fraction(2)))
    assert low <= arb("0.2") and low > arb("0.2") - arb("1e-8")


@pytest.mark.parametrize("sign", [-1, 1])
def test_what_rises_is_exact_at_the_near_end(sign):
    """For silu φ'(w) − φ'(−w) rises on [1/2, 3/4]; φ'(w) + φ'(−w) = 1 everywhere."""
    bound = slope_difference if sign < 0 else slope_sum
    low = bound(parse_activation("silu"), (Fraction(1, 2), Fraction(3, 4)))
    half = mpmath.mpf(1) / 2
    truth = SLOPES["silu"](half) + sign * SLOPES["silu"](-half)
    slack = 1e-9 if sign < 0 else 0.2
    assert float(truth) - slack < low and not low > arb(str(truth)) + arb(1e-12)


@pytest.mark.parametrize(("name", "power"), [("tanh", 0), ("squared_relu", 1), ("z^3", 2), ("z^3+z^5", 2)])
def test_the_bound_over_a_power_is_above_the_truth(name, power):
    slopes = {
        "z^3": lambda w: 3 * w * w,
        "z^3+z^5": lambda w: 3 * w * w + 5 * w**4,
        **SLOPES,
    }
    for cell in CELLS:
        high = slope_over_power(parse_activation(name), cell, power)
        worst = max(slopes[name](w) / abs(w) ** power for w in points(cell) if w)
        assert not high < arb(str(worst - mpmath.mpf(10) ** -10))


def test_the_order_of_a_zero_is_exact():
    orders = {"z^4": 3, "z-tanh(z)": 2, "sin(z)": 0, "z^2": 1, "z^2*exp(z)": 1, "z-sin(z)": 2, "7": 8}
    for text, order in orders.items():
        piece = parse_expression(text)
        assert [n for n in range(1, 9) if vanishes_to_order(piece, Fraction(0), n)] == list(range(1, order + 1))
    assert vanishes_to_order(parse_expression("(3*z-1)^3"), Fraction(1, 3), 2)
    assert not vanishes_to_order(parse_expression("(3*z-1)^3"), Fraction(333, 1000), 1)
    assert not vanishes_to_order(parse_expression("sqrt(z)"), Fraction(0), 1)


@pytest.mark.parametrize(
    ("text", "zeros", "shown"),
    [
        ("z^3", {0: 2}, True),
        ("z^3", {0: 1}, False),  # φ'' changes its sign on the cell
        ("z^3", {1: 2}, False),
        ("-z^3", {0: 2}, False),
        ("z^2", {0: 1}, False),
        ("z^4", {0: 3}, False),
        ("z^5", {0: 4}, True),
        ("z^3-z^5", {0: 2}, True),
        ("z^3-40*z^5", {0: 2}, False),
        ("z^3-z/100", {0: 2}, False),  # no zero
        ("-z^3/100", {0: 2}, False),  # flat, and falling all the same
        ("z^2/100", {0: 1}, False),
        ("-z^2/100", {0: 1}, False),
        ("-z^5/1000", {0: 4}, False),
    ],
)
def test_zeros_around_which_the_slope_keeps_its_sign(text, zeros, shown):
    cell = (Fraction(-1, 4), Fraction(1, 4))
    candidates = {Fraction(point): order for point, order in zeros.items()}
    assert is_slope_nonnegative(parse_activation(text), cell, candidates) is shown


def test_one_sided_zeros_at_the_end_of_a_cell():
    right, left = (Fraction(0), Fraction(1)), (Fraction(-1), Fraction(0))
    for text, cell, shown in [
        *(("z^2", right, True), ("z^2", left, False), ("-z^2", left, True), ("-z^2", right, False)),
        *(("z^2/100", right, True), ("z^2/100", left, False), ("-z^2/100", left, True), ("-z^2/100", right, False)),
    ]:
        assert is_slope_nonnegative(parse_activation(text), cell, {Fraction(0): 1}) is shown
    assert is_slope_nonnegative(parse_activation("squared_relu"), right, {Fraction(0): 1})


def test_refusals():
    with pytest.raises(EnclosureFailure, match="order 1"):
        slope_over_power(parse_activation("tanh"), (Fraction(0), Fraction(1)), 1)
    with pytest.raises(EnclosureFailure, match="breakpoint"):
        is_slope_nonnegative(parse_activation("relu"), (Fraction(-1), Fraction(1)), {})
    with pytest.raises(EnclosureFailure):
        is_slope_nonnegative(parse_activation("z^2/z"), (Fraction(-1), Fraction(1)), {Fraction(0): 2})
    with pytest.raises(EnclosureFailure):
        slope_sum(parse_activation("1/(z+1)"), (Fraction(0), Fraction(2)))  # the pole is at −1, in the mirror


def test_a_zero_outside_the_cell_says_nothing_about_it():
    """The slope z²(z² − 4) is negative on [1, 3/2], although it has a double zero at 0 and is convex on the cell."""
    activation, cell = parse_activation("z^5/5-4*z^3/3"), (Fraction(1), Fraction(3, 2))
    assert vanishes_to_order(activation.expression, Fraction(0), 2)
    assert not is_slope_nonnegative(activation, cell, {Fraction(0): 2})


@pytest.mark.parametrize("cell", [(Fraction(1), Fraction(2)), (Fraction(-2), Fraction(-1))], ids=str)
def test_over_a_power_away_from_zero_the_near_end_counts(cell):
    high = slope_over_power(parse_activation("tanh"), cell, 1)
    assert high > arb("0.41997")  # the slope at 1
    decreasing = slope_over_power(parse_activation("-tanh(z)"), cell, 1)
    assert not decreasing < arb("-0.0354")  # half the slope at 2


def test_over_a_power_beyond_a_breakpoint():
    activation = parse_activation("piecewise(z^2, 1, 2*z-1)")
    found = slope_over_power(activation, (Fraction(2), Fraction(3)), 1)
    assert found >= 1 and found < arb("1.001")


def test_only_a_difference_vanishes_at_zero():
    """The sum of the slopes at w and −w is 2w − 2."""
    low = slope_sum(parse_activation("piecewise(-z, 0, z^2-z)"), (Fraction(0), Fraction(1, 4)))
    assert not low > -2
