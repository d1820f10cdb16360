"""The float64 network against naive twins: explicit Jacobians and central differences."""

from __future__ import annotations

import numpy as np
import pytest

from certificates import Network
from tests.support.naive import ACTIVATIONS, forward, jacobian, parameters, random_network
from verify.numeric.mlp import FloatNetwork

CASES = [((3, 5, 2), True, None), ((3, 4, 3, 1), False, (False, True, True)), ((2, 3, 3, 2), True, (True, False, True))]


def _sample_major(matrix: np.ndarray, network: Network) -> np.ndarray:
    samples, outputs = network.targets.shape
    order = np.arange(samples * outputs).reshape(outputs, samples).T.ravel()
    return matrix[order]


@pytest.mark.parametrize(("widths", "bias", "trained"), CASES)
@pytest.mark.parametrize("name", ["tanh", "gelu", "elu(1)", "softsign"])
def test_kernel_and_pull_back_equal_the_explicit_jacobian(widths, bias, trained, name):
    rng = np.random.default_rng(1)
    network = random_network(rng, widths, 4, name, bias=bias, trained=trained)
    net = FloatNetwork(network)
    w = net.initial()
    np.testing.assert_array_equal(w, parameters(network))
    explicit = _sample_major(jacobian(network, w, name), network)
    np.testing.assert_allclose(net.tangent_kernel(w), explicit @ explicit.T, rtol=1e-10, atol=1e-12)
    cotangent = rng.normal(size=network.targets.shape)
    np.testing.assert_allclose(net.pull_back(w, cotangent), explicit.T @ cotangent.ravel(), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
def test_gradient_equals_central_differences(name):
    network = random_network(np.random.default_rng(2), (2, 4, 1), 5, name)
    net = FloatNetwork(network)
    w = net.initial()
    loss, gradient = net.loss_and_gradient(w)
    assert loss == pytest.approx(net.loss(w), rel=1e-14)
    for index in range(len(w)):
        step = 1e-5 * np.eye(len(w))[index]
        difference = (net.loss(w + step) - net.loss(w - step)) / 2e-5
        assert gradient[index] == pytest.approx(difference, rel=1e-4, abs=1e-9)


def test_residual_equals_the_naive_forward_pass():
    network = random_network(np.random.default_rng(3), (3, 5, 4, 2), 6, "gelu")
    net = FloatNetwork(network)
    w = parameters(network) + 0.1
    np.testing.assert_allclose(net.residual(w), forward(network, w, "gelu") - network.targets, rtol=1e-12, atol=1e-12)


def test_network_round_trips_the_parameters():
    network = random_network(np.random.default_rng(4), (3, 5, 2), 4, trained=(True, False))
    net = FloatNetwork(network)
    moved = net.network(net.initial() + 1)
    np.testing.assert_array_equal(FloatNetwork(moved).initial(), net.initial() + 1)
    np.testing.assert_array_equal(moved.layers[1].weight, network.layers[1].weight)
