"""The objective of a network with one hidden layer of two-slope units, as a function of weights and slopes.

With the slope of every unit on every sample prescribed, the outputs are bilinear in the two layers: f_θ of theory 6.7.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from certificates.enclosures.objectives.kinks import Sides, extended_inputs
from certificates.subjects import Dense, Network
from verify.numeric.sample_losses import curvatures, gradients, labels_of, values
from verify.numeric.smooth_objective import penalties

__all__ = ["Array", "Bilinear"]

Array = NDArray[np.float64]


class Bilinear:
    """F_i = V (s_i ∘ W̃x̃_i), its objective, gradient and Hessian in the flat vector of both layers.

    Parameters
    ----------
    network
        One hidden layer, both layers trained.
    sides
        The slopes of its units.
    """

    def __init__(self, network: Network, sides: Sides) -> None:
        self.network = network
        self.low, self.jump = float(sides.low), float(sides.jump)
        hidden, outer = network.layers
        self.samples: Array = extended_inputs(network)
        self._biased = outer.bias is not None
        self.inner, at = _indices(hidden.weight.shape, hidden.bias is not None, 0)
        self.outer, self.size = _indices(outer.weight.shape, self._biased, at)
        self.units = len(hidden.weight)
        rates, centre = penalties(network)
        self.rates, self._centre = rates.astype(np.float64), centre.astype(np.float64)
        objective = network.objective
        weights = objective.sample_weights or (Fraction(1),) * network.sample_count
        self._weights = np.array([float(objective.loss.scale * weight) for weight in weights])
        self._loss = objective.loss
        self._labels = labels_of(objective.loss, network.given_targets, np.dtype(np.float64))

    def initial(self) -> Array:
        """The weights as given, flat."""
        parts = [
            part.ravel() for layer in self.network.layers for part in (layer.weight, layer.bias) if part is not None
        ]
        return np.concatenate(parts)

    def with_weights(self, w: Array) -> Network:
        """The problem with these weights."""
        hidden, outer = self.network.layers
        columns = hidden.weight.shape[1]
        inner, last = w[self.inner], w[self.outer]
        first = Dense(inner[:, :columns].copy(), None if hidden.bias is None else inner[:, columns].copy())
        second = Dense(last[:, : self.units].copy(), None if outer.bias is None else last[:, self.units].copy())
        return replace(self.network, layers=(first, second))

    # ---- values ---------------------------------------------------------------------------------------------

    def inputs_of_units(self, w: Array) -> Array:
        """U, (n, units)."""
        return self.samples @ w[self.inner].T

    def outer_weights(self, w: Array) -> Array:
        """V, (o, units)."""
        return w[self.outer][:, : self.units]

    def outputs(self, w: Array, hidden: Array) -> Array:
        """F, (n, o), given the hidden layer's values."""
        return self._with_ones(hidden) @ w[self.outer].T

    def _with_ones(self, hidden: Array) -> Array:
        return np.hstack([hidden, np.ones((len(hidden), 1))]) if self._biased else hidden

    def value(self, w: Array, hidden: Array) -> float:
        """The objective, given the hidden layer's values."""
        terms = values(self._loss, self.outputs(w, hidden), self._labels)
        return float(self._weights @ terms + self.rates @ (w - self._centre) ** 2 / 2)

    # ---- derivatives for prescribed slopes -------------------------------------------------------------------

    def pulls(self, w: Array, hidden: Array) -> Array:
        """ω_i g_i, (n, o)."""
        return self._weights[:, None] * gradients(self._loss, self.outputs(w, hidden), self._labels)

    def gradient(self, w: Array, hidden: Array, slopes: Array) -> Array:
        """∇f, given the hidden layer's values and its slopes."""
        g = self.pulls(w, hidden)
        found: Array = self.rates * (w - self._centre)
        found[self.outer] += g.T @ self._with_ones(hidden)
        found[self.inner] += ((g @ self.outer_weights(w)) * slopes).T @ self.samples
        return found

    def hessian(self, w: Array, slopes: Array) -> Array:
        """∇²f_θ, dense."""
        ones = self._with_ones(slopes * self.inputs_of_units(w))
        z = ones @ w[self.outer].T
        g = self._weights[:, None] * gradients(self._loss, z, self._labels)
        curved = self._weights[:, None, None] * curvatures(self._loss, z)
        found = np.diag(self.rates)
        self._add_inner(found, self.outer_weights(w), slopes, curved)
        pulled = curved @ self.outer_weights(w)  # (n, o, units)
        for c in range(z.shape[1]):
            for b in range(z.shape[1]):
                found[np.ix_(self.outer[c], self.outer[b])] += (ones * curved[:, c, b, None]).T @ ones
            for k in range(self.units):
                block = (ones * (pulled[:, c, k] * slopes[:, k])[:, None]).T @ self.samples
                block[k] += (g[:, c] * slopes[:, k]) @ self.samples
                found[np.ix_(self.outer[c], self.inner[k])] += block
                found[np.ix_(self.inner[k], self.outer[c])] += block.T
        return found

    def _add_inner(self, found: Array, v: Array, slopes: Array, curved: Array) -> None:
        """X̃ᵀ diag(ω v_kᵀPv_m s_k s_m) X̃ for each pair of units."""
        pulled = curved @ v
        for k in range(self.units):
            for m in range(k + 1):
                weight = (pulled[:, :, m] @ v[:, k]) * slopes[:, k] * slopes[:, m]
                block = (self.samples * weight[:, None]).T @ self.samples
                found[np.ix_(self.inner[k], self.inner[m])] += block
                if m < k:
                    found[np.ix_(self.inner[m], self.inner[k])] += block.T


def _indices(shape: tuple[int, int], biased: bool, start: int) -> tuple[NDArray[np.intp], int]:
    """Where a layer's [W, b] stands in the flat vector, and where the next begins."""
    rows, columns = shape
    weight = start + np.arange(rows * columns).reshape(rows, columns)
    end = start + rows * columns
    if not biased:
        return weight, end
    return np.hstack([weight, end + np.arange(rows)[:, None]]), end + rows
