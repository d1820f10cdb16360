"""Stacked losses and gradients of one hidden layer beside a network at a time and differences."""

from __future__ import annotations

import numpy as np
import pytest

from certificates.expression import parse_activation
from verify.descent.shallow_batch import ShallowBatch
from verify.numeric.activations import compile_activation


@pytest.fixture
def batch():
    rng = np.random.default_rng(1)
    softplus = compile_activation(parse_activation("softplus"))
    return ShallowBatch(rng.normal(size=(3, 7, 2)), rng.normal(size=(3, 7)), 4, softplus), rng.normal(size=(3, 12))


def test_losses_are_those_of_each_network(batch):
    objective, parameters = batch
    losses, _ = objective(parameters)
    for index in range(3):
        w, v = parameters[index, :8].reshape(4, 2), parameters[index, 8:]
        outputs = np.logaddexp(0, objective.inputs[index] @ w.T) @ v
        assert losses[index] == pytest.approx(np.mean((outputs - objective.labels[index]) ** 2) / 2)


def test_gradients_are_the_slopes_of_the_losses(batch):
    objective, parameters = batch
    direction = np.random.default_rng(2).normal(size=parameters.shape)
    _, gradient = objective(parameters)
    above, below = (objective(parameters + sign * 1e-6 * direction)[0] for sign in (1, -1))
    assert np.allclose((above - below) / 2e-6, np.sum(gradient * direction, axis=1), rtol=1e-6, atol=1e-8)


def test_packing_and_restricting_keep_the_rows(batch):
    objective, parameters = batch
    assert np.array_equal(objective.packed(*objective.unpacked(parameters)), parameters)
    some = objective.restricted(np.array([True, False, True]))
    assert np.array_equal(some(parameters[[0, 2]])[0], objective(parameters)[0][[0, 2]])
