"""Ends of starts: those of one point up to symmetry are one, and points of each index are reached."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.corpus._minima import deep_classifier
from tests.support.minima import vector
from tests.support.spurious import frozen_minima, frozen_output
from verify.numeric.smooth_objective import FloatObjective
from verify.search.critical_points import CriticalPoints, look_at
from verify.search.index_following import followed


def _weights(network):
    return FloatObjective(network).initial()


def test_relabelled_units_and_turned_signs_are_the_same_point():
    """Units 1 and 2 have one outer weight; an odd unit with its sign turned takes the place of one with the other."""
    worse, best = frozen_minima()
    rows = _weights(worse).reshape(3, 3)
    copies = [rows, rows[[1, 0, 2]], np.array([-rows[2], rows[1], -rows[0]])]
    points = CriticalPoints()
    for copy in copies:
        points.add(look_at(worse, copy.ravel()))
    assert [point.starts for point in points] == [3]
    points.add(look_at(worse, best))
    assert [point.starts for point in points] == [3, 1]


def test_units_of_all_layers_may_be_relabelled():
    network = deep_classifier()
    first, second, last = network.layers
    other = replace(
        network,
        layers=(
            replace(first, weight=first.weight[::-1].copy(), bias=first.bias[::-1].copy()),
            replace(second, weight=second.weight[::-1, ::-1].copy(), bias=second.bias[::-1].copy()),
            replace(last, weight=last.weight[:, ::-1].copy()),
        ),
    )
    assert look_at(network, _weights(network)).is_same(look_at(network, _weights(other)))


def test_points_of_another_index_are_others():
    network = vector("B")
    saddle, minimum = look_at(network, np.zeros(2)), look_at(network, _weights(vector("A")))
    assert (saddle.index, minimum.index) == (1, 0) and not saddle.is_same(minimum)


def test_weights_with_a_gradient_are_no_point():
    network = vector("A")
    assert look_at(network, _weights(network) + 1e-6) is None
    assert look_at(network, np.full(2, 1e200)) is None


@pytest.mark.parametrize("index", [1, 3])
def test_points_of_a_wanted_index_are_reached(index):
    network = frozen_output()
    rng = np.random.default_rng(1)
    ends = [look_at(network, followed(network, rng.normal(size=9), index)) for _ in range(8)]
    assert index in {end.index for end in ends if end is not None}


def test_the_better_of_two_ends_is_kept():
    network = vector("A")
    exact = look_at(network, _weights(network))
    rough, points = replace(exact, slope=1e-9, weights=exact.weights + 1e-9), CriticalPoints()
    for end in (rough, exact, rough):
        points.add(end)
    assert [(point.starts, point.slope) for point in points] == [(3, exact.slope)]
