"""The value of an objective against sums written out."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import exp, log

import numpy as np
import pytest

from certificates.subjects import Decay, Objective, SoftmaxCrossEntropy
from tests.support.naive import random_network
from tests.support.objectives import logistic, penalised, softmax, weighted
from verify.numeric.objective import objective_value

NETWORK = random_network(np.random.default_rng(5), (2, 3, 2), 4)
SCALE = float(NETWORK.objective.loss.scale)
OUTPUTS = np.array([[0.1, -2.0], [3.0, 0.5], [-1.0, -1.0], [0.0, 7.0]])


def _value(network, outputs=OUTPUTS):
    return objective_value(network, outputs, network.targets)


def test_squares():
    terms = [
        sum((z - y) ** 2 for z, y in zip(*rows, strict=True)) for rows in zip(OUTPUTS, NETWORK.targets, strict=True)
    ]
    assert _value(NETWORK) == pytest.approx(SCALE * sum(terms))
    assert _value(weighted(NETWORK)) == pytest.approx(SCALE * (sum(terms) + terms[0]))


def test_penalties_with_a_centre():
    weight = NETWORK.layers[0].weight
    assert _value(penalised(NETWORK)) == pytest.approx(_value(NETWORK) + 0.5e-3 * float(np.sum(weight**2)))
    decay = (Decay("layers.0.weight", Fraction(2), weight - 1),)
    centred = replace(NETWORK, objective=replace(NETWORK.objective, decay=decay))
    assert _value(centred) == pytest.approx(_value(NETWORK) + weight.size)


def test_logistic():
    problem = logistic(NETWORK)
    problem = replace(problem, targets=np.array([[0.0, 1.0]] * 4))
    wanted = sum(log(1 + exp(a)) + log(1 + exp(b)) - b for a, b in OUTPUTS)
    assert _value(problem) == pytest.approx(SCALE * wanted)


def test_softmax_with_smoothed_labels():
    smooth = ((Fraction(3, 4), Fraction(1, 4)), (Fraction(1, 8), Fraction(7, 8)))
    problem = softmax(NETWORK)
    wanted = sum(log(exp(a) + exp(b)) - a for a, b in OUTPUTS)
    assert _value(problem) == pytest.approx(SCALE * wanted)
    smoothed = replace(problem, objective=Objective(SoftmaxCrossEntropy(problem.objective.loss.scale, smooth)))
    wanted = sum(log(exp(a) + exp(b)) - 0.75 * a - 0.25 * b for a, b in OUTPUTS)
    assert _value(smoothed) == pytest.approx(SCALE * wanted)


def test_overflow_is_infinite():
    assert _value(NETWORK, OUTPUTS * 1e200) == float("inf")
