"""Levenberg–Marquardt steps in residual space: fewer equations than parameters, quadratic at the end (theory 1.5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import LinAlgError, cho_factor, cho_solve

from certificates.subjects import Network
from verify.numeric.mlp import FloatNetwork

__all__ = ["Polished", "levenberg_marquardt"]

Array = NDArray[np.float64]

_GROWTH, _SHRINK = 4.0, 0.2
_STALLED = 3  # accepted steps in a row that gain less than a factor 2 near the rounding floor
_FLOOR = 1e-9


@dataclass(frozen=True)
class Polished:
    """Where polishing ended.

    Parameters
    ----------
    network
        The problem with the polished weights.
    distance
        Approximate Euclidean distance travelled over the trained parameters.
    residuals
        ‖F(w_k) − y‖ after each accepted step, the start first.
    """

    network: Network
    distance: float
    residuals: tuple[float, ...]

    @property
    def steps(self) -> int:
        """How many steps were accepted."""
        return len(self.residuals) - 1


def levenberg_marquardt(
    network: Network,
    *,
    max_steps: int = 200,
    progress: Callable[[int, float], None] | None = None,
) -> Polished:
    """Reduce the residual until it stalls at the rounding floor.

    Parameters
    ----------
    network
        A problem with N ≤ p.
    max_steps
        Accepted and rejected steps together.
    progress
        Called with the step number and the residual norm.

    Notes
    -----
    A step solves (K + λI) c = e with the N × N tangent kernel and moves by −Jᵀc, so p may be large. λ starts at a
    fraction of tr K / N and shrinks with every success; at λ = 0 this is the minimum-norm Gauss–Newton step.
    """
    net = FloatNetwork(network)
    start = net.initial()
    w, error = start, net.residual(start)
    norms = [float(np.linalg.norm(error))]
    kernel = net.tangent_kernel(w)
    damping, stalled = 1e-2 * float(np.trace(kernel)) / len(kernel), 0
    for step in range(1, max_steps + 1):
        candidate = _step(net, w, kernel, error, damping)
        moved = None if candidate is None else net.residual(candidate)
        norm = np.inf if moved is None else float(np.linalg.norm(moved))
        if candidate is not None and moved is not None and norm < norms[-1]:
            stalled = stalled + 1 if norm > norms[-1] / 2 and norm < _FLOOR else 0
            w, error = candidate, moved
            norms.append(norm)
            damping *= _SHRINK if norm < norms[-2] / 2 else 0.5
            if stalled >= _STALLED or norm == 0:
                break
            kernel = net.tangent_kernel(w)
        elif norms[-1] < _FLOOR:
            break  # at the rounding floor no step helps
        else:
            damping = max(damping, 1e-14 * float(np.trace(kernel)) / len(kernel)) * _GROWTH
        if progress is not None:
            progress(step, norms[-1])
    return Polished(net.network(w), float(np.linalg.norm(w - start)), tuple(norms))


def _step(net: FloatNetwork, w: Array, kernel: Array, error: Array, damping: float) -> Array | None:
    """W − Jᵀ(K + λI)⁻¹e, or ``None`` when the factorisation breaks down."""
    shifted = kernel.copy()
    shifted.flat[:: len(kernel) + 1] += damping
    try:
        dual = cho_solve(cho_factor(shifted, overwrite_a=True, check_finite=False), error.ravel(), check_finite=False)
    except LinAlgError:
        return None
    candidate = w - net.pull_back(w, dual.reshape(error.shape))
    return candidate if np.isfinite(candidate).all() else None
