"""Losses and margins against the same in 2,000 bits and by differences; bounds around the weights against samples."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from flint import arb

from certificates import Dense
from certificates.arithmetic.arb import exact, lower, precision, upper
from certificates.arithmetic.arb_matrix import ArbMatrix
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.enclosures.objectives.margin_bounds import margin_bounds, moving_layers
from certificates.enclosures.objectives.margins import (
    forward,
    layer_norm,
    pair_norm,
    sample_losses,
    summed_loss,
)
from certificates.errors import EnclosureFailure
from certificates.expression import parse_activation
from certificates.subjects import Logistic, Objective
from tests.support.classifiers import FUNCTIONS, classifier, outputs
from tests.support.classifiers import summed_loss as summed_in_floats
from verify.numeric.mlp import Perceptron

BOTH = pytest.mark.parametrize("arithmetic", [BallMatrix, ArbMatrix])
NETS = {
    "softmax": {"hidden": (5,)},
    "logistic": {"loss": "logistic", "outputs": 2},
    "frozen-first": {"trained": (False, True)},
    "deep": {"hidden": (4, 3), "activation": "softplus"},
    "deep-frozen": {"hidden": (4, 3), "trained": (True, False, True), "bias": False},
    "features": {"hidden": (4, 3), "trained": (False, True, True)},
}
EACH = pytest.mark.parametrize("name", NETS)


@pytest.fixture(autouse=True)
def _bits():
    with precision(128):
        yield


@BOTH
@EACH
def test_losses_contain_those_of_float64(arithmetic, name):
    network = classifier(1, **NETS[name])
    z, y = outputs(network), network.targets
    if network.objective.loss.name == "softmax":
        expected = np.logaddexp.reduce(z, axis=1) - np.sum(z * y, axis=1)
    else:
        expected = np.sum(np.logaddexp(0, z) - y * z, axis=1)
    found = list(sample_losses(network, forward(network, arithmetic).outputs))
    for ball, value in zip(found, expected, strict=True):
        assert abs(float(ball.mid()) - value) < 1e-12 * (1 + value) and upper(ball) - lower(ball) < 1e-10


@BOTH
@pytest.mark.parametrize("weights", [(), (Fraction(2), Fraction(1, 3), *(Fraction(1),) * 4)])
def test_in_the_sum_the_lightest_sample_counts_once(arithmetic, weights):
    network = classifier(1, weights=weights, scale=Fraction(1, 7))
    found = summed_loss(network, forward(network, arithmetic).outputs, Fraction(1, 21 if weights else 7))
    assert abs(float(found.mid()) / summed_in_floats(network) - 1) < 1e-12


@BOTH
@pytest.mark.parametrize("gap", [1e-3, 40.0, 800.0, 1e6, -40.0, -1e6])
def test_saturated_losses_keep_their_digits(arithmetic, gap):
    """log(1 + e^{−gap}) to twelve digits, where 1 − p has none left in binary64; nothing overflows."""
    layers = (Dense(np.array([[1.0]]), None), Dense(np.array([[gap], [0.0]]), None))
    network = replace(
        classifier(0, outputs=2),
        layers=layers,
        activations=(parse_activation("identity"),),
        inputs=np.ones((1, 1)),
        targets=np.array([[1.0, 0.0]]),
    )
    (found,) = sample_losses(network, forward(network, arithmetic).outputs)
    with precision(2_000):
        truth = (-exact(gap)).exp().log1p() if gap > -50 else exact(-gap) + exact(gap).exp().log1p()
    assert found.overlaps(truth)
    assert (abs(found - truth) < truth * exact(1e-9)) if abs(gap) < 1e3 else found.is_finite()


def test_a_logistic_loss_has_a_margin_for_every_label():
    network = classifier(0, outputs=2, loss="logistic")
    first = replace(
        network,
        layers=(network.layers[0], Dense(network.layers[1].weight[:1], network.layers[1].bias[:1])),
        targets=network.targets[:, :1],
    )
    whole = [float(each.mid()) for each in sample_losses(network, forward(network, BallMatrix).outputs)]
    part = [float(each.mid()) for each in sample_losses(first, forward(first, BallMatrix).outputs)]
    z, y = outputs(network)[:, 1], network.targets[:, 1]
    assert np.allclose(np.array(whole) - part, np.logaddexp(0, -(2 * y - 1) * z), atol=1e-12)


def test_the_norm_of_the_output_layer_has_its_bias():
    found = layer_norm(np.array([[2.0, 0.0]]), np.array([1.5]), BallMatrix)
    assert exact(2.5) <= found <= exact(2.5 + 1e-9)
    assert layer_norm(np.array([[2.0, 0.0]]), None, ArbMatrix) <= exact(2 + 1e-9)
    root = layer_norm(np.ones((1, 2)), None, ArbMatrix)
    assert root * root >= 2


# ---- derivatives --------------------------------------------------------------------------------------------------


def _margins(network, w):
    """All margins, flat; rows where y = c are 0 for every w."""
    z, y = Perceptron(network).outputs(w), network.targets
    softmax = network.objective.loss.name == "softmax"
    own = np.sum(z * y, axis=1, keepdims=True)
    return (own - z if softmax else (2 * y - 1) * z).ravel()


def _gradients(network, w, step=1e-6):
    return np.array(
        [(_margins(network, w + step * e) - _margins(network, w - step * e)) / (2 * step) for e in np.eye(len(w))]
    ).T


@EACH
def test_bounds_hold_in_the_ball(name):
    radius, network, rng = 0.3, classifier(3, **NETS[name]), np.random.default_rng(0)
    bounds = margin_bounds(network, forward(network, BallMatrix), BallMatrix)
    start = Perceptron(network).initial()
    first, second = upper(bounds.first(exact(radius))), upper(bounds.second(exact(radius)))
    for _ in range(2):
        u, v = rng.normal(size=(2, len(start)))
        w = start + radius * 0.999 * u / np.linalg.norm(u)
        gradients, step = _gradients(network, w), 1e-3 * radius
        assert np.linalg.norm(gradients, axis=1).max() <= first * (1 + 1e-6)
        turned = _gradients(network, w - step * v / np.linalg.norm(v)) - gradients
        assert np.linalg.norm(turned, axis=1).max() / step <= second * (1 + 1e-3) + 1e-7 / step


def _by_hand(network, radius):
    """T¹ and T² of theory 6.3 for margins, on paper's terms; softplus has M_1 = 1 and M_2 = 1/4."""
    first = second = moved = 0.0
    h = network.inputs
    for index, layer in enumerate(network.layers):
        last = index == len(network.layers) - 1
        size = np.linalg.norm(layer.weight, 2)
        if last:
            size = max(np.linalg.norm(a - b) for a in layer.weight for b in layer.weight)
        kappa = 2 if last else 1
        inputs = np.sqrt(1 + np.sum(h**2, axis=1)).max() + moved
        w, u = size + np.sqrt(kappa) * radius, first**2 / 4 + second
        second = (w * u + np.sqrt((w * u) ** 2 + 4 * kappa * first**2)) / 2
        first = np.sqrt(kappa * inputs**2 + (w * first) ** 2)
        moved = first * radius
        if not last:
            h = FUNCTIONS["softplus"](h @ layer.weight.T + layer.bias)
    return first, second


@pytest.mark.parametrize("radius", [0.0, 0.4])
def test_four_layers_are_the_recursion(radius):
    network = classifier(7, "softplus", hidden=(4, 3, 5))
    bounds = margin_bounds(network, forward(network, BallMatrix), BallMatrix)
    first, second = _by_hand(network, radius)
    assert first * (1 - 1e-9) < upper(bounds.first(exact(radius))) < first * 1.02  # norms of layers from above
    assert second * (1 - 1e-9) < upper(bounds.second(exact(radius))) < second * 1.02


def test_second_derivatives_are_attained_where_layers_multiply():
    """F = v·w·x, two classes: m = (v_0 − v_1)wx has D²m with the eigenvalue √2|x| at every point."""
    layers = (Dense(np.array([[0.0]]), None), Dense(np.array([[0.0], [0.0]]), None))
    network = replace(
        classifier(0, outputs=2),
        layers=layers,
        activations=(parse_activation("identity"),),
        inputs=np.array([[3.0]]),
        targets=np.array([[1.0, 0.0]]),
    )
    bounds = margin_bounds(network, forward(network, BallMatrix), BallMatrix)
    root = exact(18).sqrt()
    assert root <= bounds.second(exact(0)) <= root * exact(1 + 1e-9)
    assert exact(6 - 1e-9) <= bounds.first(exact(1)) <= exact(6 + 1e-9)  # √(κĥ² + (v̂a)²) with ĥ = a = 3, v̂ = √2


def test_frozen_layers_between_multiply():
    """m = (v_0 − v_1)·3·wx at v = (1, 0), w = x = 1: ∇m has 3√2 along v and 3 along w, ∇²m 3√2 at most."""
    layers = (
        Dense(np.array([[1.0]]), None),
        Dense(np.array([[3.0]]), None, False),
        Dense(np.array([[1.0], [0.0]]), None),
    )
    network = replace(
        classifier(0, outputs=2),
        layers=layers,
        activations=(parse_activation("identity"),) * 2,
        inputs=np.ones((1, 1)),
        targets=np.array([[1.0, 0.0]]),
    )
    bounds = margin_bounds(network, forward(network, BallMatrix), BallMatrix)
    assert exact(27).sqrt() <= bounds.first(exact(0)) <= exact(27).sqrt() * exact(1 + 1e-9)
    assert exact(18).sqrt() <= bounds.second(exact(0)) <= exact(18).sqrt() * exact(1 + 1e-9)


def test_frozen_features_have_constant_gradients():
    network = classifier(4, trained=(False, True))
    bounds = margin_bounds(network, forward(network, BallMatrix), BallMatrix)
    hidden = FUNCTIONS["tanh"](network.inputs @ network.layers[0].weight.T + network.layers[0].bias)
    largest = np.sqrt(2 * (1 + np.sum(hidden**2, axis=1))).max()
    assert bounds.degree == 0 and upper(bounds.second(exact(9))) == 0
    assert largest <= upper(bounds.first(exact(9))) <= largest * (1 + 1e-9)


@EACH
def test_the_curvature_grows_as_it_says(name):
    network = classifier(5, **NETS[name])
    bounds = margin_bounds(network, forward(network, BallMatrix), BallMatrix)
    for radius in (1e-3, 1.0, 50.0):
        for factor in (1.5, 10.0, 1e4):
            grown = bounds.curvature(exact(radius * factor))
            assert grown <= bounds.curvature(exact(radius)) * exact(factor) ** bounds.degree * exact(1 + 1e-9)
        sum_of_both = bounds.first(exact(radius)) ** 2 + bounds.second(exact(radius))
        assert abs(bounds.curvature(exact(radius)) - sum_of_both) < sum_of_both * exact(1e-9)


def test_layers_before_the_first_trained_one_do_not_count():
    assert moving_layers(classifier(0, hidden=(4, 3), trained=(False, True, True))) == 2
    assert margin_bounds(*_parts(classifier(0, hidden=(4, 3), trained=(False, False, True)))).degree == 0


def _parts(network):
    return network, forward(network, BallMatrix), BallMatrix


def test_an_activation_without_bounds_is_refused_where_it_moves():
    network = classifier(0, "quadratic")
    with pytest.raises(EnclosureFailure, match="on the whole line"):
        margin_bounds(*_parts(network))
    frozen = replace(network, layers=(replace(network.layers[0], trained=False), network.layers[1]))
    assert margin_bounds(*_parts(frozen)).degree == 0


def test_pairs_of_rows():
    network = classifier(6)
    w = network.layers[1].weight
    largest = max(np.linalg.norm(a - b) for a in w for b in w)
    norm, pairs = pair_norm(network, BallMatrix)
    assert pairs == 2 and largest <= upper(norm) * (1 + 1e-12) and upper(norm) <= largest * (1 + 1e-9)
    yes = replace(network, objective=Objective(Logistic(Fraction(1))))
    norm, pairs = pair_norm(yes, BallMatrix)
    assert pairs == 1 and isinstance(norm, arb)
    assert abs(upper(norm) - np.linalg.norm(w, axis=1).max()) < 1e-9
