"""The losses of many networks of one hidden layer at once, both layers trained, by stacked matrix products."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from verify.numeric.activations import ValueAndSlope

__all__ = ["ShallowBatch"]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ShallowBatch:
    """L = ‖φ(XWᵀ)v − y‖²/(2n) for b networks of the same shape; the parameters are (W, v).

    Parameters
    ----------
    inputs
        X, (b, n, d).
    labels
        y, (b, n).
    units
        k.
    activation
        φ and φ'.
    """

    inputs: Array
    labels: Array
    units: int
    activation: ValueAndSlope

    def packed(self, weights: Array, outer: Array) -> Array:
        """Parameters as rows, (b, kd + k), from W (b, k, d) and v (b, k)."""
        return np.concatenate([weights.reshape(weights.shape[0], -1), outer], axis=1)

    def unpacked(self, parameters: Array) -> tuple[Array, Array]:
        """W and v of rows of parameters."""
        size = self.units * self.inputs.shape[2]
        return parameters[:, :size].reshape(parameters.shape[0], self.units, -1), parameters[:, size:]

    def restricted(self, chosen: NDArray[np.bool_]) -> ShallowBatch:
        """The same for some of the networks."""
        return ShallowBatch(self.inputs[chosen], self.labels[chosen], self.units, self.activation)

    def __call__(self, parameters: Array) -> tuple[Array, Array]:
        """Losses (b,) and gradients, in the shape of the parameters."""
        weights, outer = self.unpacked(parameters)
        samples = self.labels.shape[1]
        value, slope = self.activation(weights @ self.inputs.transpose(0, 2, 1))  # (b, k, n)
        residual = (outer[:, None, :] @ value)[:, 0] - self.labels
        loss = np.einsum("bn,bn->b", residual, residual) / (2 * samples)
        pulled = slope * residual[:, None, :] * (outer / samples)[:, :, None]
        inner = (pulled @ self.inputs).reshape(parameters.shape[0], -1)
        return loss, np.concatenate([inner, (value @ residual[:, :, None])[:, :, 0] / samples], axis=1)
