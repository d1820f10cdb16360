"""Bounds of the last features on a ball: they contain what is seen, and are exact where everything is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from certificates.expression import parse_activation
from tests.support.naive import ACTIVATIONS, random_network
from verify.numeric.mlp import FloatNetwork
from verify.search.feature_independence import feature_independence


def linear(rng, widths, samples):
    network = random_network(rng, widths, samples, bias=False)
    return replace(network, activations=(parse_activation("identity"),))


def features(network, name):
    value = network.inputs
    for layer in network.layers[:-1]:
        value = ACTIVATIONS[name][0](value @ layer.weight.T + (0.0 if layer.bias is None else layer.bias))
    return value


def with_ones(network, value):
    return value if network.layers[-1].bias is None else np.column_stack([value, np.ones(len(value))])


@pytest.mark.parametrize(
    ("name", "widths", "bias", "trained", "radius"),
    [
        ("tanh", (3, 5, 2), True, None, 0.1),
        ("softplus(1)", (3, 4, 4, 2), True, None, 0.02),
        ("gelu", (2, 4, 3, 1), False, (True, False, True), 0.3),
        ("tanh", (3, 4, 4, 2), True, (False, True, True), 0.5),
        ("squared_relu", (3, 4, 1), False, None, 0.2),
    ],
)
def test_nothing_seen_on_the_ball_is_outside(name, widths, bias, trained, radius):
    rng = np.random.default_rng(5)
    network = random_network(rng, widths, 12, name, bias=bias, trained=trained)
    found, net, given = feature_independence(network, radius), FloatNetwork(network), features(network, name)
    smallest = np.linalg.svd(with_ones(network, given), compute_uv=False)[-1]
    assert smallest * (1 - 1e-9) <= found.smallest_singular * (1 + 1e-6) <= smallest * (1 + 2e-6)
    moved = []
    for _ in range(60):
        direction = rng.normal(size=net.initial().shape)
        end = net.network(net.initial() + radius * direction / np.linalg.norm(direction))
        moved.append(np.linalg.norm(features(end, name) - given))
    assert 0 < max(moved) <= found.movement < np.inf


def test_one_linear_layer_moves_by_what_its_inputs_allow():
    network = linear(np.random.default_rng(2), (3, 4, 1), 6)
    found, (_, values, (direction, *_)) = feature_independence(network, 0.25), np.linalg.svd(network.inputs)
    assert found.movement == pytest.approx(0.25 * values[0]) and found.movement >= 0.25 * values[0] * (1 - 1e-12)
    layer = network.layers[0]
    end = replace(layer, weight=layer.weight + 0.25 * np.outer(np.eye(4)[1], direction))
    moved = network.inputs @ (end.weight - layer.weight).T
    assert np.linalg.norm(moved) == pytest.approx(found.movement)  # the bound is attained


def test_frozen_features_do_not_move_and_dependent_ones_prove_nothing():
    network = random_network(np.random.default_rng(2), (3, 4, 1), 6, trained=(False, True))
    assert feature_independence(network, 10.0).movement == 0 and feature_independence(network, 10.0).holds
    first = network.layers[0]
    twins = replace(first, weight=first.weight[[0, 1, 2, 2]], bias=first.bias[[0, 1, 2, 2]])
    found = feature_independence(replace(network, layers=(twins, network.layers[1])), 0.0)
    assert found.smallest_singular == 0 and not found.holds


def test_condition_numbers_beyond_the_square_root_of_rounding_are_proved():
    rng = np.random.default_rng(4)
    left, right = np.linalg.qr(rng.normal(size=(12, 3)))[0], np.linalg.qr(rng.normal(size=(3, 3)))[0]
    network = linear(rng, (3, 3, 1), 12)
    steep = replace(network.layers[0], weight=np.eye(3))
    narrow = replace(network, inputs=left @ np.diag([1.0, 1.0, 1e-10]) @ right, layers=(steep, network.layers[1]))
    assert 0.99e-10 < feature_independence(narrow, 1e-12).smallest_singular < 1.01e-10


def test_overflow_proves_nothing():
    network = random_network(np.random.default_rng(2), (3, 4, 1), 6, "quadratic")
    huge = replace(network.layers[0], weight=np.full((4, 3), 1e200))
    assert not feature_independence(replace(network, layers=(huge, network.layers[1])), 1.0).holds
