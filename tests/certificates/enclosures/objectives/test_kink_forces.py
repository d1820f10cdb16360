"""κ on a ball, how far units are from their kinks, and the rows of C."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from certificates.arithmetic.ball_array import BallArray
from certificates.enclosures.objectives.kink_forces import (
    crossing_rates,
    distances_from_kinks,
    held_rows,
    least_rates,
    movements,
)
from certificates.enclosures.objectives.kinks import Sides, extended_inputs, held_point
from certificates.enclosures.objectives.turning import turning
from certificates.subjects import Logistic, SoftmaxCrossEntropy, Squared
from tests.support.kinks import random_relu_net
from verify.search.kinks.bilinear import Bilinear

RADIUS = 0.125
STEEP = Sides(Fraction(0), Fraction(4))


@pytest.mark.parametrize("loss", [Squared, Logistic, SoftmaxCrossEntropy])
@pytest.mark.parametrize("sides", [Sides(Fraction(0), Fraction(1)), Sides(Fraction(2), Fraction(1))])
def test_rates_on_the_ball(loss, sides):
    rng = np.random.default_rng(5)
    network = random_relu_net(rng, (2, 2, 3), 6, loss)
    held, shares = rng.random((6, 2)) < 0.4, rng.random((6, 2))
    point = held_point(network, sides, held, shares)
    net = Bilinear(network, sides)
    w = net.initial()
    slopes = float(sides.low) + float(sides.jump) * np.where(held, shares, net.inputs_of_units(w) > 0)

    def rates(at):
        hidden = slopes * net.inputs_of_units(at)
        return float(sides.jump) * net.pulls(at, hidden) @ net.outer_weights(at)

    assert np.abs(crossing_rates(point, sides).mid - rates(w)).max() < 1e-13
    least = least_rates(point, sides, turning(point, RADIUS, [sides.frozen]), RADIUS)
    worst = np.full(least.shape, np.inf)
    for _ in range(200):
        step = rng.normal(size=w.size)
        worst = np.minimum(worst, rates(w + RADIUS * step / np.linalg.norm(step)))
    assert (least <= worst).all() and (least < rates(w)).all()


def at_its_label(weight):
    """One unit and one sample with s = 5, g = 0 and v = ``weight``; φ has the slopes 0 and 4, the unit that of 0."""
    network = random_relu_net(np.random.default_rng(0), (1, 1, 1), 1)
    layers = network.layers[0], replace(network.layers[1], weight=np.array([[weight]]))
    objective = replace(network.objective, loss=Squared(Fraction(5)))
    network = replace(network, layers=layers, objective=objective, targets=layers[1].bias[None])
    return held_point(network, STEEP, np.ones((1, 1), bool), np.zeros((1, 1)))


@pytest.mark.parametrize(("weight", "least"), [(0.0, -20.0 * 2.0**-20), (1.0, -40.0 * 2.0**-10)])
def test_rates_turn_where_the_centre_has_none(weight, least):
    """κ = 4 · 5 · 2(c − c_0) v: −20R² at c − c_0 = R/√2 and v = −R/√2, −40R at c − c_0 = −R and v = 1."""
    point = at_its_label(weight)
    assert least_rates(point, STEEP, turning(point, 2.0**-10, [STEEP.frozen]), 2.0**-10) <= least


def test_rates_are_those_of_the_worst_point_of_each_ball():
    point = at_its_label(1.0)
    ones = BallArray.from_exact(np.ones((1, 1)))
    vague = replace(point, weights=BallArray(np.array([[5.0]]), 1.0), loss=replace(point.loss, gradient=ones))
    assert 15 < least_rates(vague, STEEP, turning(vague, 2.0**-10, [STEEP.frozen]), 2.0**-10) < 16


def test_distances_and_movements():
    network = random_relu_net(np.random.default_rng(2), (2, 2, 1), 4, bias=False)
    inputs = network.inputs.copy()
    inputs[2] = 0
    network = type(network)(network.layers, network.activations, inputs, network.targets, network.objective)
    point = held_point(network, Sides(Fraction(0), Fraction(1)), np.zeros((4, 2), bool), np.zeros((4, 2)))
    u = np.abs(inputs @ network.layers[0].weight.T)
    found = distances_from_kinks(point)
    assert (found <= u).all() and (found >= u - 1e-15).all()
    moves, exact_moves = movements(point, RADIUS), RADIUS * np.linalg.norm(inputs, axis=1)
    assert (moves >= exact_moves).all() and (moves <= exact_moves * (1 + 1e-14)).all() and moves[2] == 0


def test_equal_samples_are_one_row():
    samples = np.array([[1.0, 0.0], [1.0, -0.0], [0.0, 1.0], [1.0, 0.0]])
    held = np.array([[True, False], [True, True], [True, False], [False, False]])
    shares, rates = np.array([[0.25, 0.5], [0.25, 0.75], [0.75, 0.5], [0.5, 0.5]]), np.arange(1.0, 9.0).reshape(4, 2)
    found = held_rows(samples, held, shares, rates)
    assert {(row.sample, row.unit, float(row.strength)) for row in found} == {(0, 0, 1.0), (2, 0, 1.25), (1, 1, 1.0)}
    assert extended_inputs(random_relu_net(np.random.default_rng(0), (2, 1, 1), 3)).shape == (3, 3)
