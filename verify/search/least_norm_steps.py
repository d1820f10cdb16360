"""The Newton step of least norm in floats: multipliers c of J⁺e = Jᵀc, and how long the judge will find it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from certificates import Accepted, Undecided, Verdict
from certificates.arithmetic.arb import exact, precision, upper
from certificates.checks.solvable import newton_step as length_of
from verify.search.landscape import Landscape

__all__ = ["NewtonStep", "is_about_structure", "newton_step"]

_WORKLOAD_CHECK = 5
_PART = 1_000  # a list in a certificate is short

Array = NDArray[np.float64]


@dataclass(frozen=True)
class NewtonStep:
    """A solution c of Kc = e, ordered (output, sample), in parts, and the judge's bound √(cᵀKc) + ‖e − Kc‖/σ_0."""

    parts: tuple[tuple[float, ...], ...]
    length: float


def newton_step(landscape: Landscape) -> NewtonStep:
    """Of the weights that were surveyed."""
    kernel, residual = landscape.point.kernel.mid, landscape.point.residual.mid.T.ravel()
    with np.errstate(all="ignore"):
        solved = _solved((kernel + kernel.T) / 2, residual)
        c = np.where(np.isfinite(solved), solved, 0.0)
    values = [float(number) for number in c]
    parts = tuple(tuple(values[i : i + _PART]) for i in range(0, len(values), _PART))
    if not landscape.smallest > 0:
        return NewtonStep(parts, 1e-300)
    with precision(128):
        return NewtonStep(parts, max(upper(length_of(landscape.point, parts, exact(landscape.smallest))), 1e-300))


def is_about_structure(verdict: Verdict) -> bool:
    """Refused before the workload is looked at, which is check 5 of the rules about solvable equations."""
    beyond = isinstance(verdict, Undecided) and verdict.cause == "budget"
    return not isinstance(verdict, Accepted) and not beyond and verdict.check < _WORKLOAD_CHECK


def _solved(kernel: Array, residual: Array) -> Array:
    try:
        return np.asarray(np.linalg.solve(kernel, residual), dtype=np.float64)
    except np.linalg.LinAlgError:
        return np.asarray(np.linalg.lstsq(kernel, residual, rcond=None)[0], dtype=np.float64)
