"""The losses of many quadratic networks at once, by stacked matrix products."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["QuadraticBatch"]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class QuadraticBatch:
    """L = ‖q − y‖²/(2n) with q_i = Σ_l v_l (w_l·x_i)², for b networks of the same shape.

    Parameters
    ----------
    inputs
        X, (b, n, d).
    labels
        y, (b, n).
    outer
        v, (b, k), when it is frozen; ``None`` when gradient descent moves it: then the parameters are (W, v).
    units
        k.
    """

    inputs: Array
    labels: Array
    outer: Array | None
    units: int

    def packed(self, weights: Array, outer: Array) -> Array:
        """Parameters as rows, (b, kd) or (b, kd + k), from W (b, k, d) and v (b, k)."""
        flat = weights.reshape(weights.shape[0], -1)
        return flat.copy() if self.outer is not None else np.concatenate([flat, outer], axis=1)

    def unpacked(self, parameters: Array) -> tuple[Array, Array]:
        """W and v of rows of parameters."""
        count, size = parameters.shape[0], self.units * self.inputs.shape[2]
        weights = parameters[:, :size].reshape(count, self.units, -1)
        return weights, parameters[:, size:] if self.outer is None else self.outer

    def restricted(self, chosen: NDArray[np.bool_]) -> QuadraticBatch:
        """The same for some of the networks."""
        outer = None if self.outer is None else self.outer[chosen]
        return QuadraticBatch(self.inputs[chosen], self.labels[chosen], outer, self.units)

    def __call__(self, parameters: Array) -> tuple[Array, Array]:
        """Losses (b,) and gradients, in the shape of the parameters."""
        weights, outer = self.unpacked(parameters)
        samples = self.labels.shape[1]
        hidden = weights @ self.inputs.transpose(0, 2, 1)
        squares = hidden * hidden
        residual = (outer[:, None, :] @ squares)[:, 0] - self.labels
        loss = np.einsum("bn,bn->b", residual, residual) / (2 * samples)
        hidden *= residual[:, None, :]
        inner = (2 / samples) * outer[:, :, None] * (hidden @ self.inputs)
        flat = inner.reshape(parameters.shape[0], -1)
        if self.outer is not None:
            return loss, flat
        return loss, np.concatenate([flat, (squares @ residual[:, :, None])[:, :, 0] / samples], axis=1)
