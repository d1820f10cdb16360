"""Losses of samples against sums written out, and their derivatives against differences."""

from __future__ import annotations

from fractions import Fraction
from math import exp, log

import numpy as np
import pytest

from certificates.subjects import Logistic, SoftmaxCrossEntropy, Squared
from verify.numeric.sample_losses import curvatures, gradients, labels_of, values

ONE = Fraction(1)
OUTPUTS = np.array([[0.1, -2.0], [3.0, 0.5], [-1.0, -1.0], [0.0, 7.0]])
SOFT = np.array([[0.25, 0.75], [1.0, 0.0], [0.5, 0.5], [0.0, 1.0]])
SMOOTH = SoftmaxCrossEntropy(ONE, ((Fraction(3, 4), Fraction(1, 4)), (Fraction(1, 8), Fraction(7, 8))))
WRITTEN_OUT = {
    Squared(ONE): lambda z, q: sum((a - b) ** 2 for a, b in zip(z, q, strict=True)),
    Logistic(ONE): lambda z, q: sum(log(1 + exp(a)) - b * a for a, b in zip(z, q, strict=True)),
    SoftmaxCrossEntropy(ONE): lambda z, q: log(sum(map(exp, z))) - sum(a * b for a, b in zip(z, q, strict=True)),
}


@pytest.mark.parametrize("loss", WRITTEN_OUT)
def test_values(loss):
    wanted = [WRITTEN_OUT[loss](z, q) for z, q in zip(OUTPUTS.tolist(), SOFT.tolist(), strict=True)]
    np.testing.assert_allclose(values(loss, OUTPUTS, SOFT), wanted, rtol=1e-12)


@pytest.mark.parametrize("loss", WRITTEN_OUT)
def test_derivatives_are_those_of_the_values(loss):
    step = 1e-5
    for output in range(2):
        move = step * np.eye(2)[output]
        up, down = OUTPUTS + move, OUTPUTS - move
        slope = (values(loss, up, SOFT) - values(loss, down, SOFT)) / (2 * step)
        np.testing.assert_allclose(gradients(loss, OUTPUTS, SOFT)[:, output], slope, rtol=1e-7, atol=1e-9)
        bend = (gradients(loss, up, SOFT) - gradients(loss, down, SOFT)) / (2 * step)
        np.testing.assert_allclose(curvatures(loss, OUTPUTS)[:, output], bend, rtol=1e-7, atol=1e-9)


def test_classes_stand_for_distributions():
    labels = labels_of(SMOOTH, np.array([[0.0, 1.0], [1.0, 0.0]]), np.dtype(np.float64))
    assert labels.tolist() == [[0.125, 0.875], [0.75, 0.25]]


@pytest.mark.parametrize("gap", [40.0, 300.0, 700.0])
def test_saturated_classes_keep_their_digits(gap):
    """Where p_y rounds to 1, its distance to 1 is what counts: exp(-gap), up to a factor 1 + exp(-gap)."""
    small, z, hard = exp(-gap), np.array([[gap + 3, 3.0]]), np.array([[1.0, 0.0]])
    loss = SoftmaxCrossEntropy(ONE)
    np.testing.assert_allclose(values(loss, z, hard), [small], rtol=1e-12)
    np.testing.assert_allclose(gradients(loss, z, hard), [[-small, small]], rtol=1e-12)
    np.testing.assert_allclose(curvatures(loss, z), [[[small, -small], [-small, small]]], rtol=1e-12)
    one = np.array([[gap]])
    np.testing.assert_allclose(values(Logistic(ONE), one, np.ones((1, 1))), [small], rtol=1e-12)
    np.testing.assert_allclose(gradients(Logistic(ONE), one, np.ones((1, 1))), [[-small]], rtol=1e-12)
    np.testing.assert_allclose(curvatures(Logistic(ONE), one), [[[small]]], rtol=1e-12)
