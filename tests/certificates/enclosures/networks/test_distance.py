"""Distances of networks against exact rationals, on both paths."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from certificates import Dense
from certificates.arithmetic.arb import precision, upper
from certificates.arithmetic.arb_matrix import ArbMatrix
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.enclosures.networks.distance import differs_in_trained_weights_only, parameter_distance
from certificates.expression import parse_activation
from certificates.subjects import Decay, Logistic, Objective, Squared
from tests.support.naive import random_network
from tests.support.objectives import penalised, weighted


def _moved(network, step):
    layers = [
        replace(layer, weight=layer.weight + step, bias=None if layer.bias is None else layer.bias * (1 + step))
        if layer.trained
        else layer
        for layer in network.layers
    ]
    return replace(network, layers=tuple(layers))


def _square(first, second):
    total = Fraction(0)
    for a, b in zip(first.layers, second.layers, strict=True):
        pairs = [(a.weight, b.weight), *([] if a.bias is None else [(a.bias, b.bias)])]
        for left, right in pairs if a.trained else []:
            both = zip(left.ravel().tolist(), right.ravel().tolist(), strict=True)
            total += sum(((Fraction(x) - Fraction(y)) ** 2 for x, y in both), Fraction(0))
    return total


@pytest.mark.parametrize(
    ("arithmetic", "slack"), [(BallMatrix, Fraction(1, 10**28)), (ArbMatrix, Fraction(1, 10**640))]
)
@pytest.mark.parametrize("step", [0.0, 5e-324, 1e-300, 1e-20, 0.3, 1e9])
def test_bounds_the_exact_distance_closely(arithmetic, slack, step):
    network = random_network(np.random.default_rng(5), (3, 5, 2), 4)
    other = _moved(network, step)
    assert differs_in_trained_weights_only(network, other)
    with precision(128):
        bound = Fraction(upper(parameter_distance(network, other, arithmetic)))
    exact = _square(network, other)
    assert exact <= bound**2
    assert bound**2 <= exact * (1 + Fraction(1, 2**40)) + slack


def test_balls_are_exact_where_binary64_underflows():
    network = random_network(np.random.default_rng(5), (3, 5, 2), 4)
    zero = replace(network, layers=tuple(replace(x, weight=x.weight * 0.0, bias=None) for x in network.layers))
    tiny = replace(zero, layers=tuple(replace(x, weight=x.weight + 2.0**-1000) for x in zero.layers))
    with precision(128):
        bound = Fraction(upper(parameter_distance(zero, tiny, ArbMatrix)))
    exact = _square(zero, tiny)
    assert exact <= bound**2 <= exact * (1 + Fraction(1, 2**40))


def _changed(network, index, **fields):
    layers = list(network.layers)
    layers[index] = replace(layers[index], **fields)
    return replace(network, layers=tuple(layers))


def _teacher(scale):
    return Dense(scale * np.ones((2, 3)), None, False), Dense(np.ones((2, 2)), None, False)


FROZEN = random_network(np.random.default_rng(6), (3, 5, 2), 4, trained=(False, True))
PLANTED = replace(FROZEN, targets=None, teacher=_teacher(1.0))
CENTRED = replace(
    FROZEN, objective=replace(FROZEN.objective, decay=(Decay("layers.1.weight", Fraction(1, 1000), np.ones((2, 5))),))
)
LABELLED = replace(FROZEN, targets=np.zeros((4, 2)))
OTHERS = {
    "widths": (FROZEN, random_network(np.random.default_rng(6), (3, 6, 2), 4, trained=(False, True))),
    "an activation": (FROZEN, replace(FROZEN, activations=(parse_activation("sin"),))),
    "the scale of the loss": (FROZEN, replace(FROZEN, objective=Objective(Squared(Fraction(1, 9))))),
    "a penalty": (penalised(FROZEN), FROZEN),
    "another centre of the penalty": (CENTRED, penalised(FROZEN)),
    "weights of samples": (FROZEN, weighted(FROZEN)),
    "another loss": (LABELLED, replace(LABELLED, objective=Objective(Logistic(LABELLED.objective.loss.scale)))),
    "an input": (FROZEN, replace(FROZEN, inputs=FROZEN.inputs + np.eye(4, 3))),
    "a target": (FROZEN, replace(FROZEN, targets=FROZEN.targets + np.eye(4, 2))),
    "targets for a teacher": (FROZEN, PLANTED),
    "a teacher for targets": (PLANTED, FROZEN),
    "another teacher": (PLANTED, replace(PLANTED, teacher=_teacher(2.0))),
    "a frozen weight": (FROZEN, _changed(FROZEN, 0, weight=FROZEN.layers[0].weight + np.eye(5, 3))),
    "a frozen bias": (FROZEN, _changed(FROZEN, 0, bias=FROZEN.layers[0].bias + 1)),
    "no bias": (FROZEN, _changed(FROZEN, 1, bias=None)),
    "what is trained": (FROZEN, _changed(FROZEN, 0, trained=True)),
}


@pytest.mark.parametrize("name", OTHERS)
def test_another_network_is_no_iterate(name):
    assert not differs_in_trained_weights_only(*OTHERS[name])


@pytest.mark.parametrize("network", [FROZEN, PLANTED])
def test_moved_trained_weights_are_an_iterate(network):
    assert differs_in_trained_weights_only(network, _moved(network, 0.5))
    assert differs_in_trained_weights_only(network, network)
