"""Gradient descent on ‖Wx‖² with planted labels, through the fourth moments of the data: a step costs O(d⁴)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from certificates.enclosures.quadratic.planted import PlantedQuadratic

__all__ = ["Moments", "descend_planted", "moments_of", "orbit_distance"]

Array = NDArray[np.float64]

_BLOCK_SAMPLES = 4096


@dataclass(frozen=True)
class Moments:
    """(1/m)Σ vech(x_ix_iᵀ)vech(x_ix_iᵀ)ᵀ in float64.

    Parameters
    ----------
    table
        Pairs a ≥ b in the order of ``numpy.tril_indices``.
    dimension
        d.
    """

    table: Array
    dimension: int

    def gradient(self, weights: Array, planted: Array) -> Array:
        """∇𝓛(W) of 𝓛 = (1/4m)Σ(‖Wx_i‖² − ‖W°x_i‖²)²."""
        first, second = np.tril_indices(self.dimension)
        excess = weights.T @ weights - planted.T @ planted
        image = self.table @ (np.where(first == second, 1.0, 2.0) * excess[first, second])
        force = np.empty((self.dimension, self.dimension))
        force[first, second] = force[second, first] = image
        step: Array = weights @ force
        return step


def moments_of(inputs: Array) -> Moments:
    """The moments of the rows of X, summed in blocks."""
    samples, dimension = inputs.shape
    first, second = np.tril_indices(dimension)
    table = np.zeros((len(first), len(first)))
    for start in range(0, samples, _BLOCK_SAMPLES):
        block = inputs[start : start + _BLOCK_SAMPLES]
        products = block[:, first] * block[:, second]
        table += products.T @ products
    return Moments(table / samples, dimension)


def orbit_distance(weights: Array, planted: Array) -> tuple[float, Array]:
    """Min over orthogonal P of ‖PW − W°‖_F, and the P that attains it.

    Examples
    --------
    >>> distance, turn = orbit_distance(np.array([[0.0, 1.0], [1.0, 0.0]]), np.eye(2))
    >>> distance, turn.tolist()
    (0.0, [[0.0, 1.0], [1.0, 0.0]])
    """
    with np.errstate(all="ignore"):  # of a run that diverges
        product = planted @ weights.T
        if not np.isfinite(product).all():
            return float("inf"), np.eye(len(planted))
        left, _, right = np.linalg.svd(product)
        turn: Array = left @ right
        return float(np.linalg.norm(turn @ weights - planted)), turn


def descend_planted(problem: PlantedQuadratic, moments: Moments, step: float, start: Array) -> Iterator[Array]:
    """The iterates W_0, W_1, … of gradient descent on 𝓛 with step μ, without end."""
    weights = np.array(start)
    while True:
        yield weights
        with np.errstate(all="ignore"):  # too large a step diverges; the caller sees it
            weights = weights - step * moments.gradient(weights, problem.planted)
