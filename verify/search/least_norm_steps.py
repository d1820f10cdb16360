"""The Newton step of least norm in floats: multipliers c of J⁺e = Jᵀc, and how long the judge will find it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from certificates import Accepted, Undecided, Verdict
from verify.search.landscape import Landscape

__all__ = ["NewtonStep", "is_about_structure", "newton_step"]

_WORKLOAD_CHECK = 5
_PART = 1_000  # a list in a certificate is short

Array = NDArray[np.float64]


@dataclass(frozen=True)
class NewtonStep:
    """A solution c of Kc = e, ordered (output, sample), in parts, and √(cᵀKc) + ‖e − Kc‖/σ_0, about."""

    parts: tuple[tuple[float, ...], ...]
    length: float


def newton_step(landscape: Landscape) -> NewtonStep:
    """Of the weights that were surveyed."""
    kernel, residual = landscape.point.kernel.mid, landscape.point.residual.mid.T.ravel()
    with np.errstate(all="ignore"):
        solved = _solved((kernel + kernel.T) / 2, residual)
        c = np.where(np.isfinite(solved), solved, 0.0)
        length = float(np.sqrt(max(float(c @ (kernel @ c)), 0.0)))
        missed = float(np.linalg.norm(residual - kernel @ c))
    length += missed / landscape.smallest if landscape.smallest > 0 else 0.0
    values = [float(number) for number in c]
    return NewtonStep(tuple(tuple(values[i : i + _PART]) for i in range(0, len(values), _PART)), max(length, 1e-300))


def is_about_structure(verdict: Verdict) -> bool:
    """Refused before the workload is looked at, which is check 5 of the rules about solvable equations."""
    beyond = isinstance(verdict, Undecided) and verdict.cause == "budget"
    return not isinstance(verdict, Accepted) and not beyond and verdict.check < _WORKLOAD_CHECK


def _solved(kernel: Array, residual: Array) -> Array:
    try:
        return np.asarray(np.linalg.solve(kernel, residual), dtype=np.float64)
    except np.linalg.LinAlgError:
        return np.asarray(np.linalg.lstsq(kernel, residual, rcond=None)[0], dtype=np.float64)
