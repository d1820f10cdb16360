"""The value of any objective in float64: a loss of the outputs, weights of samples, penalties."""

from __future__ import annotations

from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from certificates.subjects import Decay, Logistic, Loss, Network, SoftmaxCrossEntropy, Squared

__all__ = ["objective_value"]

Array = NDArray[np.float64]


def objective_value(network: Network, outputs: Array, targets: Array) -> float:
    """F(w) at the given weights.

    Parameters
    ----------
    network
        The problem.
    outputs, targets
        What it computes there, and its labels, given or planted, (n, o).

    Examples
    --------
    >>> import verify
    >>> half = verify.from_arrays([[[1.0]], [[1.0]]], None, "tanh", [[1.0], [2.0]], [[0.5], [1.0]], loss="half-sum")
    >>> objective_value(half, np.array([[1.5], [3.0]]), half.targets)
    2.5
    """
    objective = network.objective
    with np.errstate(all="ignore"):  # an infinite loss is an answer
        terms = _sample_losses(objective.loss, outputs, targets)
        weights = np.array([float(weight) for weight in objective.sample_weights] or 1.0)
        value = float(objective.loss.scale) * float(np.sum(weights * terms))
        return value + sum(_penalty(network, decay) for decay in objective.decay)


def _sample_losses(loss: Loss, outputs: Array, targets: Array) -> Array:
    """ℓ_i without the scale, (n,)."""
    match loss:
        case Squared():
            found = np.sum((outputs - targets) ** 2, axis=1)
        case Logistic():
            found = np.sum(np.logaddexp(0, outputs) - targets * outputs, axis=1)
        case SoftmaxCrossEntropy():
            rows = np.array([[float(entry) for entry in row] for row in loss.class_labels])
            labels = targets @ rows if loss.class_labels else targets
            found = np.logaddexp.reduce(outputs, axis=1) - np.sum(labels * outputs, axis=1)
        case _:
            assert_never(loss)
    return np.asarray(found)


def _penalty(network: Network, decay: Decay) -> float:
    _, index, name = decay.tensor.split(".")
    tensor = getattr(network.layers[int(index)], name)
    return float(decay.rate) / 2 * float(np.sum((tensor - (0 if decay.centre is None else decay.centre)) ** 2))
