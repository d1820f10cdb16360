"""The losses of single samples as functions of the outputs z: values, gradients, curvatures, without the scale.

They keep their digits where a class or a label saturates: 1 − p_y is the sum of the other p_c.
"""

from __future__ import annotations

from typing import Any, assert_never

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from certificates.subjects import Logistic, Loss, SoftmaxCrossEntropy, Squared
from verify.numeric.activations import rational

__all__ = ["curvatures", "gradients", "labels_of", "values"]

Array = NDArray[Any]


def labels_of(loss: Loss, targets: Array, dtype: np.dtype[Any]) -> Array:
    """The y_i or q_i that targets stand for, (n, o)."""
    if not isinstance(loss, SoftmaxCrossEntropy) or not loss.class_labels:
        return np.asarray(targets, dtype)
    rows = np.array([[rational(entry, dtype) for entry in row] for row in loss.class_labels], dtype)
    return np.asarray(rows[targets.argmax(axis=1)])


def values(loss: Loss, outputs: Array, labels: Array) -> Array:
    """ℓ_i, (n,).

    Examples
    --------
    >>> from fractions import Fraction
    >>> far = values(SoftmaxCrossEntropy(Fraction(1)), np.array([[90.0, 0.0]]), np.array([[1.0, 0.0]]))
    >>> f"{far[0]:.3g}"
    '8.19e-40'
    """
    match loss:
        case Squared():
            found = np.sum((outputs - labels) ** 2, axis=1)
        case Logistic():
            terms = (1 - labels) * np.logaddexp(0, outputs) + labels * np.logaddexp(0, -outputs)
            found = np.sum(terms, axis=1)
        case SoftmaxCrossEntropy():
            below, lead = _below(outputs)
            exponentials = np.exp(below)
            np.put_along_axis(exponentials, lead, 0, axis=1)
            found = np.log1p(exponentials.sum(axis=1)) - np.sum(np.where(labels == 0, 0, labels * below), axis=1)
        case _:
            assert_never(loss)
    return np.asarray(found)


def gradients(loss: Loss, outputs: Array, labels: Array) -> Array:
    """g_i, (n, o)."""
    match loss:
        case Squared():
            return 2 * (outputs - labels)
        case Logistic():
            return np.asarray((1 - labels) * expit(outputs) - labels * expit(-outputs))
        case SoftmaxCrossEntropy():
            probabilities, _, lead = _softmax(outputs)
            found = probabilities - labels
            np.put_along_axis(found, lead, 0, axis=1)  # the sum over classes is 0
            np.put_along_axis(found, lead, -found.sum(axis=1, keepdims=True), axis=1)
            return found
    assert_never(loss)


def curvatures(loss: Loss, outputs: Array) -> Array:
    """P_i, (n, o, o)."""
    samples, count = outputs.shape
    found = np.zeros((samples, count, count), outputs.dtype)
    diagonal = np.arange(count)
    match loss:
        case Squared():
            found[:, diagonal, diagonal] = 2
        case Logistic():
            found[:, diagonal, diagonal] = expit(outputs) * expit(-outputs)
        case SoftmaxCrossEntropy():
            probabilities, complements, _ = _softmax(outputs)
            found -= probabilities[:, :, None] * probabilities[:, None, :]
            found[:, diagonal, diagonal] = probabilities * complements
        case _:
            assert_never(loss)
    return found


def _below(outputs: Array) -> tuple[Array, Array]:
    """z − max z, and where the maximum is, (n, 1)."""
    lead = outputs.argmax(axis=1)[:, None]
    return outputs - np.take_along_axis(outputs, lead, axis=1), lead


def _softmax(outputs: Array) -> tuple[Array, Array, Array]:
    """p, 1 − p, and the leading class, (n, 1)."""
    below, lead = _below(outputs)
    exponentials = np.exp(below)
    np.put_along_axis(exponentials, lead, 0, axis=1)
    others = exponentials.sum(axis=1, keepdims=True)
    probabilities = exponentials / (1 + others)
    complements = 1 - probabilities
    np.put_along_axis(probabilities, lead, 1 / (1 + others), axis=1)
    np.put_along_axis(complements, lead, others / (1 + others), axis=1)
    return probabilities, complements, lead
