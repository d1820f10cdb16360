"""Tensors of moments against the Hermite tensors of every sample, written out by derivatives of the density."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

from tests.twins.hermite import hermite_tensor as exact_tensor
from tests.twins.isserlis import coordinates
from verify.experiments.zhong_2017.label_moments import hermite_tensor, moments


class _Given:
    """Samples in blocks of two."""

    def __init__(self, inputs, labels):
        self.inputs, self.labels = inputs, labels

    def blocks(self, count):
        for start in range(0, count, 2):
            yield self.inputs[start : min(start + 2, count)], self.labels[start : min(start + 2, count)]


def _drawn(dimension):
    rng = np.random.default_rng(dimension)
    return _Given(rng.normal(size=(5, dimension)), rng.normal(size=5))


def _mean(given, order, basis):
    """The mean of y He_j(Uᵀx), one sample at a time."""
    size = basis.shape[1]
    form = sp.lambdify(list(coordinates(size)), sp.flatten(exact_tensor(order, size)))
    found = [y * np.array(form(*(basis.T @ x)), dtype=float) for x, y in zip(given.inputs, given.labels, strict=True)]
    return np.mean(found, axis=0).reshape((size,) * order)


@pytest.mark.parametrize("order", [3, 4])
@pytest.mark.parametrize(("dimension", "size"), [(2, 2), (3, 2), (3, 1)])
def test_every_entry_is_that_of_the_samples(order, dimension, size):
    given = _drawn(dimension)
    basis = np.linalg.qr(np.random.default_rng(0).normal(size=(dimension, size)))[0]
    found = hermite_tensor(given, 5, basis, order, moments(given, 5).projected(basis))
    assert found == pytest.approx(_mean(given, order, basis), abs=1e-12)
    assert found == pytest.approx(found.transpose(tuple(reversed(range(order)))), abs=1e-12)


def test_the_second_moment_is_centred_by_the_mean():
    given = _drawn(2)
    assert moments(given, 5).hermite == pytest.approx(_mean(given, 2, np.eye(2)), abs=1e-12)
    assert moments(given, 3).mean == pytest.approx(np.mean(given.labels[:3]))
