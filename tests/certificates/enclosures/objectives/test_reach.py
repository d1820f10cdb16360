"""M₁, M₂, M₃ over the reach of pre-activations, and where a breakpoint lies within it."""

from __future__ import annotations

import numpy as np
import pytest

from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.enclosures.objectives.reach import BreakpointReached, activation_bounds, slope_over_reach
from certificates.errors import EnclosureFailure
from certificates.expression import parse_activation
from tests.support.naive import ACTIVATIONS
from tests.twins.curvature_forms import THIRD

PRE = BallMatrix.from_exact(np.array([[0.5, -2.0, 1.0], [3.0, -0.75, 0.25]]))


@pytest.mark.parametrize("name", ["tanh", "softplus(1)", "gelu", "sin", "quadratic"])
def test_smooth_activations_are_bounded_over_the_reach(name):
    moves = np.array([0.1, 0.5])
    found = activation_bounds(parse_activation(name), PRE, moves, 0)
    grid = np.linspace(-2.1, 3.5, 2001)
    for bound, function in zip(
        (found.slope, found.bend, found.bend_change), (*ACTIVATIONS[name][1:], THIRD[name]), strict=True
    ):
        assert bound >= np.abs(function(grid)).max() * (1 - 1e-14)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("relu", (1, 0, 0)), ("leaky_relu(1/10)", (1, 0, 0)), ("squared_relu", (6.4, 2, 0)), ("leaky_relu(3)", (3, 0, 0))],
)
def test_inside_a_cell_the_pieces_count(name, expected):
    found = activation_bounds(parse_activation(name), PRE, np.array([0.4, 0.2]), 0)
    assert (found.slope, found.bend, found.bend_change) == pytest.approx(expected, rel=1e-3)
    assert found.slope >= expected[0] and found.bend >= expected[1]


def test_an_elu_in_a_cell_keeps_its_bends():
    found = activation_bounds(parse_activation("elu"), PRE, np.array([0.4, 0.2]), 0)
    assert found.bend >= np.exp(-0.55) and found.bend_change >= np.exp(-0.55)


@pytest.mark.parametrize("moves", [(0.4, 0.25), (0.4, 0.26), (0.1, 3.0)])
def test_a_breakpoint_within_reach_is_named(moves):
    with pytest.raises(BreakpointReached) as caught:
        activation_bounds(parse_activation("relu"), PRE, np.array(moves), 4)
    found = caught.value
    assert (found.layer, found.sample, found.unit, found.breakpoint) == (4, 1, 2, 0.0)
    assert found.distance == pytest.approx(0.25) and found.distance <= 0.25 and found.movement == moves[1]
    assert "layers.4, unit 2, sample 1" in str(found)


def test_every_breakpoint_is_looked_at():
    ramp = parse_activation("piecewise(0, -1, z+1, 2, 3)")
    assert activation_bounds(ramp, PRE, np.array([0.9, 0.2]), 0).bend == 0
    for moves, sample, breakpoint in (((0.9, 0.26), 1, -1.0), ((1.1, 0.1), 0, -1.0), ((0.1, 1.05), 1, -1.0)):
        with pytest.raises(BreakpointReached) as caught:
            activation_bounds(ramp, PRE, np.array(moves), 0)
        assert (caught.value.sample, caught.value.breakpoint) == (sample, breakpoint)
    with pytest.raises(BreakpointReached) as caught:
        activation_bounds(parse_activation("piecewise(0, -1, z+1, 2, 3)"), PRE.add(PRE), np.array([1.0, 0.3]), 0)
    assert caught.value.breakpoint == 2.0


def test_a_ball_that_touches_a_breakpoint_is_refused():
    pre = BallMatrix(np.array([[1.0]]), np.array([[1.0]]))
    with pytest.raises(BreakpointReached):
        activation_bounds(parse_activation("relu"), pre, np.array([0.0]), 0)


@pytest.mark.parametrize("side", [-1.0, 1.0])
def test_a_breakpoint_between_two_doubles_is_as_near_as_its_nearer_one(side):
    """1/3 lies above the double nearest to it: from one ulp away the next one may be reached with three quarters."""
    ulp = 2.0**-54
    pre = BallMatrix(np.array([[1 / 3 if side < 0 else 1 / 3 + ulp]]))
    with pytest.raises(BreakpointReached):
        activation_bounds(parse_activation("piecewise(0, 1/3, z-1/3)"), pre, np.array([0.9 * ulp]), 0)


def test_slopes_alone_do_not_mind_breakpoints():
    found = slope_over_reach(parse_activation("squared_relu"), PRE, np.array([1.0, 1.0]))
    assert found.slope >= 8 and (found.bend, found.bend_change) == (0, 0)


@pytest.mark.parametrize("moves", [np.array([np.inf, 0.0]), np.array([np.nan, 0.0])])
def test_a_reach_without_end_is_refused(moves):
    for name in ("tanh", "relu"):
        with pytest.raises(EnclosureFailure):
            activation_bounds(parse_activation(name), PRE, moves, 0)


def test_a_jump_is_refused():
    with pytest.raises(EnclosureFailure, match="jump"):
        activation_bounds(parse_activation("piecewise(0, 0, z+1)"), PRE, np.zeros(2), 0)
