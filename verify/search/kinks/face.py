"""Weights with some units held at their kinks: the smooth face on which Newton's method moves (theory 6.7)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from verify.search.kinks.bilinear import Array, Bilinear

__all__ = ["Face", "Held", "Look"]

Held = NDArray[np.bool_]

_RANK = 1e-10


@dataclass(frozen=True)
class Look:
    """What is seen from a face.

    Parameters
    ----------
    gradient
        ∇f_θ.
    basis
        Orthonormal columns that span ker C.
    values, vectors
        Eigenvalues and eigenvectors of the Hessian on ker C.
    slope
        The gradient on ker C, in the basis.
    rates
        κ, (n, units).
    shares
        The θ at which ∇f_θ has no part across the kinks, (n, units); 0 off them.
    """

    gradient: Array
    basis: Array
    values: Array
    vectors: Array
    slope: Array
    rates: Array
    shares: Array

    @property
    def size(self) -> float:
        """‖Π∇f‖."""
        return float(np.linalg.norm(self.slope))

    def loose(self, held: Held) -> Held:
        """The kinks that do not hold their unit: κ ≤ 0, or θ outside (0, 1)."""
        found: Held = held & ((self.rates <= 0) | (self.shares <= 0) | (self.shares >= 1))
        return found

    def newton(self, floor: float = 1e-10) -> Array:
        """A Newton step along the face, upwards nowhere."""
        safe = np.maximum(np.abs(self.values), floor * max(1e-300, float(np.abs(self.values).max())))
        step: Array = -self.basis @ (self.vectors @ ((self.vectors.T @ self.slope) / safe))
        return step


class Face:
    """Weights, the pairs that are held, and the side of all others.

    Parameters
    ----------
    net
        The objective.
    weights
        w, flat; projected onto ker C.
    held
        A, (n, units).
    """

    def __init__(self, net: Bilinear, weights: Array, held: Held) -> None:
        self.net, self.weights, self.held = net, weights.copy(), held.copy()
        self.above = net.inputs_of_units(weights) > 0
        self.shares = np.where(held, 0.5, 0.0)
        self.project()

    def project(self) -> None:
        """Move w onto ker C, unit by unit; twice, for the last digits."""
        for unit in np.flatnonzero(self.held.any(axis=0)):
            rows, at = self.net.samples[self.held[:, unit]], self.net.inner[unit]
            for _ in range(2):
                self.weights[at] -= np.linalg.lstsq(rows, rows @ self.weights[at], rcond=_RANK)[0]

    def hold(self, sample: int, unit: int) -> None:
        """Hold one more pair."""
        self.held[sample, unit], self.shares[sample, unit] = True, 0.5
        self.project()

    def release(self, sample: int, unit: int, *, upwards: bool) -> None:
        """Let a pair go to one side."""
        self.held[sample, unit], self.shares[sample, unit] = False, 0.0
        self.above[sample, unit] = upwards

    def inputs_of_units(self, w: Array) -> Array:
        """U, exactly 0 where held."""
        return np.where(self.held, 0.0, self.net.inputs_of_units(w))

    def slopes(self) -> Array:
        """Of f_θ."""
        return self.net.low + self.net.jump * np.where(self.held, self.shares, self.above)

    def gradient_at(self, w: Array) -> Array:
        """∇f_θ on the face."""
        slopes = self.slopes()
        return self.net.gradient(w, slopes * self.inputs_of_units(w), slopes)

    def value_at(self, w: Array) -> float:
        """f on the face, on these sides."""
        return self.net.value(w, self.slopes() * self.inputs_of_units(w))

    def look(self) -> Look:
        """Derivatives, curvature and multipliers."""
        gradient, basis = self.gradient_at(self.weights), self._basis()
        values, vectors = np.linalg.eigh(basis.T @ self.net.hessian(self.weights, self.slopes()) @ basis)
        hidden = self.slopes() * self.inputs_of_units(self.weights)
        rates = self.net.jump * (self.net.pulls(self.weights, hidden) @ self.net.outer_weights(self.weights))
        missed = np.divide(self._multipliers(gradient), rates, out=np.zeros(rates.shape), where=rates != 0)
        shares = np.where(self.held, self.shares - missed, 0.0)
        return Look(gradient, basis, values, vectors, basis.T @ gradient, rates, shares)

    def _basis(self) -> Array:
        kept = []
        for unit in range(self.net.units):
            rows, at = self.net.samples[self.held[:, unit]], self.net.inner[unit]
            kept.append(_embedded(self.net.size, at, _null_space(rows)))
        rest = np.setdiff1d(np.arange(self.net.size), self.net.inner.ravel())
        return np.hstack([*kept, _embedded(self.net.size, rest, np.eye(len(rest)))])

    def _multipliers(self, gradient: Array) -> Array:
        """ν with Cᵀν the part of the gradient across the kinks, (n, units)."""
        found = np.zeros(self.held.shape)
        for unit in np.flatnonzero(self.held.any(axis=0)):
            chosen = self.held[:, unit]
            rows = self.net.samples[chosen]
            found[chosen, unit] = np.linalg.lstsq(rows.T, gradient[self.net.inner[unit]], rcond=_RANK)[0]
        return found


def _null_space(rows: Array) -> Array:
    if not len(rows):
        return np.eye(rows.shape[1])
    _, singular, right = np.linalg.svd(rows)
    rank = int((singular > _RANK * singular[0]).sum())
    null: Array = right[rank:].T
    return null


def _embedded(size: int, at: NDArray[np.intp], columns: Array) -> Array:
    found = np.zeros((size, columns.shape[1]))
    found[at] = columns
    return found
