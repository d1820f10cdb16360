"""The lowest eigenvector, from the whole Hessian and from differences of gradients alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.support.minima import vector
from tests.support.objective_nets import draw_network
from verify.numeric.smooth_objective import FloatObjective
from verify.search import negative_directions
from verify.search.negative_directions import lowest_eigenvector


@pytest.mark.parametrize("loss", ["squared", "logistic", "softmax"])
def test_both_ways_agree(monkeypatch, loss):
    objective = FloatObjective(draw_network(3, (3, 4, 3), loss, samples=9))
    weights = objective.initial()
    value, vector_ = lowest_eigenvector(objective, weights)
    values = np.linalg.eigvalsh(objective.hessian(weights))
    assert value == pytest.approx(values[0]) and np.linalg.norm(vector_) == pytest.approx(1)
    monkeypatch.setattr(negative_directions, "_DENSE", 0)
    other, direction = lowest_eigenvector(objective, weights)
    assert other == pytest.approx(value, abs=1e-3 * (values[-1] - values[0]))
    form = direction @ objective.hessian(weights) @ direction
    assert form == pytest.approx(value, abs=1e-2 * (values[-1] - values[0]))


def test_numbers_that_overflow_give_nothing():
    network = vector("B")
    huge = replace(network, layers=tuple(replace(layer, weight=np.array([[1e308]])) for layer in network.layers))
    objective = FloatObjective(huge)
    with np.errstate(all="ignore"):
        found = lowest_eigenvector(objective, objective.initial())
    assert found is None or np.isfinite(found[0])
