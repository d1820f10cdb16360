"""Samples that stand for all."""

from __future__ import annotations

import numpy as np

from tests.support.naive import random_network
from tests.support.objectives import weighted
from tests.support.planted import random_planted
from verify.search.fewer_samples import fewer_samples

NETWORK = random_network(np.random.default_rng(1), (2, 3, 1), 9)


def test_the_first_and_the_last_are_among_them():
    few = fewer_samples(NETWORK, 3)
    np.testing.assert_array_equal(few.inputs, NETWORK.inputs[[0, 4, 8]])
    np.testing.assert_array_equal(few.targets, NETWORK.targets[[0, 4, 8]])
    assert few.layers == NETWORK.layers


def test_all_are_the_network_itself():
    assert fewer_samples(NETWORK, 9) is NETWORK
    assert fewer_samples(NETWORK, 1).sample_count == 1


def test_planted_labels_stay_planted_and_weights_are_left_out():
    planted = random_planted(np.random.default_rng(3), 3, 2, 5)
    assert fewer_samples(planted, 2).teacher is planted.teacher
    assert fewer_samples(weighted(NETWORK), 2).objective.sample_weights == ()
