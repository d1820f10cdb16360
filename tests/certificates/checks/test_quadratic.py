"""What the rules about quadratic networks share: which units and inputs count."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from certificates import Dense
from certificates.checks.outcome import Refusal
from certificates.checks.quadratic import pair_count, require_quadratic
from certificates.expression import parse_activation
from tests.support.quadratic import network_problem


def test_inputs_that_are_zero_in_every_sample_are_deleted_from_the_teacher_too():
    problem = network_problem([[1.0, 2.0, 3.0]], [4.0], [[0.0, 5.0, 0.0], [-0.0, 0.0, 6.0]], [0.0, 0.0])
    teacher = (Dense(np.array([[7.0, 8.0, 9.0]]), None, False), Dense(np.array([[10.0]]), None, False))
    network = require_quadratic(1, replace(problem, targets=None, teacher=teacher))
    assert network.inputs.tolist() == [[5.0, 0.0], [0.0, 6.0]] and network.weights.tolist() == [[2.0, 3.0]]
    rows, outer = network.teacher
    assert rows.tolist() == [[8.0, 9.0]] and outer.tolist() == [10.0]
    assert pair_count(network) == 3 and require_quadratic(1, problem).teacher is None


@pytest.mark.parametrize("inputs", [np.zeros((2, 3)), np.eye(2, 3) + 1])
def test_all_inputs_stay_where_none_or_all_are_zero(inputs):
    network = require_quadratic(1, network_problem([[1.0, 2.0, 3.0]], [4.0], inputs, [0.0, 0.0]))
    assert np.array_equal(network.inputs, inputs) and pair_count(network) == 6


def test_another_network_is_certainly_none():
    problem = replace(network_problem([[1.0]], [1.0], [[1.0]], [0.0]), activations=(parse_activation("relu"),))
    with pytest.raises(Refusal) as caught:
        require_quadratic(1, problem)
    assert caught.value.certain and caught.value.check == 1
