"""Levenberg–Marquardt reaches the rounding floor, moves little, and gives up gracefully."""

from __future__ import annotations

import numpy as np

from tests.support.naive import random_network
from verify.search.polish import levenberg_marquardt


def test_reaches_the_rounding_floor():
    network = random_network(np.random.default_rng(1), (4, 40, 1), 8, residual=1.0)
    polished = levenberg_marquardt(network)
    assert polished.residuals[-1] < 1e-12 < polished.residuals[0]
    assert all(later < earlier for earlier, later in zip(polished.residuals, polished.residuals[1:], strict=False))
    moved = np.linalg.norm(polished.network.layers[0].weight - network.layers[0].weight)
    assert 0 < moved <= polished.distance


def test_leaves_frozen_layers_and_data_alone():
    network = random_network(np.random.default_rng(2), (4, 40, 1), 8, residual=0.1, trained=(True, False))
    polished = levenberg_marquardt(network).network
    np.testing.assert_array_equal(polished.layers[1].weight, network.layers[1].weight)
    np.testing.assert_array_equal(polished.targets, network.targets)


def test_stops_on_a_problem_without_zero_loss():
    network = random_network(np.random.default_rng(3), (1, 2, 1), 20, residual=1.0)
    seen = []
    polished = levenberg_marquardt(network, max_steps=30, progress=lambda step, norm: seen.append((step, norm)))
    assert polished.residuals[-1] > 1e-3 and 0 < len(seen) <= 30


def test_minimum_norm_step_is_close_to_the_start():
    network = random_network(np.random.default_rng(4), (4, 60, 1), 5, residual=1e-4)
    polished = levenberg_marquardt(network)
    assert polished.distance < 1e-2
