"""The exact run, in Arb at 300 bits, stays in the tube around the replay."""

from __future__ import annotations

from fractions import Fraction
from itertools import islice

import numpy as np
import pytest

from certificates.arithmetic.arb import exact, precision
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.checks import tube
from certificates.checks.tube import replayed, trained_weights, with_trained_weights
from certificates.errors import EnclosureFailure
from tests.support.starts import start
from tests.truth._balls import balls, bits, norm, to_ball
from tests.truth._networks import perceptron


@pytest.fixture(autouse=True)
def _bits():
    with precision(128):
        yield


def _distances(network, step, count, form, name="tanh"):
    """(‖w_k − w̃_k‖, E_k) of the first steps."""
    tubes = list(islice(replayed(network, step, form), count))
    with bits(300):
        exactly = perceptron(network, name, exact=True)
        w = exactly.weights()
        for each in tubes:
            yield norm(w - balls(trained_weights(each.network))), each.radius
            w = w - to_ball(Fraction(step)) * exactly.loss_and_gradient(w)[1]


@pytest.mark.parametrize(
    ("widths", "form", "options"),
    [
        ((2, 8, 1), "one-hidden-layer", {}),
        ((3, 6, 5, 1), "recursion", {"bias": False}),
        ((2, 7, 2), "recursion", {"scale": Fraction(3, 7)}),
        ((2, 8, 1), "one-hidden-layer", {"frozen": (1,)}),
        ((2, 8, 1), "one-hidden-layer", {"frozen": (0,)}),
    ],
)
def test_the_exact_run_stays_in_the_tube(widths, form, options):
    for step in (0.05, 0.4):
        found = list(_distances(start(widths, 3, **options), step, 12, form))
        assert all(apart <= radius for apart, radius in found) and found[0][1] == 0
        assert found[-1][1] < 1e-9


def test_steps_that_climb_are_followed_too():
    """A step beyond stability: the factor is ηL − 1."""
    found = list(_distances(start((2, 8, 1), 3), 3.0, 6, "one-hidden-layer"))
    assert all(apart <= radius for apart, radius in found) and found[-1][1] > found[2][1]


def test_what_a_rounded_step_misses_is_bounded():
    rng = np.random.default_rng(0)
    for size in (1.0, 1e-300, 1e100):
        w, g = rng.normal(size=50), rng.normal(size=50) * size
        rad = np.abs(rng.normal(size=50)) * size * 1e-10
        after, missed = tube._moved(w, 0.3, BallMatrix(g[None], rad[None]))
        quantities = [[Fraction(x) for x in array.tolist()] for array in (w, g, rad, after)]
        worst = [a - Fraction(0.3) * (b + r) - c for a, b, r, c in zip(*quantities, strict=True)]
        assert exact(sum(x * x for x in worst)) <= missed**2


def test_overflow_is_no_run():
    with pytest.raises(EnclosureFailure):
        list(islice(replayed(start((2, 8, 1), 3), 1e308, "one-hidden-layer"), 4))


def test_weights_go_back_where_they_came_from():
    network = start((2, 4, 3, 1), 2, frozen=(1,))
    w = trained_weights(network)
    assert np.array_equal(trained_weights(with_trained_weights(network, w)), w)
    moved = with_trained_weights(network, w + 1)
    assert np.array_equal(moved.layers[1].weight, network.layers[1].weight)
    assert np.array_equal(moved.layers[0].bias, network.layers[0].bias + 1)
