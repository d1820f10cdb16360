"""Activations on ball arrays: entrywise containment of high-precision values, breakpoints, overflow."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from certificates.arithmetic.arb import exact, precision
from certificates.arithmetic.ball_array import BallArray
from certificates.enclosures.intervals.array_derivatives import derivatives, value_and_slope
from certificates.enclosures.intervals.derivatives import derivatives_arb
from certificates.errors import EnclosureFailure
from certificates.expression import parse_activation

NAMES = [
    "identity", "quadratic", "tanh", "sigmoid", "softplus(1)", "softplus(5/2)", "erf", "erf0", "gelu", "silu",
    "mish", "softsign", "arctan", "smooth_leaky_relu(1/10)", "sin", "relu", "leaky_relu(1/100)",
    "squared_relu", "elu(1)", "elu(1/3)", "log(1+z^2)/3", "sqrt(2+cos(z))", "piecewise(-1, -1, z, 1/3, 1/3)",
    "3", "(2+z^2)^-3", "1/sqrt(1+z^4)", "piecewise(exp(z), 0, 1+z, 1/10, 1.1*exp(z-1/10))",
]  # fmt: skip
POINTS = np.array([-30.0, -12.1, -3.5, -1.0, -0.3, -1e-8, -(2.0**-60), 2.0**-60, 0.1, 1 / 3, 1.0, 2.4, 7.75, 30.0])


def _inside(balls: BallArray, truths: list[object]) -> bool:
    lows, highs = np.ravel(balls.lower()), np.ravel(balls.upper())
    ends = zip(lows.tolist(), highs.tolist(), truths, strict=True)
    return all(exact(low).union(exact(high)).contains(t) for low, high, t in ends)


@pytest.mark.parametrize("text", NAMES)
@pytest.mark.parametrize("radius", [0.0, 1e-13])
def test_arrays_contain_arb_values(text: str, radius: float) -> None:
    activation = parse_activation(text)
    found = derivatives(activation, BallArray(POINTS.reshape(2, 7), radius), 3)
    with precision(300):
        truths = [derivatives_arb(activation, exact(point), 3) for point in POINTS.tolist()]
    for k, balls in enumerate(found):
        assert balls.shape == (2, 7)
        assert _inside(balls, [truth[k] for truth in truths]), k
        assert radius > 0 or "1/3" in text or balls.radius < 1e-6 * max(1.0, balls.magnitude)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.sampled_from(NAMES), st.floats(-5, 5), st.floats(0, 0.5), st.floats(-1, 1))
def test_every_point_of_a_ball_is_covered(text: str, mid: float, radius: float, where: float) -> None:
    activation = parse_activation(text)
    ball = BallArray(np.array([mid]), np.array([radius]))
    point = min(max(mid + where * radius, float(ball.lower()[0])), float(ball.upper()[0]))
    try:
        found = derivatives(activation, ball, 2)
    except EnclosureFailure:
        assume(False)
    for k, truth in enumerate(derivatives_arb(activation, exact(point), 2)):
        assert exact(float(found[k].lower()[0])).union(exact(float(found[k].upper()[0]))).overlaps(truth), k


def test_both_sides_of_a_breakpoint_are_covered_where_a_ball_touches_it() -> None:
    points = BallArray(np.array([-1.0, 0.0, 1e-3, 1.0]), np.array([1e-9, 0.0, 1e-2, 1e-9]))
    value, slope = value_and_slope(parse_activation("relu"), points)
    assert slope.lower()[0] == slope.upper()[0] == 0.0
    assert (slope.lower()[1:3] <= 0).all()
    assert (slope.upper()[1:3] >= 1).all()
    assert slope.lower()[3] == slope.upper()[3] == 1.0
    assert value.upper()[2] >= 0.011


def test_a_point_on_a_breakpoint_that_is_no_binary_number_covers_both_sides() -> None:
    """1/3 lies between two doubles: both of them may be either side."""
    activation = parse_activation("piecewise(0, 1/3, z-1/3)")
    ends = BallArray(np.array([1 / 3, np.nextafter(1 / 3, 1)]))
    found = derivatives(activation, ends, 1)[1]
    assert (found.lower() <= 0).all() and (found.upper() >= 1).all()


def test_the_exponential_piece_of_elu_cannot_overflow() -> None:
    value, slope = value_and_slope(parse_activation("elu"), BallArray.from_exact(np.array([-1e6, -800.0, 5e3, 1e9])))
    assert slope.contains(np.array([0.0, 0.0, 1.0, 1.0])).all()
    assert value.contains(np.array([-1.0, -1.0, 5e3, 1e9])).all()


def test_a_uniform_radius_stays_uniform_for_smooth_activations() -> None:
    balls = BallArray(POINTS, 1e-13)
    for text in ("tanh", "gelu", "mish", "silu", "softplus", "sin"):
        assert all(part.is_uniform for part in value_and_slope(parse_activation(text), balls)), text


@pytest.mark.parametrize("text", ["exp(z^2)", "1/z", "log(z)", "sqrt(z)", "z^64"])
def test_what_is_not_finite_is_refused(text: str) -> None:
    with pytest.raises(EnclosureFailure):
        value_and_slope(parse_activation(text), BallArray.from_exact(np.array([1.0, 0.0, 1e6])))


def test_an_empty_array_stays_empty() -> None:
    assert derivatives(parse_activation("softsign"), BallArray(np.zeros((0, 3))), 1)[1].shape == (0, 3)
