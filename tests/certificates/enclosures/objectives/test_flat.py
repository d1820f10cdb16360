"""Directions in which nothing changes: exact, complete, and raised to the height that was asked for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from certificates.arithmetic.arb import precision
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.enclosures.objectives.flat import flat_directions, raised
from certificates.enclosures.objectives.hessian import gradient, hessian
from certificates.enclosures.objectives.parameters import tensor_slices
from certificates.enclosures.objectives.point import evaluate
from certificates.subjects import Objective
from tests.support.objective_nets import draw_network


def _with_dead_input(network):
    inputs = network.inputs.copy()
    inputs[:, 1] = 0.0
    return replace(network, inputs=inputs)


def test_names():
    bare = draw_network(0, (3, 2, 3), "softmax", decay=False)
    assert flat_directions(bare) == ("output.weight shift", "output.bias shift")
    assert flat_directions(_with_dead_input(bare))[2:] == ("input 1",)
    assert flat_directions(draw_network(0, (3, 2, 3), "logistic", decay=False)) == ()
    assert flat_directions(_with_dead_input(draw_network(0, (3, 2, 3), "squared", decay=False, frozen=(0,)))) == ()
    assert flat_directions(draw_network(0, (3, 2, 3), "softmax", decay=False, frozen=(1,))) == ()
    decay = draw_network(0, (3, 2, 3), "softmax").objective.decay
    some = replace(
        bare, objective=Objective(bare.objective.loss, tuple(d for d in decay if d.tensor.endswith("weight")))
    )
    assert flat_directions(some) == ("output.bias shift",)  # as scikit-learn's classifiers have it
    assert flat_directions(_with_dead_input(some)) == ("output.bias shift",)


def test_heights():
    network = _with_dead_input(draw_network(0, (3, 2, 3), "softmax", decay=False))
    names = flat_directions(network)
    with precision(128):
        matrix, slopes = hessian(evaluate(network)), gradient(evaluate(network))
        higher = raised(matrix, network, names, 7.0)
    values = np.linalg.eigvalsh(matrix.mid)
    flat = 2 + 1 + 2  # two columns of W_L, its bias, two units' weights of the dead input
    assert np.sum(np.abs(values) < 1e-12) == flat
    rest = values[np.abs(values) >= 1e-12]
    assert np.allclose(np.linalg.eigvalsh(higher.mid), np.sort([*rest, *[7.0] * flat]), atol=1e-12)
    projector = (raised(BallMatrix.from_exact(np.zeros(matrix.shape)), network, names, 1.0)).mid
    assert np.allclose(projector @ projector, projector, atol=1e-15) and np.allclose(
        projector @ slopes.mid[0], 0, atol=1e-15
    )
    assert np.max(np.abs(projector @ matrix.mid)) < 1e-14


def test_rounded_heights_are_paid_for():
    network = draw_network(0, (3, 2, 3), "softmax", decay=False)
    zero = BallMatrix.from_exact(np.zeros((17, 17)))
    found = raised(zero, network, ("output.bias shift",), 1.0)
    place = tensor_slices(network)["layers.1.bias"].start
    assert found.mid[place, place] == 1 / 3 and found.radius >= 2.0**-55
    assert raised(zero, network, (), 1.0) is zero


@pytest.mark.parametrize("height", [1e300, 1e-320])
def test_hostile_heights(height):
    network = draw_network(0, (3, 2, 3), "softmax", decay=False)
    found = raised(BallMatrix.from_exact(np.zeros((17, 17))), network, ("output.bias shift",), height)
    assert found.radius >= 2.0**-1075 and np.isfinite(found.mid).all()
