"""Directions in which an objective bends down at given weights: eigenvectors of its Hessian, in floats."""

from __future__ import annotations

import numpy as np
from scipy.linalg import LinAlgError, eigh
from scipy.sparse.linalg import ArpackNoConvergence, LinearOperator, eigsh

from verify.numeric.mlp import Array
from verify.numeric.smooth_objective import FloatObjective

__all__ = ["lowest_eigenvector"]

_DENSE = 2_500  # parameters up to which the whole Hessian is formed
_STEP = 2.0**-20  # of a difference of gradients, relative to the weights


def lowest_eigenvector(objective: FloatObjective, weights: Array) -> tuple[float, Array] | None:
    """λ_min(∇²f(w)) and a unit eigenvector, approximately; ``None`` where numbers overflow or nothing converges."""
    try:
        found = _dense(objective, weights) if len(weights) <= _DENSE else _by_gradients(objective, weights)
    except (LinAlgError, ArpackNoConvergence, ValueError):
        return None
    value, vector = found
    return (value, vector) if np.isfinite(value) and np.isfinite(vector).all() and vector.any() else None


def _dense(objective: FloatObjective, weights: Array) -> tuple[float, Array]:
    values, vectors = eigh(objective.hessian(weights), subset_by_index=[0, 0])
    return float(values[0]), vectors[:, 0]


def _by_gradients(objective: FloatObjective, weights: Array) -> tuple[float, Array]:
    """Lanczos with differences of gradients: no matrix is formed."""
    size = len(weights)
    scale = _STEP * max(1.0, float(np.linalg.norm(weights)))

    def product(vector: Array) -> Array:
        length = float(np.linalg.norm(vector))
        if length == 0:
            return np.zeros(size)
        step = scale / length * vector.ravel()
        moved: Array = (objective.gradient(weights + step) - objective.gradient(weights - step)) * (length / 2 / scale)
        return moved.astype(np.float64)

    operator = LinearOperator((size, size), matvec=product, dtype=np.float64)
    start = np.random.default_rng(0).normal(size=size)
    values, vectors = eigsh(operator, k=1, which="SA", v0=start, tol=1e-4, maxiter=20 * 20)
    return float(values[0]), vectors[:, 0]
