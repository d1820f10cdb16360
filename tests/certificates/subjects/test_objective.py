"""Objectives: one spelling a function, and what does not fit a network is refused with its place."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from certificates.errors import MalformedProblem
from certificates.subjects import Decay, Logistic, Network, Objective, SoftmaxCrossEntropy, Squared
from certificates.subjects.losses import check_targets
from tests.support.naive import random_network
from tests.support.objectives import logistic, softmax, varied

ONE, HALF = Fraction(1), Fraction(1, 2)
LONG = Fraction(1, 2**1101)
NETWORK = random_network(np.random.default_rng(3), (2, 3, 1), 3, trained=(True, False))
CLASSES = softmax(NETWORK)
WEIGHT = Decay("layers.0.weight", ONE)
BIAS = Decay("layers.0.bias", ONE)
HALVES = tuple((HALF, HALF) for _ in range(2))


def _objective(**parts: object) -> Network:
    return replace(NETWORK, objective=Objective(**{"loss": Squared(ONE), **parts}))


def _decay(*decay: Decay) -> Network:
    return _objective(decay=decay)


def _centred(centre: np.ndarray) -> Network:
    return _decay(replace(WEIGHT, centre=centre))


def _labels(network: Network, *rows: list[float]) -> Network:
    return replace(network, targets=np.array(rows))


def _classes(*rows: tuple[Fraction, ...]) -> Network:
    return replace(CLASSES, objective=Objective(SoftmaxCrossEntropy(ONE, rows)))


BAD = {
    "loss_scale zero": lambda: Squared(Fraction(0)),
    "loss_scale negative": lambda: Logistic(-ONE),
    "loss_scale long": lambda: SoftmaxCrossEntropy(LONG),
    "sample_weights[1] zero": lambda: _objective(sample_weights=(ONE, Fraction(0), ONE)),
    "sample_weights[2] negative": lambda: _objective(sample_weights=(ONE, ONE, -ONE)),
    "sample_weights[0] long": lambda: _objective(sample_weights=(LONG, ONE, ONE)),
    "sample_weights few": lambda: _objective(sample_weights=(ONE, HALF)),
    "sample_weights many": lambda: _objective(sample_weights=(ONE, HALF, ONE, ONE)),
    "sample_weights ones": lambda: _objective(sample_weights=(ONE, ONE, ONE)),
    "sample_weights equal": lambda: _objective(sample_weights=(HALF, HALF, HALF)),
    "decay.layers.0.weight zero": lambda: _decay(replace(WEIGHT, rate=Fraction(0))),
    "decay.layers.0.weight negative": lambda: _decay(replace(WEIGHT, rate=-ONE)),
    "decay.layers.0.weight long": lambda: _decay(replace(WEIGHT, rate=LONG)),
    "decay.layers.0.weight twice": lambda: _decay(WEIGHT, replace(WEIGHT, rate=HALF)),
    "decay.layers.0.weight order": lambda: _decay(BIAS, WEIGHT),
    "decay.layers.1.weight frozen": lambda: _decay(replace(WEIGHT, tensor="layers.1.weight")),
    "decay.layers.2.weight": lambda: _decay(replace(WEIGHT, tensor="layers.2.weight")),
    "decay.inputs": lambda: _decay(replace(WEIGHT, tensor="inputs")),
    "decay.\\u202e": lambda: _decay(replace(WEIGHT, tensor="\u202e")),
    "centre.layers.0.weight shape": lambda: _centred(np.ones((2, 3))),
    "centre.layers.0.weight zero": lambda: _centred(np.zeros((3, 2))),
    "centre.layers.0.weight zeros": lambda: _centred(-np.zeros((3, 2))),
    "centre.layers.0.weight nan": lambda: _centred(np.full((3, 2), np.nan)),
    "centre.layers.0.weight type": lambda: _centred(np.ones((3, 2), dtype=np.float32)),
    "teacher logistic": lambda: replace(logistic(NETWORK), targets=None, teacher=_teacher(NETWORK)),
    "teacher softmax": lambda: replace(CLASSES, targets=None, teacher=_teacher(CLASSES)),
    "targets negative": lambda: _labels(logistic(NETWORK), [0.5], [-1e-300], [1.0]),
    "targets above": lambda: _labels(logistic(NETWORK), [0.5], [1.0 + 2**-52], [1.0]),
    "targets one output": lambda: replace(NETWORK, objective=Objective(SoftmaxCrossEntropy(ONE))),
    "targets sum": lambda: _labels(CLASSES, [1.0, 0.0], [0.5, 0.25], [0.0, 1.0]),
    "targets rounded sum": lambda: _labels(CLASSES, [1.0, 0.0], [0.0, 1.0], [1.0, 1e-300]),
    "targets negative share": lambda: _labels(CLASSES, [1.0, 0.0], [0.0, 1.0], [1.5, -0.5]),
    "targets soft beside class labels": lambda: _labels(_classes(*HALVES), [1.0, 0.0], [0.5, 0.5], [0.0, 1.0]),
    "class_labels few": lambda: _classes((ONE,)),
    "class_labels many": lambda: _classes(*[(HALF, HALF, Fraction(0))] * 3),
    "class_labels[1] short": lambda: _classes((HALF, HALF), (ONE,)),
    "class_labels[0] sum": lambda: _classes((HALF, ONE), (HALF, HALF)),
    "class_labels[1] negative": lambda: _classes((HALF, HALF), (Fraction(3, 2), -HALF)),
    "class_labels[0] long": lambda: _classes((LONG, 1 - LONG), (HALF, HALF)),
    "class_labels identity": lambda: _classes((ONE, Fraction(0)), (Fraction(0), ONE)),
}


def _teacher(network: Network) -> tuple[object, ...]:
    return tuple(replace(layer, bias=None, trained=False) for layer in network.layers)


@pytest.mark.parametrize("place", sorted(BAD))
def test_what_does_not_fit_is_refused_with_its_place(place):
    with pytest.raises(MalformedProblem) as caught:
        BAD[place]()
    assert caught.value.place == place.split(" ")[0]


def test_the_row_that_is_no_label_is_named():
    with pytest.raises(MalformedProblem, match="row 2: expected probabilities"):
        BAD["targets rounded sum"]()


def test_soft_labels_are_summed_exactly():
    shares = [2.0**-53, 1 - 2.0**-53]
    assert _labels(CLASSES, shares, [0.25, 0.75], [-0.0, 1.0]).targets[0].tolist() == shares
    with pytest.raises(MalformedProblem, match="row 0"):
        _labels(CLASSES, [0.1, 0.9], [0.25, 0.75], [0.0, 1.0])  # they round to a sum of 1


def test_only_a_plain_sum_of_squares_has_its_scale():
    assert Objective(Squared(HALF)).squared_scale == HALF
    assert all(network.objective.squared_scale is None for network in varied(NETWORK))


def test_objectives_are_equal_as_functions():
    first, again = varied(NETWORK), varied(NETWORK)
    assert [network.objective for network in first] == [network.objective for network in again]
    assert len({network.objective for network in first}) == len(first)
    moved = replace(WEIGHT, centre=np.ones((3, 2)))
    assert moved != WEIGHT and moved != replace(WEIGHT, centre=2 * np.ones((3, 2))) and moved != "layers.0.weight"
    assert moved == replace(WEIGHT, centre=np.ones((3, 2))) and hash(moved) == hash(WEIGHT)


def test_a_centre_is_frozen():
    centre = np.ones((3, 2))
    _centred(centre)
    with pytest.raises(ValueError, match="read-only"):
        centre[0, 0] = 2


@pytest.mark.parametrize(
    ("label", "read"), [(0.0, True), (1.0, True), (-5e-324, False), (-0.5, False), (1.0 + 2.0**-52, False)]
)
def test_labels_of_the_logistic_loss_end_at_0_and_1(label, read):
    targets = np.array([[0.5], [label]])
    if read:
        check_targets(Logistic(ONE), 1, targets)
        return
    with pytest.raises(MalformedProblem, match="between 0 and 1"):
        check_targets(Logistic(ONE), 1, targets)
