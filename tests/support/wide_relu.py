"""Gradient descent on a wide ReLU layer under a frozen output, in float64."""

from __future__ import annotations

import numpy as np

from certificates import Network

__all__ = ["Run"]


class Run:
    """Descent with one step size; slopes at 0 are 0."""

    def __init__(self, network: Network, step_size: float, *, together: bool = False) -> None:
        self.x, self.y = network.inputs, network.targets[:, 0]
        self.start = self.w = network.layers[0].weight
        self.v, self.s = network.layers[1].weight[0], float(network.objective.squared_scale)
        self.step_size, self.together, self.time = step_size, together, 0.0

    def residual(self) -> np.ndarray:
        """F(W) − y."""
        return np.maximum(self.x @ self.w.T, 0) @ self.v - self.y

    def loss(self) -> float:
        """f(W)."""
        return self.s * float(np.sum(self.residual() ** 2))

    def step(self) -> tuple[float, float]:
        """(how far the weights are from the start, f) after one more step."""
        active = (self.x @ self.w.T > 0) * self.residual()[:, None]
        self.w = self.w - self.step_size * 2 * self.s * self.v[:, None] * (active.T @ self.x)
        self.time += self.step_size
        lengths = np.linalg.norm(self.w - self.start, axis=1)
        return float(np.linalg.norm(lengths) if self.together else lengths.max()), self.loss()
