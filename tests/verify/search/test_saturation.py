"""Idle units, counted by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import verify
from tests.support.naive import random_network
from verify.search.saturation import saturation


def test_slopes_below_a_thousandth_are_counted():
    network = random_network(np.random.default_rng(1), (3, 8, 6, 2), 9, gain=4.0)
    first, second = network.layers[:2]
    affine = network.inputs @ first.weight.T + first.bias
    deeper = np.tanh(affine) @ second.weight.T + second.bias
    for found, z in zip(saturation(network), (affine, deeper), strict=True):
        tiny = 1 - np.tanh(z) ** 2 <= 1e-3
        assert found.units == z.shape[1] and found.idle == tiny.all(axis=0).sum()
        assert found.share == pytest.approx(tiny.mean())


def test_dead_units_of_a_relu():
    found = next(
        saturation(verify.from_arrays([[[1.0], [1.0]], [[1.0, 1.0]]], [[-5.0, 0.0], [0.0]], "relu", [[1.0]], [[0.0]]))
    )
    assert (found.units, found.idle, found.share) == (2, 1, 0.5)


def test_slopes_that_overflow_are_not_small():
    network = random_network(np.random.default_rng(1), (3, 8, 1), 9, "quadratic")
    assert next(saturation(replace(network, inputs=network.inputs * 1e200))).idle == 0
