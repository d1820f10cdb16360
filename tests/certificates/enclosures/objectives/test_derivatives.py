"""T¹, T², T³ of the judge against the twin on paper, against derivatives along lines, and at their limits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from certificates import Dense
from certificates.arithmetic.arb import precision
from certificates.enclosures.objectives.derivatives import output_derivatives, outputs_and_movements
from certificates.enclosures.objectives.point import evaluate
from certificates.enclosures.objectives.reach import ActivationBounds, BreakpointReached
from certificates.errors import EnclosureFailure
from certificates.expression import parse_activation
from tests.support.line_jets import layer_series
from tests.support.naive import forward, parameters, random_network
from tests.support.turning_attack import random_objective
from tests.twins.objective_turning import turned


def _judged(network, radius, prescribed=None):
    with precision(128):
        return output_derivatives(evaluate(network), radius, prescribed)


@pytest.mark.parametrize("seed", range(12))
def test_contains_what_stands_on_paper_and_is_no_larger(seed):
    rng = np.random.default_rng(seed)
    network, name = random_objective(rng)
    radius = 10.0 ** rng.uniform(-4, 0)
    found = _judged(network, radius)
    for bounds, slack in ((None, np.inf), ([(m.slope, m.bend, m.bend_change) for m in found.activations], 1e-3)):
        twin = turned(network, name, radius, bounds=bounds)
        for ours, theirs in zip(
            (found.first, found.second, found.third), (twin.first, twin.second, twin.third), strict=True
        ):
            assert (ours >= theirs[-1] * (1 - 1e-13)).all()
            assert slack > 1 or (ours <= theirs[-1] * (1 + slack) + 1e-200).all()


@pytest.mark.parametrize("seed", range(5))
def test_derivatives_on_the_ball_stay_below(seed):
    rng = np.random.default_rng((seed, 1))
    network, name = random_objective(rng)
    radius, start = 0.2, parameters(network)
    found = _judged(network, radius)
    for _ in range(20):
        move, directions = rng.normal(size=start.shape), rng.normal(size=(10, len(start)))
        directions /= np.linalg.norm(directions, axis=1, keepdims=True)
        series = layer_series(network, start + radius * move / np.linalg.norm(move), directions, name)[-1]
        for bound, derivative in zip((found.first, found.second, found.third), series[1:], strict=True):
            assert (np.linalg.norm(derivative, axis=2) <= bound * (1 + 1e-12)).all()


def test_a_frozen_first_layer_bends_nothing():
    network = random_network(np.random.default_rng(2), (3, 4, 2), 5, trained=(False, True))
    found = _judged(network, 0.1)
    assert (found.second == 0).all() and (found.third == 0).all()
    assert (found.first >= 1).all()  # of the bias


def test_zero_inputs_without_biases():
    network = random_network(np.random.default_rng(3), (2, 3, 1), 4, bias=False)
    network = replace(network, inputs=np.zeros((4, 2)))
    found = _judged(network, 0.0)
    assert (found.first < 1e-14).all() and (found.second < 1e-150).all()


def test_a_relu_net_inside_its_cell_has_the_bounds_of_its_pieces():
    network = random_network(np.random.default_rng(4), (3, 6, 2), 5)
    network = replace(network, activations=(parse_activation("relu"),))
    with precision(128):
        point = evaluate(network)
    nearest = np.abs(point.pre[0].mid) / np.linalg.norm(np.hstack([network.inputs, np.ones((5, 1))]), axis=1)[:, None]
    inside, outside = nearest.min() * (1 - 1e-9), nearest.min() * (1 + 1e-9)
    found = _judged(network, inside)
    assert found.activations == (ActivationBounds(1.0, 0.0, 0.0),)
    with pytest.raises(BreakpointReached) as caught:
        _judged(network, outside)
    assert (caught.value.sample, caught.value.unit) == np.unravel_index(nearest.argmin(), nearest.shape)
    prescribed = _judged(network, outside, (ActivationBounds(1.0, 0.0, 0.0),))
    assert prescribed.first == pytest.approx(found.first, rel=1e-6) and (prescribed.third >= 0).all()


def test_a_deep_relu_net_has_cubic_terms_of_its_layers_alone():
    """F = w₃ w₂ w₁ x in the cell: D³F = 6 dw₁ dw₂ dw₃ x at equal directions, at most 6/√27."""
    ones = tuple(Dense(np.ones((1, 1)), None) for _ in range(3))
    network = replace(random_network(np.random.default_rng(0), (1, 1, 1, 1), 1, bias=False), layers=ones)
    network = replace(network, activations=(parse_activation("relu"),) * 2, inputs=np.ones((1, 1)))
    found = _judged(network, 0.0)
    assert found.first[0] == pytest.approx(np.sqrt(3)) and found.second[0] == pytest.approx(2.0)
    assert 6 / np.sqrt(27) <= found.third[0] <= 3 * 2 / np.sqrt(27) * (1 + 1e-12)


@pytest.mark.parametrize("name", ["tanh", "relu"])
def test_other_inputs_move_no_farther(name):
    rng = np.random.default_rng(5)
    network = replace(random_network(rng, (3, 5, 4, 2), 4), activations=(parse_activation(name),) * 2)
    others, radius, start = rng.normal(size=(7, 3)) * 3, 0.3, parameters(network)
    with precision(128):
        outputs, movement = outputs_and_movements(network, others, radius)
    table = {"relu": (lambda z: np.maximum(z, 0),)}
    at = replace(network, inputs=others, targets=np.zeros((7, 2)))

    def run(w):
        if name == "tanh":
            return forward(at, w, name)
        hidden, place = others, 0
        for index, layer in enumerate(network.layers):
            size = layer.weight.size
            weight, bias = w[place : place + size].reshape(layer.weight.shape), w[place + size :][: len(layer.weight)]
            place += size + len(bias)
            hidden = hidden @ weight.T + bias
            hidden = table[name][0](hidden) if index < 2 else hidden
        return hidden

    assert outputs.contains(run(start)).all()
    for _ in range(200):
        move = rng.normal(size=start.shape)
        move *= radius * rng.random() / np.linalg.norm(move)
        moved = np.linalg.norm(run(start + move) - run(start), axis=1)
        assert (moved <= movement * np.linalg.norm(move)).all()


@pytest.mark.parametrize("scale", [1e100, 1e160])
def test_what_overflows_is_refused(scale):
    network = random_network(np.random.default_rng(6), (2, 3, 3, 1), 3)
    layers = tuple(Dense(scale * layer.weight, layer.bias) for layer in network.layers)
    with pytest.raises(EnclosureFailure):
        _judged(replace(network, layers=layers), 1.0)


def test_tiny_times_huge_is_no_zero():
    """T² = a for a bilinear net, and T¹ the product of 10⁻²⁵⁰, 2 and 10¹⁴⁰."""
    network = random_network(np.random.default_rng(7), (1, 1, 1), 1, bias=False)
    network = replace(
        network, inputs=np.full((1, 1), 1e-250), activations=(parse_activation("piecewise(2*z, 0, 2*z)"),)
    )
    layers = (Dense(np.full((1, 1), 1e100), None), Dense(np.full((1, 1), 1e140), None))
    found = _judged(replace(network, layers=layers), 0.0, (ActivationBounds(2.0, 0.0, 0.0),))
    assert found.first[0] >= 2e-110 * (1 - 1e-15) and found.second[0] >= 2e-250
