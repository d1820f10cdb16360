"""Radii on which a Hessian turns by no more than it is allowed to."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.support.minima import vector
from tests.support.objective_nets import draw_network
from tests.support.planted import random_planted
from verify.search.turning_radii import bound_of_turning, largest_radius, planted, radius_of


@pytest.mark.parametrize("power", [1.0, 1.5, 3.0])
@pytest.mark.parametrize("guess", [1e-9, 1e-3, 1e3])
def test_a_radius_is_near_the_largest(power, guess):
    found = largest_radius(lambda r: 7 * r**power, 0.25, guess, tries=40)
    largest = (0.25 / 7) ** (1 / power)
    assert 0.5 * largest < found <= largest


def test_no_bound_and_no_turning():
    assert largest_radius(lambda _: math.inf, 1.0, 1.0) is None
    assert largest_radius(lambda _: 0.0, 1.0, 1.0) >= 2.0**30


@pytest.mark.parametrize("network", [vector("B"), draw_network(1, (2, 3, 2), "softmax")])
def test_the_judge_s_bound_is_kept(network):
    cheap, found = radius_of(network, 0.1, sums=False), radius_of(network, 0.1)
    assert 0 < cheap <= found * 1.2
    assert bound_of_turning(network)(found) <= 0.1 and bound_of_turning(network, sums=False)(cheap) <= 0.1


def test_planted_labels_are_said():
    assert planted(vector("A")) is None
    assert "planted" in planted(random_planted(np.random.default_rng(0), 2, 2, 5))
