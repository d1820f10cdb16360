"""The flat vector of trained parameters, against that of the searcher."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from certificates.enclosures.objectives.parameters import with_parameters
from tests.support.objective_nets import draw_network
from verify.numeric.smooth_objective import FloatObjective


@pytest.mark.parametrize("frozen", [(), (0,), (1,), (0, 2)])
@pytest.mark.parametrize("biased", [True, False])
def test_the_network_with_other_parameters(frozen, biased):
    network = draw_network(1, (2, 3, 2, 2), frozen=frozen, biased=biased)
    objective = FloatObjective(network)
    vector = np.random.default_rng(0).normal(size=network.trained_parameter_count)
    other = with_parameters(network, vector)
    assert (FloatObjective(other).initial() == vector).all()
    assert FloatObjective(other).value(vector) == objective.value(vector)
    for index, (layer, given) in enumerate(zip(other.layers, network.layers, strict=True)):
        assert layer.trained is given.trained and (index not in frozen or (layer.weight == given.weight).all())
    assert (FloatObjective(network).initial() == objective.initial()).all() and other.inputs is network.inputs


def test_later_changes_of_the_vector_change_nothing():
    network = draw_network(1)
    vector = np.zeros(network.trained_parameter_count)
    other = with_parameters(network, vector)
    vector[:] = 1.0
    assert not FloatObjective(other).initial().any()
    assert replace(other).objective is network.objective
