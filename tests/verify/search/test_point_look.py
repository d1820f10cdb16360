"""What weights look like in floats, at points whose eigenvalues are known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from certificates.expression import parse_activation
from tests.support.minima import vector
from tests.support.naive import random_network
from tests.support.saddles import copied_saddle
from verify.numeric.smooth_objective import FloatObjective
from verify.search.point_look import look_of


def test_the_vectors():
    """Of vector A the eigenvalues are printed; of B, u = v = 0, they are 1/10 ± 1/2."""
    least, saddle = look_of(vector("A")), look_of(vector("B"))
    assert str(least).startswith("the weights look like a strict minimum: ")
    assert (least.smallest, least.largest) == pytest.approx((0.207863752230684, 0.337340368942351))
    assert str(saddle) == ("the weights look like a saddle of index 1: ‖∇f‖ = 0, λ(∇²f) from -0.4 to 0.6")
    assert saddle.to_dict()["near_a_critical_point"] and saddle.to_dict()["negative"] == 1


def test_weights_elsewhere():
    network = vector("A")
    objective = FloatObjective(network)
    moved = objective.network(objective.initial() + 0.1)
    assert "look like no critical point, f falls from here" in str(look_of(moved))


def test_singular_points():
    assert "singular in" in str(look_of(copied_saddle()))


def test_what_is_not_looked_at():
    network = vector("A")
    relu = replace(network, activations=(parse_activation("relu"),))
    assert look_of(relu) is None
    huge = replace(network.layers[1], weight=1e200 * network.layers[1].weight)
    assert look_of(replace(network, layers=(network.layers[0], huge))) is None
    rng = np.random.default_rng(0)
    assert look_of(random_network(rng, (4, 24, 1), 6)) is None  # zero loss on a surface
    assert look_of(random_network(rng, (2, 2, 1), 40)) is not None
