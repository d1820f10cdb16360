"""What margins need of labels, layers and activations; the estimate of their work against the meter's count of it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from certificates.arithmetic.arb import precision
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.arithmetic.effort import FLOPS_PER_OPERATION, limited_effort, remaining_effort
from certificates.checks.margins import (
    margins_workload,
    require_hard_labels,
    require_smooth_everywhere,
    require_trained_output,
)
from certificates.checks.outcome import Refusal
from certificates.checks.workload import DEFAULT_BUDGET
from certificates.enclosures.objectives.margins import forward, layer_norm, summed_loss
from certificates.expression import parse_activation
from certificates.memory import forget
from certificates.subjects import Objective, SoftmaxCrossEntropy
from tests.support.classifiers import classifier

ALLOWED = DEFAULT_BUDGET / FLOPS_PER_OPERATION


@pytest.mark.parametrize("loss", ["softmax", "logistic"])
def test_labels_strictly_between_0_and_1_are_rejected(loss):
    network = classifier(1, loss=loss)
    require_hard_labels(1, network)
    targets = np.array(network.targets)
    if loss == "softmax":
        targets[2] = (targets[2] + 1) / (targets[2] + 1).sum()
    else:
        targets[2, 1] = 0.5  # one output of three
    with pytest.raises(Refusal, match="sample 2 are soft") as caught:
        require_hard_labels(1, replace(network, targets=targets))
    assert caught.value.certain and caught.value.check == 1


def test_smoothed_classes_are_not_decided():
    network = classifier(1)
    loss = network.objective.loss
    smoothed = tuple(tuple(Fraction(8 if i == j else 1, 10) for j in range(3)) for i in range(3))
    with pytest.raises(Refusal, match="smoothing") as caught:
        require_hard_labels(1, replace(network, objective=Objective(SoftmaxCrossEntropy(loss.scale, smoothed))))
    assert not caught.value.certain


def test_a_frozen_output_layer_is_not_decided():
    require_trained_output(2, classifier(1, trained=(False, True)))
    with pytest.raises(Refusal, match="output layer is frozen"):
        require_trained_output(2, classifier(1, trained=(True, False)))


@pytest.mark.parametrize(
    ("text", "flow", "certain"),
    [("relu", "gradient", True), ("piecewise(0, 0, 1)", "clarke", True), ("1/(1 + z)", "gradient", False)],
)
def test_activations_that_a_flow_cannot_follow(text, flow, certain):
    with pytest.raises(Refusal, match="activation of hidden layer 4") as caught:
        require_smooth_everywhere(3, 4, parse_activation(text), flow=flow)
    assert caught.value.certain is certain and caught.value.check == 3


def test_kinks_are_followed_by_the_inclusion():
    require_smooth_everywhere(3, 0, parse_activation("relu"), flow="clarke")
    require_smooth_everywhere(3, 0, parse_activation("tanh"), flow="gradient")


@pytest.mark.parametrize(("hidden", "samples"), [((8,), 100), ((6, 5), 40), ((40,), 300)])
def test_margins_cost_what_is_estimated(hidden, samples):
    network = classifier(1, hidden=hidden, samples=samples)
    work = margins_workload(network, steps=False)
    last, weight = network.layers[-1], network.objective.loss.scale
    forget()
    with precision(128), limited_effort(ALLOWED):
        summed_loss(network, forward(network, BallMatrix).outputs, weight)
        layer_norm(last.weight, last.bias, BallMatrix)
        spent = ALLOWED - remaining_effort()
    estimate = work.operations / FLOPS_PER_OPERATION + work.scalars
    assert 0.3 * spent <= estimate <= 3 * spent
