"""Selecting samples and outputs: every number that stays is the same, and the notes say what went."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

import verify
from certificates.errors import MalformedProblem
from certificates.subjects import Decay, Objective, Squared
from certificates.subjects.losses import SoftmaxCrossEntropy
from verify.numeric.mlp import FloatNetwork

RNG = np.random.default_rng(5)


def _network(**fields):
    layers = [RNG.normal(size=(6, 3)), RNG.normal(size=(4, 6))]
    biases = [RNG.normal(size=6), RNG.normal(size=4)]
    made = verify.from_arrays(layers, biases, "tanh", RNG.normal(size=(9, 3)), RNG.normal(size=(9, 4)))
    return replace(made, **fields)


def test_residuals_of_what_is_left_are_the_same():
    network = _network()
    small = verify.select(network, samples=[7, 0, 3], outputs=[2, 0])
    whole, part = FloatNetwork(network), FloatNetwork(small)
    expected = whole.residual(whole.initial())[[7, 0, 3]][:, [2, 0]]
    assert part.residual(part.initial()) == pytest.approx(expected, rel=1e-14)
    assert small.objective == network.objective and "samples 7, 0, 3" in small.notes[0] and "2, 0" in small.notes[1]


def test_nothing_selected_is_the_same_problem():
    network = _network()
    assert verify.select(network).notes == () and verify.select(network).inputs is network.inputs


def test_weights_of_samples_stay_with_their_samples():
    weights = tuple(Fraction(1 + (k > 4), 3) for k in range(9))
    network = _network(objective=Objective(Squared(Fraction(1, 2)), sample_weights=weights))
    assert verify.select(network, samples=[0, 8]).objective.sample_weights == (Fraction(1, 3), Fraction(2, 3))
    equal = verify.select(network, samples=[7, 8]).objective
    assert equal.sample_weights == () and equal.loss.scale == Fraction(1, 3)


def test_the_penalty_of_the_last_layer_loses_its_rows():
    centre = np.zeros((4, 6))
    centre[1] = 1.0
    network = _network(objective=Objective(Squared(Fraction(1)), (Decay("layers.1.weight", Fraction(1, 10), centre),)))
    kept = verify.select(network, outputs=[1, 3]).objective.decay[0]
    assert kept.centre.tolist() == centre[[1, 3]].tolist()
    assert verify.select(network, outputs=[0, 3]).objective.decay[0].centre is None


def test_a_teacher_loses_the_same_outputs():
    outer = np.ones((2, 3))
    network = verify.from_arrays(
        [np.ones((3, 2)), outer], None, "quadratic", np.ones((4, 2)), teacher=[np.ones((3, 2)), outer]
    )
    small = verify.select(network, outputs=[1], samples=[0, 1])
    assert small.teacher[-1].weight.shape == (1, 3) and small.targets is None and small.sample_count == 2


@pytest.mark.parametrize(
    ("field", "wrong"), [("samples", []), ("samples", [9]), ("samples", [-1]), ("outputs", [1, 1])]
)
def test_what_cannot_be_selected_is_named(field, wrong):
    with pytest.raises(MalformedProblem, match=field):
        verify.select(_network(), **{field: wrong})


def test_outputs_of_a_softmax_belong_together():
    targets = np.eye(4)[RNG.integers(0, 4, size=9)]
    network = _network(targets=targets, objective=Objective(SoftmaxCrossEntropy(Fraction(1, 9))))
    with pytest.raises(MalformedProblem, match="belong together"):
        verify.select(network, outputs=[0, 1])
    assert verify.select(network, samples=[0, 1]).sample_count == 2
