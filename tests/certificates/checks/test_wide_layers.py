"""Known reasons for dependent features: exact ranks at random rational weights agree, and no reason is invented."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from certificates.checks.wide_layers import dependent_features, equal_inputs, first_growth, narrowest_above
from certificates.expression import parse_activation
from tests.support.wide import wide_net
from verify.numeric.mlp import Perceptron

X = {
    "pair": [[1.0, 2.0], [-1.0, -2.0], [3.0, 1.0]],
    "pair and zero": [[1.0, 2.0], [0.0, -0.0], [-1.0, -2.0]],
    "two pairs": [[1.0, 2.0], [3.0, 1.0], [-1.0, -2.0], [-3.0, -1.0]],
    "zero": [[1.0, 2.0], [0.0, 0.0], [3.0, 1.0]],
    "neither": [[1.0, 2.0], [2.0, 4.0], [3.0, 1.0]],
}


def _rank(network, k):
    features = Perceptron(network)._forward(Perceptron(network).initial()).inputs[k]
    if network.layers[k].bias is not None:
        features = np.hstack([features, np.ones((len(features), 1))])
    return np.linalg.matrix_rank(features, tol=1e-9)


@pytest.mark.parametrize("name", X)
@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "erf", "softplus", "gelu"])
@pytest.mark.parametrize("last_bias", [False, True])
@pytest.mark.parametrize("k", [1, 2])
def test_opposite_inputs_without_biases(name, activation, last_bias, k):
    x = np.array(X[name])
    network = wide_net((2, *[9] * k, 1), len(x), activation, bias=False)
    last = replace(network.layers[k], bias=np.ones(1) if last_bias else None)
    network = replace(network, inputs=x, layers=(*network.layers[:k], last))
    reason, rank = dependent_features(network, k), _rank(network, k)
    if activation != "gelu":  # gelu(0) = 0 has reasons of its own, which are not known
        assert (reason is not None) == (rank < len(x))
    assert reason is None or rank < len(x)
    first = replace(network.layers[0], bias=np.linspace(0.1, 2, 9))
    assert dependent_features(replace(network, layers=(first, *network.layers[1:])), k) is None


def test_the_samples_are_named():
    network = wide_net((2, 9, 1), 3, "sigmoid", bias=False)
    network = replace(network, inputs=np.array(X["pair and zero"]))
    reason = dependent_features(network, 1).reason
    assert reason.startswith("samples 0 and 2 have opposite inputs and sample 1 has an input of zeros, and no layer")
    same = replace(network, inputs=np.array([[0.0, 1.0], [1.0, 1.0], [-0.0, 1.0]]))
    assert (
        equal_inputs(same) == (0, 2) and "samples 0 and 2 have identical inputs" in dependent_features(same, 1).reason
    )
    assert dependent_features(replace(network, activations=(parse_activation("gelu"),)), 1) is None


def test_widths():
    network = wide_net((2, 4, 3, 5, 2), 6)
    assert dependent_features(network, 1).required == "d_1 ≥ 5" and "1 too few" in dependent_features(network, 1).reason
    bare = wide_net((2, 4, 3, 5, 2), 6, bias=False)
    assert dependent_features(bare, 1).required == "d_1 ≥ 6" and "2 too few" in dependent_features(bare, 1).reason
    assert [first_growth(network, k) for k in range(4)] == [3, 3, None, None]
    assert narrowest_above(network, 0) is None and narrowest_above(wide_net((2, 4, 1, 5, 2), 6), 0) == 2
