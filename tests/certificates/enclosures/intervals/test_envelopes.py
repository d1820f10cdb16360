"""Bounds of |φ''| over many intervals, against samples of it."""

from __future__ import annotations

import numpy as np
import pytest

from certificates.arithmetic.arb import exact, lower, precision, upper
from certificates.arithmetic.ball_array import BallArray
from certificates.enclosures.intervals.derivatives import derivatives_arb
from certificates.enclosures.intervals.envelopes import Envelope, largest_bend, largest_bend_arb
from certificates.expression import parse_activation

TEXTS = (
    "tanh",
    "gelu",
    "softplus(4)",
    "softsign",
    "elu",
    "squared_relu",
    "sin",
    "piecewise(z^2, 1/3, z^2/3+4*z/9-2/27)",
)


@pytest.fixture(autouse=True)
def _bits():
    with precision(128):
        yield


def _sampled(text: str, low: float, high: float) -> float:
    """The largest |φ''| at points of an interval, one-sided at its ends."""
    activation = parse_activation(text)
    points = low + (high - low) * np.linspace(0, 1, 9)
    return max(lower(abs(derivatives_arb(activation, exact(float(x)), 2)[2])) for x in points)


@pytest.mark.parametrize("text", TEXTS)
def test_a_cell_is_bounded_and_nearly_attained(text):
    activation, edges = parse_activation(text), np.linspace(-2.0, 2.0, 101)
    fast = largest_bend(activation, BallArray.between(edges[:-1], edges[1:]))
    assert fast.radius == 0
    for low, high, bound in zip(edges[:-1].tolist(), edges[1:].tolist(), fast.mid.tolist(), strict=True):
        slow = upper(largest_bend_arb(activation, exact(low).union(exact(high))))
        seen = _sampled(text, low, high)
        assert seen <= min(bound, slow)
        if not low - 0.01 <= 0 <= high + 0.01 and not low <= 1 / 3 <= high:
            assert max(bound, slow) <= seen + 0.2


def test_a_jump_inside_a_cell_counts_on_both_sides():
    for text, middle in (("elu", 0.01), ("elu", -0.01), ("squared_relu", -0.01)):
        cell = BallArray(np.array([middle]), 0.05)
        assert largest_bend(parse_activation(text), cell).mid[0] >= (2.0 if text == "squared_relu" else 1.0)


def test_runs_of_every_length_give_the_largest_cell():
    rng = np.random.default_rng(1)
    bounds, edges = rng.random(37), np.arange(38.0)
    envelope = Envelope.of(edges, bounds)
    low = rng.uniform(0, 37, size=(40, 30))
    high = np.minimum(low + rng.uniform(0, 37, size=low.shape) * rng.random(low.shape) ** 3, 37.0)
    low.flat[::7], high.flat[::11] = np.floor(low.flat[::7]), np.ceil(high.flat[::11])
    found = envelope.over(low, high)
    for place in np.ndindex(low.shape):
        cells = [k for k in range(37) if k < high[place] and k + 1 > low[place]]
        assert found[place] >= bounds[cells or [min(int(low[place]), 36)]].max()
        touched = [k for k in range(37) if k <= high[place] and k + 1 >= low[place]]
        assert found[place] <= bounds[touched].max()


def test_beyond_the_edges_nothing_is_known():
    envelope = Envelope.of(np.array([0.0, 1.0]), np.array([3.0]))
    low, high = np.array([-0.1, 0.0, 0.5, 5.0]), np.array([0.5, 1.0, 1.0 + 1e-9, 6.0])
    assert envelope.over(low, high).tolist() == [np.inf, 3.0, np.inf, np.inf]
