"""Gaussian moments and ρ in float64, by Gauss–Legendre panels that shrink geometrically towards 0: an oracle."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import erf, expit

_EDGES = np.concatenate([[0.0], np.geomspace(1e-7, 13.0, 120)])
_X, _W = np.polynomial.legendre.leggauss(24)
_HALF = np.diff(_EDGES) / 2
_POSITIVE = (_EDGES[:-1, None] + _HALF[:, None] * (1 + _X)).ravel()
_WEIGHT = (_HALF[:, None] * _W).ravel() * np.exp(-(_POSITIVE**2) / 2) / np.sqrt(2 * np.pi)
NODES = np.concatenate([-_POSITIVE[::-1], _POSITIVE])
WEIGHTS = np.concatenate([_WEIGHT[::-1], _WEIGHT])

Slope = Callable[[np.ndarray], np.ndarray]


def _mish(z: np.ndarray) -> np.ndarray:
    t = np.tanh(np.logaddexp(0, z))
    return t + z * expit(z) * (1 - t) * (1 + t)


# φ' typed in from theory 2.2, independently of the judge's jets
SLOPES: dict[str, Slope] = {
    "tanh": lambda z: 1 / np.cosh(np.minimum(np.abs(z), 300)) ** 2,
    "sigmoid": lambda z: expit(z) * expit(-z),
    "arctan": lambda z: 1 / (1 + z * z),
    "softsign": lambda z: (1 + np.abs(z)) ** -2.0,
    "softplus": expit,
    "softplus(3)": lambda z: expit(3 * z),
    "smooth_leaky_relu(1/10)": lambda z: 0.1 + 0.9 * expit(z),
    "erf0": lambda z: np.exp(-z * z),
    "erf": lambda z: 2 / np.sqrt(np.pi) * np.exp(-z * z),
    "relu": lambda z: (z > 0) * 1.0,
    "leaky_relu(1/10)": lambda z: np.where(z > 0, 1, 0.1),
    "squared_relu": lambda z: 2 * np.maximum(z, 0),
    "gelu": lambda z: (1 + erf(z / np.sqrt(2))) / 2 + z * np.exp(-z * z / 2) / np.sqrt(2 * np.pi),
    "silu": lambda z: expit(z) * (1 + z * expit(-z)),
    "mish": _mish,
    "elu": lambda z: np.where(z > 0, 1, np.exp(np.minimum(z, 0))),
}


def mean(values: np.ndarray) -> float:
    """E of a function given at the nodes."""
    return float(WEIGHTS @ values)


def terms(slope: Slope, sigma: float) -> tuple[float, float, float]:
    """T₁ and T₂ as squared distances to span{1, z}, so that little cancels; T₃ as it is defined."""
    f = slope(sigma * NODES)
    a, b, c = mean(f), mean(f * NODES), mean(f * NODES**2)
    return mean((f - a - b * NODES) ** 2), mean((NODES * f - b - c * NODES) ** 2), a * c - b * b


def ratio(slope: Slope, sigma: float, power: int, decay: float) -> float:
    """ρ(σ)(1 + σ²)^Q/σ^p."""
    return min(terms(slope, sigma)) * (1 + sigma**2) ** decay / sigma**power
