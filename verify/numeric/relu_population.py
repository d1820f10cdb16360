"""The population loss of ReLU students of e_1 … e_k in floats: gradient, Hessian, T across the span (4.4)."""

from __future__ import annotations

import numpy as np

from verify.numeric.mlp import Array

__all__ = ["across", "population_gradient", "population_hessian"]


def _angles(weights: Array) -> tuple[Array, Array, Array, Array]:
    """Lengths of students and teachers, the teachers' with −; directions; cos θ and sin θ, (n, n + k)."""
    count, k = weights.shape
    lengths = np.linalg.norm(weights, axis=1)
    directions = np.vstack([weights / lengths[:, None], np.eye(k)])
    cosines = np.clip(directions[:count] @ directions.T, -1.0, 1.0)
    np.fill_diagonal(cosines, 1.0)
    return np.concatenate([lengths, -np.ones(k)]), directions, cosines, np.sqrt(1.0 - cosines**2)


def across(weights: Array) -> tuple[Array, Array]:
    """T (n, n) and B (n, k) of ∇F(W) = T W − B.

    Examples
    --------
    >>> across(np.array([[1.0, 0.0], [0.0, 1.0]]))[1].tolist()
    [[0.5, 0.25], [0.25, 0.5]]
    """
    count = len(weights)
    lengths, _, cosines, sines = _angles(weights)
    shares = (np.pi - np.arccos(cosines)) / (2.0 * np.pi)
    matrix = shares[:, :count].copy()
    np.fill_diagonal(matrix, 0.5 + sines @ lengths / (2.0 * np.pi * lengths[:count]))
    return matrix, shares[:, count:]


def population_gradient(weights: Array) -> Array:
    """∇F(W), (n, k)."""
    matrix, pulls = across(weights)
    gradient: Array = matrix @ weights - pulls
    return gradient


def population_hessian(weights: Array) -> Array:
    """∇²F(W), (nk, nk); not finite where units are parallel."""
    count, k = weights.shape
    lengths, directions, cosines, sines = _angles(weights)
    matrix, mine = across(weights)[0], directions[:count]
    np.fill_diagonal(sines, 1.0)
    with np.errstate(all="ignore"):
        crossed = 1.0 / (2.0 * np.pi * sines)
        blocks = np.empty((count, k, count, k))
        for i in range(count):
            product = mine[i][:, None] * mine[:, None, :]
            squares = mine[:, :, None] * mine[:, None, :]
            row = (
                matrix[i][:, None, None] * np.eye(k)
                + crossed[i, :count, None, None] * (product + product.transpose(0, 2, 1))
                - (cosines * crossed)[i, :count, None, None] * (squares + squares[i])
            )
            scales = lengths / lengths[i] * crossed[i]
            scales[i] = 0.0
            bent = directions - cosines[i][:, None] * mine[i]
            row[i] = matrix[i, i] * np.eye(k) - (matrix[i, i] - 0.5) * squares[i] + (bent.T * scales) @ bent
            blocks[i] = row.transpose(1, 0, 2)
    return blocks.reshape(count * k, count * k)
