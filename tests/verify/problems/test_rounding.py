"""The rounding bound holds for what floating-point evaluations give, and is not much larger."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from certificates.errors import MalformedProblem
from certificates.expression import parse_activation
from tests.support.naive import random_network
from verify.problems import from_arrays
from verify.problems.rounding import Slack, coarsest, evaluate

FUNCTIONS = {
    "tanh": np.tanh,
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "silu": lambda z: z / (1 + np.exp(-z)),
    "relu": lambda z: np.maximum(z, 0),
    "softplus": lambda z: np.logaddexp(0, z),
    "softsign": lambda z: z / (1 + np.abs(z)),
}


def computed(network, activation, kind):
    """Every layer's values, computed in this type."""
    values = [network.inputs.astype(kind)]
    for index, layer in enumerate(network.layers):
        values.append(values[-1] @ layer.weight.astype(kind).T + layer.bias.astype(kind))
        if index < len(network.activations):
            values.append(FUNCTIONS[activation](values[-1]))
    return [each.astype(np.float64) for each in values]


@pytest.mark.parametrize("activation", sorted(FUNCTIONS))
@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("gain", [0.1, 1.0, 4.0])
def test_every_layer_in_every_precision_is_within_the_bound(activation, kind, gain):
    for seed in range(4):
        network = random_network(np.random.default_rng(seed), (9, 60, 30, 2), 40, gain=gain)
        network = replace(network, activations=(parse_activation(activation),) * 2)
        ranges = evaluate(network, coarsest(np.zeros(1, dtype=kind)))
        for ours, theirs in zip(ranges, computed(network, activation, kind), strict=True):
            assert (np.abs(ours.values - theirs) <= ours.allowed).all()
        assert ranges[-1].allowed.max() < 1e5 * np.finfo(kind).eps * max(1.0, np.abs(ranges[-1].values).max()) * gain**3


@pytest.mark.parametrize("activation", ["identity", "tanh"])
def test_what_cancels_in_one_layer_is_allowed_in_the_next(activation):
    x, first = np.random.default_rng(0).normal(size=(40, 3)), np.array([[1e6, 1e6, -1e6]])
    x[:, 2] = x[:, 0] + x[:, 1]
    network = from_arrays([first, [[1.0]]], None, activation, x, np.zeros((40, 1)))
    hidden = x.astype(np.float32) @ first.T.astype(np.float32)
    outputs = np.tanh(hidden) if activation == "tanh" else hidden
    ours = evaluate(network, coarsest(hidden))[-1]
    distance = np.abs(ours.values - outputs)
    assert distance.max() > 1e-3 and (distance <= ours.allowed).all()


def test_binary32_is_not_within_the_bound_of_binary64():
    network = random_network(np.random.default_rng(0), (9, 60, 2), 40)
    outputs = computed(network, "tanh", np.float32)[-1]
    ours = evaluate(network, coarsest())[-1]
    assert (np.abs(ours.values - outputs) > ours.allowed).any()


def test_slack_widens_only_what_lies_beyond():
    network = from_arrays([[[1.0]], [[1.0]]], None, "tanh", [[1.0], [3.0]], [[0.0], [0.0]])
    plain, wide = (evaluate(network, coarsest(), slacks)[2].allowed for slacks in ((), (Slack(2.0, 0.25),)))
    assert wide[0] == plain[0]
    assert 0.25 < wide[1, 0] < 0.2501


@pytest.mark.parametrize(("activation", "scale"), [("exp(z)", 800.0), ("1/z", 0.0), ("tanh", 1e308)])
def test_what_has_no_value_is_refused(activation, scale):
    weights = [[[scale, scale]], [[1.0]]]
    with pytest.raises(MalformedProblem, match="cannot be evaluated"):
        evaluate(from_arrays(weights, None, activation, [[1.0, 1.0]], [[0.0]]), coarsest())


def test_formats_by_their_types():
    assert coarsest(np.zeros(1, np.float16), np.zeros(1)).name == "float16"
    assert coarsest([1.0], 3, np.zeros(1, np.int64)).name == "float64"
