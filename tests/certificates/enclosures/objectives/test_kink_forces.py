"""κ on a ball, how far units are from their kinks, and the rows of C."""

from fractions import Fraction

import numpy as np
import pytest

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
