"""The tangent kernel in float64: its spectrum, and whether it is singular up to rounding."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from certificates import Network
from verify.numeric.mlp import FloatNetwork

__all__ = ["Spectrum", "kernel_of", "rounding", "singular_spectrum", "spectrum"]

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


def singular_spectrum(kernel: Array) -> Spectrum | None:
    """The spectrum of a kernel that is singular up to rounding; ``None`` of others, found by one factorisation.

    Examples
    --------
    >>> singular_spectrum(np.diag([1.0, 1e-10])) is None
    True
    >>> singular_spectrum(np.diag([1.0, 1e-17]))
    Spectrum(smallest=1e-17, largest=1.0)
    """
    shifted = kernel.copy()
    shifted.flat[:: len(kernel) + 1] -= rounding(len(kernel), _norm(kernel))
    try:
        np.linalg.cholesky(shifted)
    except np.linalg.LinAlgError:
        found = spectrum(kernel)
        return found if found.smallest <= rounding(len(kernel), found.largest) else None
    return None


def _norm(kernel: Array) -> float:
    """λ_max, roughly and never above, by power iteration from the rows' sums of squares."""
    vector = np.linalg.norm(kernel, axis=1)
    for _ in range(_STEPS):
        length = float(np.linalg.norm(vector))
        if length == 0:
            return 0.0
        vector = kernel @ (vector / length)
    return float(np.linalg.norm(vector))
