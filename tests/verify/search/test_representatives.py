"""Samples that differ most, beside exact ranks and the advice that they stand for."""

from __future__ import annotations

import numpy as np

import verify
from verify.numeric.mlp import FloatNetwork
from verify.search.representatives import different_samples

RNG = np.random.default_rng(2)


def _network(inputs, outputs=1, width=20):
    layers = [RNG.normal(size=(width, inputs.shape[1])), RNG.normal(size=(outputs, width))]
    biases = [RNG.normal(size=width), np.zeros(outputs)]
    return verify.from_arrays(layers, biases, "tanh", inputs, np.zeros((len(inputs), outputs)))


def test_of_copies_one_is_kept():
    distinct = RNG.normal(size=(5, 4))
    kept = different_samples(_network(distinct[[0, 1, 2, 0, 3, 1, 4, 4]]))
    assert len(kept) == 5 and {(0, 1, 2, 0, 3, 1, 4, 4)[k] for k in kept} == {0, 1, 2, 3, 4}


def test_different_samples_are_all_kept():
    assert different_samples(_network(RNG.normal(size=(8, 4)), outputs=2)) == tuple(range(8))


def test_no_more_than_a_linear_network_has_inputs():
    linear = verify.from_arrays(
        [np.eye(3), np.ones((1, 3))], None, "identity", RNG.normal(size=(9, 3)), np.zeros((9, 1))
    )
    assert len(different_samples(linear)) == 3


def test_what_is_kept_has_a_kernel_that_floats_resolve():
    close = np.linspace(-1, 1, 60)[:, None]
    network = _network(close, width=40)
    kept = verify.select(network, samples=different_samples(network))
    values = np.linalg.eigvalsh(FloatNetwork(kept).tangent_kernel(FloatNetwork(kept).initial()))
    assert 3 < kept.sample_count < 60 and values[0] >= 1e-6 * values[-1]
    assert set(different_samples(network, 1e2)) < set(different_samples(network, 1e8))


def test_numbers_that_overflow_keep_nothing():
    huge = verify.from_arrays([[[1e200]], [[1e200]]], None, "identity", [[1e100], [1.0]], [[0.0], [0.0]])
    assert different_samples(huge) == ()
