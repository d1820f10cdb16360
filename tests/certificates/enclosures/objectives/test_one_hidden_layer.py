"""β and Γ of one hidden layer against sums over samples along climbed directions, and with the matrix left out."""

from __future__ import annotations

import numpy as np
import pytest

from certificates.arithmetic.arb import precision, upper
from certificates.enclosures.objectives import one_hidden_layer
from certificates.enclosures.objectives.derivatives import output_derivatives
from certificates.enclosures.objectives.point import evaluate
from tests.support.naive import parameters, random_network
from tests.support.turning_attack import climb_sums, random_objective
from tests.twins.objective_turning import turned


def _sums(network, radius, steep, pull):
    with precision(128):
        point = evaluate(network)
        bounds = output_derivatives(point, radius).activations[0]
        found = one_hidden_layer.sums_of_one_hidden_layer(point, bounds, steep, pull, radius)
    return tuple(upper(number) for number in found)


@pytest.mark.parametrize("matrix", [True, False])
@pytest.mark.parametrize("seed", range(4))
def test_second_and_third_derivatives_summed_stay_below(seed, matrix, monkeypatch):
    if not matrix:
        monkeypatch.setattr(one_hidden_layer, "MOST_SAMPLES", 0)
    rng = np.random.default_rng((seed, 3))
    network, name = random_objective(rng, depth=2)
    steep, pull = rng.random((2, network.sample_count)) ** 3
    beta, gamma = _sums(network, 0.3, steep, pull)
    assert climb_sums(rng, network, name, 0.3, steep, 2, beta, 60) <= 1
    assert climb_sums(rng, network, name, 0.3, pull, 3, gamma, 60) <= 1


@pytest.mark.parametrize("seed", range(6))
def test_contains_what_stands_on_paper_and_is_no_larger(seed, monkeypatch):
    monkeypatch.setattr(one_hidden_layer, "MOST_PAIRS", 0)
    rng = np.random.default_rng((seed, 4))
    network, name = random_objective(rng, depth=2)
    with precision(128):
        (m,) = output_derivatives(evaluate(network), 0.1).activations
    twin = turned(network, name, 0.1, bounds=[(m.slope, m.bend, m.bend_change)])
    beta, gamma = _sums(network, 0.1, twin.steep, twin.pull)
    assert beta >= twin.beta * (1 - 1e-12) and gamma >= twin.gamma * (1 - 1e-12)
    by_samples = np.sqrt(np.sum(twin.steep * twin.second[-1] ** 2)), np.sum(twin.pull * twin.third[-1])
    assert min(beta, by_samples[0]) <= twin.beta * (1 + 3e-3) + 1e-300
    assert min(gamma, by_samples[1]) <= twin.gamma * (1 + 6e-3) + 1e-300


def test_the_matrix_of_fourth_moments_is_worth_it(monkeypatch):
    monkeypatch.setattr(one_hidden_layer, "MOST_PAIRS", 0)
    rng = np.random.default_rng(8)
    network = random_network(rng, (8, 5, 1), 60)
    ones = np.ones(60)
    sharp = _sums(network, 0.1, ones, ones)
    monkeypatch.setattr(one_hidden_layer, "MOST_SAMPLES", 0)
    plain = _sums(network, 0.1, ones, ones)
    assert sharp[0] < plain[0] and sharp[1] < plain[1]


def test_the_matrix_of_products_is_worth_it_and_holds(monkeypatch):
    """It loses a factor of √((d + 2)/3) less on Gaussian inputs; with t = 0 it is the other matrix."""
    rng = np.random.default_rng(10)
    network = random_network(rng, (8, 3, 1), 400, trained=(True, False))
    weights = rng.random(400) + 0.5
    sharp = _sums(network, 0.1, weights, weights)
    monkeypatch.setattr(one_hidden_layer, "MOST_PAIRS", 0)
    plain = _sums(network, 0.1, weights, weights)
    assert sharp[0] < 0.75 * plain[0] and sharp[1] < 0.85 * plain[1]
    assert climb_sums(rng, network, "tanh", 0.1, weights, 2, sharp[0], 40) <= 1
    rows = np.hstack([network.inputs, np.ones((400, 1))])
    best = 0.0
    for _ in range(50):
        u = rng.normal(size=9)
        for _ in range(30):  # climbs Σ s_i (x̃_i·u)⁴
            u = rows.T @ (weights * (rows @ u) ** 3)
            u /= np.linalg.norm(u)
        best = max(best, float(np.sum(weights * (rows @ u) ** 4)))
    bound = upper(one_hidden_layer._by_pairs(network, weights.tobytes())) ** 2
    assert best <= bound < 1.6 * best


def test_frozen_layers():
    rng = np.random.default_rng(9)
    ones = np.ones(5)
    assert _sums(random_network(rng, (3, 4, 2), 5, trained=(False, True)), 0.1, ones, ones) == (0, 0)
    network = random_network(rng, (3, 4, 2), 5, trained=(True, False))
    assert len(parameters(network)) == 16
    beta, gamma = _sums(network, 0.1, ones, ones)
    assert climb_sums(rng, network, "tanh", 0.1, ones, 2, beta, 100) <= 1
    assert climb_sums(rng, network, "tanh", 0.1, ones, 3, gamma, 100) <= 1


def test_no_weights_no_sums():
    beta, gamma = _sums(random_network(np.random.default_rng(1), (3, 4, 2), 5), 0.1, np.zeros(5), np.zeros(5))
    assert beta < 1e-140 and gamma < 1e-140
