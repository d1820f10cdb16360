"""Stacked losses and gradients against one network at a time, and against differences."""

from __future__ import annotations

import numpy as np
import pytest

from verify.descent.quadratic_batch import QuadraticBatch


def _instance(frozen):
    rng = np.random.default_rng(4)
    inputs, labels = rng.standard_normal((3, 7, 4)), rng.standard_normal((3, 7))
    weights, outer = rng.standard_normal((3, 2, 4)), rng.standard_normal((3, 2))
    batch = QuadraticBatch(inputs, labels, outer if frozen else None, 2)
    return batch, weights, outer


def _naive(inputs, labels, weights, outer):
    residual = [
        sum(v * (w @ x) ** 2 for v, w in zip(outer, weights, strict=True)) - y
        for x, y in zip(inputs, labels, strict=True)
    ]
    force = sum(r * np.outer(x, x) for r, x in zip(residual, inputs, strict=True)) / len(labels)
    inner = 2 * np.diag(outer) @ weights @ force  # theory (1.1)
    slopes = [sum(r * (w @ x) ** 2 for r, x in zip(residual, inputs, strict=True)) / len(labels) for w in weights]
    return sum(r * r for r in residual) / (2 * len(labels)), np.concatenate([inner.ravel(), slopes])


@pytest.mark.parametrize("frozen", [True, False])
def test_each_row_is_its_own_network(frozen):
    batch, weights, outer = _instance(frozen)
    losses, gradients = batch(batch.packed(weights, outer))
    for b in range(3):
        loss, gradient = _naive(batch.inputs[b], batch.labels[b], weights[b], outer[b])
        assert losses[b] == pytest.approx(loss, rel=1e-12)
        np.testing.assert_allclose(gradients[b], gradient[: gradients.shape[1]], rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("frozen", [True, False])
def test_the_gradient_is_the_derivative(frozen):
    batch, weights, outer = _instance(frozen)
    w = batch.packed(weights, outer)
    _, gradient = batch(w)
    direction = np.random.default_rng(5).standard_normal(w.shape)
    slope = (batch(w + 1e-6 * direction)[0] - batch(w - 1e-6 * direction)[0]) / 2e-6
    np.testing.assert_allclose(slope, (gradient * direction).sum(axis=1), rtol=1e-6)


@pytest.mark.parametrize("frozen", [True, False])
def test_some_of_the_networks(frozen):
    batch, weights, outer = _instance(frozen)
    w, chosen = batch.packed(weights, outer), np.array([True, False, True])
    for part, whole in zip(batch.restricted(chosen)(w[chosen]), batch(w), strict=True):
        np.testing.assert_allclose(part, whole[chosen], rtol=1e-14)
    unpacked = batch.unpacked(w)
    np.testing.assert_array_equal(unpacked[0], weights)
    np.testing.assert_array_equal(unpacked[1], outer)
