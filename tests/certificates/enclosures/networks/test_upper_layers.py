"""What lies above a wide layer, beside finite sums in numpy; and what changes on a ball, beside points of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from certificates import Dense, Network
from certificates.arithmetic.arb import exact, lower, upper
from certificates.arithmetic.arb_matrix import ArbMatrix
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.enclosures.networks.upper_layers import (
    changes,
    layer_gradient,
    moving_layers,
    sample_jacobians,
    upper_layers,
)
from tests.support.wide import wide_net
from verify.numeric.mlp import Perceptron

MATRICES = pytest.mark.parametrize("arithmetic", [BallMatrix, ArbMatrix])
NETWORK = wide_net((2, 5, 4, 3, 2), 4, "sigmoid")


def _by_hand(network: Network, k: int):
    """H̃_k, φ' above, J_i of every sample, and the norms of ∂z_H/∂z_l, from the float network alone."""
    passed = Perceptron(network)._forward(Perceptron(network).initial())
    features = passed.inputs[k]
    if network.layers[k].bias is not None:
        features = np.hstack([features, np.ones((len(features), 1))])
    jacobians = []
    for i in range(network.sample_count):
        j = np.eye(network.widths[-1])
        for index in range(len(network.layers) - 1, k, -1):
            j = j @ network.layers[index].weight * passed.slopes[index - 1][i]
        jacobians.append(j)
    return features, passed.slopes[k:], jacobians


@MATRICES
@pytest.mark.parametrize("k", range(4))
def test_a_pass_and_the_way_back(arithmetic, k):
    layers = upper_layers(NETWORK, arithmetic, k)
    features, slopes, jacobians = _by_hand(NETWORK, k)
    low, high = layers.features.entry_bounds()
    assert np.all(low <= features + 1e-12) and np.all(features - 1e-12 <= high) and np.max(high - low) < 1e-12
    for bound, slope in zip(layers.least_slopes(), slopes, strict=True):
        assert lower(bound) == pytest.approx(float(np.min(np.abs(slope))), rel=1e-10)
    plain = Perceptron(NETWORK)
    e = plain.outputs(plain.initial()) - NETWORK.targets
    back = np.array([j.T @ row for j, row in zip(jacobians, e, strict=True)])
    low, high = layer_gradient(layers).entry_bounds()
    assert np.allclose((low + high) / 2, back.T @ features, rtol=1e-10, atol=1e-12)
    least, most = layers.loss_bounds()
    assert lower(least) <= np.sum(e**2) <= upper(most) and upper(most) - lower(least) < 1e-10
    if k < 3:
        grams = sample_jacobians(layers).grams
        for i, j in enumerate(jacobians):
            low, high = grams.sample_matrix(i, 2).entry_bounds()
            assert np.allclose((low + high) / 2, j @ j.T, rtol=1e-9, atol=1e-12)


@MATRICES
def test_norms_of_what_lies_above(arithmetic):
    found = sample_jacobians(upper_layers(NETWORK, arithmetic, 1))
    for above, bound in enumerate(found.norms[:-1]):
        largest = max(np.linalg.norm(j, 2) for j in _by_hand(NETWORK, 1 + above)[2])
        assert largest <= upper(bound) * (1 + 1e-12) < 1.02 * largest
    assert found.norms[-1] == 1
    for above, bound in enumerate(found.columns):
        rows = [j @ NETWORK.layers[2 + above].weight for j in _by_hand(NETWORK, 2 + above)[2]]
        largest = max(np.linalg.norm(row, axis=0).max() for row in rows)
        assert largest <= upper(bound) * (1 + 1e-12) < 1.02 * largest


@pytest.mark.parametrize(
    ("k", "frozen"),
    [(0, ()), (1, ()), (2, ()), (1, (0,)), (2, (0,)), (2, (0, 1)), (0, (3,)), (1, (3,)), (1, (0, 2)), (1, (1, 2, 3))],
)
def test_no_point_of_the_ball_changes_more(k, frozen):
    network = wide_net((2, 5, 4, 3, 2), 4, "sigmoid", frozen=frozen)
    layers, radius = upper_layers(network, BallMatrix, k), 0.05
    found = changes(layers, moving_layers(layers), sample_jacobians(layers), exact(radius))
    features, slopes, jacobians = _by_hand(network, k)
    plain, rng = Perceptron(network), np.random.default_rng(3)
    seen = np.zeros(2)
    for _ in range(40):
        step = rng.normal(size=len(plain.initial())) * rng.choice([0, 1], size=len(plain.initial()))
        there = plain.network(plain.initial() + radius * step / np.linalg.norm(step))
        moved, bent, turned = _by_hand(there, k)
        ratios = [
            np.linalg.norm(moved - features, 2),
            max(np.linalg.norm(a - b, 2) for a, b in zip(turned, jacobians, strict=True)),
        ]
        seen = np.maximum(seen, ratios)
        for bound, a, b in zip(found.slopes, bent, slopes, strict=True):
            assert np.max(np.abs(a - b)) <= upper(bound)
        for bound, index in zip(found.weights, range(k + 1, 4), strict=True):
            assert np.linalg.norm(there.layers[index].weight - network.layers[index].weight, 2) <= upper(bound) + 1e-15
    assert seen[0] <= upper(found.features) and seen[1] <= upper(found.jacobian)
    moves = [index for index in range(4) if index not in frozen]
    assert (found.features == 0) == (moves[0] >= k)
    assert [bound == 0 for bound in found.weights] == [index in frozen for index in range(k + 1, 4)]


@MATRICES
def test_slopes_of_any_sign_keep_away_from_0_or_do_not(arithmetic):
    """Of z², z = w x: φ' = 2z at −3 and 1; and at 1/10 · 3 − 3/10, which is about 10⁻¹⁷ and not told from 0."""
    layers = Dense(np.array([[1.0]]), np.array([-0.3])), Dense(np.array([[1.0]]), None)
    for x, least in (([-2.7, 1.3], 2.0), ([0.1 * 3, 1.0], 0.0)):
        inputs = np.array(x)[:, None]
        network = replace(wide_net((1, 1, 1), 2, "quadratic"), layers=layers, inputs=inputs, targets=np.zeros((2, 1)))
        found = lower(upper_layers(network, arithmetic, 0).least_slopes()[0])
        assert found == pytest.approx(least, abs=1e-12) and (found > 0) == (least > 0 or arithmetic is ArbMatrix)


def test_an_activation_below_what_moves_may_have_kinks():
    network = wide_net((2, 5, 4, 2), 4, "relu", frozen=(0, 1))
    layers = upper_layers(network, BallMatrix, 2)
    assert changes(layers, moving_layers(layers), None, exact(1.0)).features == 0
    quiet = replace(network, layers=(replace(network.layers[0], trained=True), *network.layers[1:]))
    layers = upper_layers(quiet, BallMatrix, 2)
    with pytest.raises(Exception, match="no Lipschitz constant of the slope"):
        changes(layers, moving_layers(layers), None, exact(1.0))
    with pytest.raises(ValueError, match="no layer up to"):
        changes(upper_layers(network, BallMatrix, 1), (), None, exact(1.0))
