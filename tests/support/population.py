"""Population Hessians in the plane by other routes: a rule on a grid, and arcs for homogeneous slopes."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
from scipy.special import erf, expit

__all__ = ["HOMOGENEOUS", "SMOOTH", "isometric", "planar_forms", "smallest_curvature"]

Array = Any


def _mish(z: Array) -> Array:
    t = np.tanh(np.logaddexp(0, z))
    return t + z * (1 - t * t) * expit(z)


SMOOTH: dict[str, Callable[[Array], Array]] = {
    "tanh": lambda z: 1 / np.cosh(z) ** 2,
    "sigmoid": lambda z: expit(z) * expit(-z),
    "softplus(1)": expit,
    "softplus(2)": lambda z: expit(2 * z),
    "erf0": lambda z: np.exp(-z * z),
    "erf": lambda z: 2 / math.sqrt(math.pi) * np.exp(-z * z),
    "gelu": lambda z: (1 + erf(z / math.sqrt(2))) / 2 + z * np.exp(-z * z / 2) / math.sqrt(2 * math.pi),
    "silu": lambda z: expit(z) + z * expit(z) * expit(-z),
    "mish": _mish,
    "arctan": lambda z: 1 / (1 + z * z),
    "smooth_leaky_relu(1/10)": lambda z: 0.1 + 0.9 * expit(z),
    "sin": np.cos,
    "identity": np.ones_like,
    "quadratic": lambda z: 2 * z,
}
"""φ' of the catalogue's smooth entries."""

HOMOGENEOUS: dict[str, tuple[int, Callable[[Array], Array]]] = {
    "relu": (0, lambda z: (z > 0) * 1.0),
    "leaky_relu(1/100)": (0, lambda z: np.where(z > 0, 1.0, 0.01)),
    "leaky_relu(3)": (0, lambda z: np.where(z > 0, 1.0, 3.0)),
    "squared_relu": (1, lambda z: 2 * np.maximum(z, 0)),
}
"""Degree of φ', and φ'."""

_ROTATION = ((2, 1, 2), (-2, 2, 1))  # thirds: two orthonormal rows of space


def isometric(rows: Any, dimension: int) -> tuple[tuple[Fraction, ...], ...]:
    """Rows of the plane in another dimension, with the same inner products; on the line their first coordinates."""
    if dimension == 1:
        return tuple((row[0],) for row in rows)
    if dimension == 2:
        return tuple(tuple(row) for row in rows)
    return tuple(tuple(sum(row[a] * Fraction(_ROTATION[a][p], 3) for a in (0, 1)) for p in range(3)) for row in rows)


def planar_forms(name: str, rows: Any, outer: Any, step: float = 1 / 8) -> tuple[Array, Array]:
    """E[sᵢsⱼ xxᵀ] as a (2k, 2k) matrix and E[sᵢsⱼ] as a (k, k) one, sⱼ = vⱼφ'(wⱼ·x), in floats.

    To 1e-13 or so of rows up to 1.5 long; of rows up to 3 with half the step.
    """
    w, v = np.array(rows, dtype=float), np.array(outer, dtype=float)
    if name in HOMOGENEOUS:
        degree, slope = HOMOGENEOUS[name]
        points, weights = _arcs(w)
        radial = [2.0 ** (q // 2) * math.factorial(q // 2) for q in (2 * degree + 3, 2 * degree + 1)]
    else:
        slope, (points, weights), radial = SMOOTH[name], _grid(step), [1.0, 1.0]
    slopes = v * slope(points @ w.T)
    jacobian = (slopes[:, :, None] * points[:, None, :]).reshape(len(points), -1)
    weighted = weights[:, None]
    return radial[0] * jacobian.T @ (jacobian * weighted), radial[1] * slopes.T @ (slopes * weighted)


def smallest_curvature(name: str, rows: Any, outer: Any, dimension: int, step: float = 1 / 8) -> tuple[float, float]:
    """λ_min in a dimension of :func:`isometric` rows, and the largest eigenvalue."""
    whole, plain = planar_forms(name, rows, outer, step)
    if dimension == 1:
        whole = whole[::2, ::2]
    values = np.linalg.eigvalsh(whole)
    across = np.linalg.eigvalsh(plain) if dimension > 2 else values
    return min(values[0], across[0]), max(values[-1], across[-1])


def _grid(step: float) -> tuple[Array, Array]:
    """The trapezoidal rule in the plane."""
    line = np.arange(-round(9 / step), round(9 / step) + 1) * step
    points = np.stack(np.meshgrid(line, line, indexing="ij"), axis=-1).reshape(-1, 2)
    return points, step * step / (2 * math.pi) * np.exp(-(points**2).sum(axis=1) / 2)


def _arcs(w: Array) -> tuple[Array, Array]:
    """Gauss's rule for the angle between kinks."""
    turns = np.arctan2(w[:, 1], w[:, 0])
    cuts = np.unique(np.mod(np.concatenate([turns + math.pi / 2, turns - math.pi / 2, [0.0]]), 2 * math.pi))
    cuts = np.append(cuts, 2 * math.pi)
    nodes, mass = np.polynomial.legendre.leggauss(24)
    half = np.diff(cuts)[:, None] / 2
    angles = (cuts[:-1, None] + half * (1 + nodes)).ravel()
    return np.stack([np.cos(angles), np.sin(angles)], axis=1), (half * mass).ravel() / (2 * math.pi)
