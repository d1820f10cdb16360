"""Derivatives along straight lines in weight space, by Taylor series in float64: exact Hessians by another route.

The objective's second derivative along w + td comes from the series of the outputs and of log(1 + Σ e^{z_c − z_*}),
with * the leading class: no digit of a saturated softmax is lost. A Hessian is polarised from p(p + 1)/2 such lines.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from certificates import Network
from certificates.subjects import Logistic, SoftmaxCrossEntropy, Squared
from tests.support.naive import ACTIVATIONS, unflatten
from tests.twins.curvature_forms import THIRD

__all__ = ["hessian_by_lines", "layer_series", "loss_second"]


def layer_series(network: Network, w: np.ndarray, directions: np.ndarray, name: str) -> list[list[np.ndarray]]:
    """z_ℓ and its first three derivatives along each direction, (m, n, d_ℓ), for every layer."""
    functions = (*ACTIVATIONS[name], THIRD[name])
    weights = unflatten(network, w)
    moves = [unflatten(network, d) for d in directions]
    count = len(directions)
    hidden = [np.broadcast_to(network.inputs, (count, *network.inputs.shape))] + [
        np.zeros((count, *network.inputs.shape))
    ] * 3
    found = []
    for index, (weight, bias) in enumerate(weights):
        trained = network.layers[index].trained
        moved = np.array([move[index][0] for move in moves]) if trained else np.zeros((count, *weight.shape))
        z = [h @ weight.T for h in hidden]
        for k in (1, 2, 3):
            z[k] = z[k] + k * hidden[k - 1] @ moved.transpose(0, 2, 1)
        if bias is not None:
            z[0] = z[0] + bias
            if trained:
                z[1] = z[1] + np.array([move[index][1] for move in moves])[:, None]
        found.append(z)
        value, slope, bend, third = (f(z[0]) for f in functions)
        hidden = [
            value,
            slope * z[1],
            bend * z[1] ** 2 + slope * z[2],
            third * z[1] ** 3 + 3 * bend * z[1] * z[2] + slope * z[3],
        ]
    return found


def loss_second(network: Network, z: list[np.ndarray]) -> np.ndarray:
    """The second derivative of Σ ω_i ℓ_i along each line."""
    loss, targets = network.objective.loss, network.given_targets
    weights = network.objective.sample_weights or (Fraction(1),) * network.sample_count
    omega = np.array([float(weight * loss.scale) for weight in weights])
    if isinstance(loss, Squared):
        each = 2 * z[1] ** 2 + 2 * (z[0] - targets) * z[2]
        return each.sum(axis=2) @ omega
    if isinstance(loss, Logistic):
        sign = np.where(z[0] > 0, -1.0, 1.0)  # log(1 + e^z) = max(z, 0) + log(1 + e^{−|z|})
        each = _log1p_second([np.exp(sign * z[0])], [sign * z[1]], [sign * z[2]])
        each = each + np.where(z[0] > 0, 1 - targets, -targets) * z[2]
        return each.sum(axis=2) @ omega
    assert isinstance(loss, SoftmaxCrossEntropy)
    labels = targets
    if loss.class_labels:
        labels = np.array([[float(x) for x in row] for row in loss.class_labels])[targets.argmax(axis=1)]
    lead = z[0].argmax(axis=2)[..., None]
    d = [c - np.take_along_axis(c, lead, axis=2) for c in z]
    others = np.arange(z[0].shape[2]) != lead
    powers = np.where(others, np.exp(d[0]), 0.0)
    columns = range(z[0].shape[2])
    series = [[part[..., c] for c in columns] for part in (powers, d[1], d[2])]
    return (_log1p_second(*series) - (labels * d[2]).sum(axis=2)) @ omega


def _log1p_second(powers: list, slopes: list, bends: list) -> np.ndarray:
    """(log(1 + Σ e^{d_c}))'' from e^{d_c}, d_c', d_c''."""
    total = sum(powers)
    first = sum(e * a for e, a in zip(powers, slopes, strict=True))
    second = sum(e * (b + a * a) for e, a, b in zip(powers, slopes, bends, strict=True))
    return second / (1 + total) - (first / (1 + total)) ** 2


def hessian_by_lines(network: Network, w: np.ndarray, name: str) -> np.ndarray:
    """The Hessian of the losses' sum, without penalties."""
    size = len(w)
    rows, columns = np.triu_indices(size, 1)
    eye = np.eye(size)
    directions = np.vstack([eye, eye[rows] + eye[columns]])
    second = loss_second(network, layer_series(network, w, directions, name)[-1])
    found = np.diag(second[:size])
    found[rows, columns] = found[columns, rows] = (second[size:] - second[rows] - second[columns]) / 2
    return found
