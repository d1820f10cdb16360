"""The tangent kernel in float64: its spectrum, and whether it is singular up to rounding."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from certificates import Network
from verify.numeric.mlp import FloatNetwork

__all__ = ["Spectrum", "is_above", "kernel_of", "rounding", "spectrum"]

Array = NDArray[np.float64]

_STEPS = 20


@dataclass(frozen=True)
class Spectrum:
    """λ_min and λ_max of K."""

    smallest: float
    largest: float


def rounding(equations: int, largest: float) -> float:
    """N roundings of λ_max: about as much as λ_min in float64 may be wrong, and less than the judge can tell from 0."""
    return equations * 2.0**-53 * largest


def kernel_of(network: Network) -> Array | None:
    """K = JJᵀ; ``None`` if it overflows."""
    net = FloatNetwork(network)
    with np.errstate(all="ignore"):
        kernel = net.tangent_kernel(net.initial())
    return kernel if np.isfinite(kernel).all() else None


def spectrum(kernel: Array) -> Spectrum:
    """Of a symmetric, finite matrix."""
    values = np.linalg.eigvalsh(kernel)
    return Spectrum(float(values[0]), float(values[-1]))


def is_above(kernel: Array, share: float) -> bool:
    """Whether λ_min exceeds a share of λ_max, roughly, by one factorisation.

    Examples
    --------
    >>> is_above(np.diag([1.0, 1e-3]), 1e-4), is_above(np.diag([1.0, 1e-3]), 1e-2)
    (True, False)
    """
    shifted = kernel.copy()
    shifted.flat[:: len(kernel) + 1] -= share * _norm(kernel)
    try:
        np.linalg.cholesky(shifted)
    except np.linalg.LinAlgError:
        return False
    return True


def _norm(kernel: Array) -> float:
    """λ_max, roughly and never above, by power iteration from the column with the largest diagonal entry."""
    unit = float(np.max(np.abs(kernel)))
    if unit == 0:
        return 0.0
    scaled = kernel / unit  # sums of squares may overflow
    vector = scaled[:, int(np.argmax(np.diag(scaled)))]  # in the range: no product of it vanishes
    for _ in range(_STEPS):
        vector = scaled @ (vector / float(np.linalg.norm(vector)))
    return float(np.linalg.norm(vector)) * unit
