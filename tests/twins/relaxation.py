"""The convex relaxation of a quadratic network's least squares, over M ⪰ 0, by an interior-point solver."""

from __future__ import annotations

import numpy as np

from verify.search.conic import USABLE, statuses
from verify.search.quadratic import Array

__all__ = ["semidefinite_residual"]


def semidefinite_residual(inputs: Array, labels: Array) -> tuple[Array | None, str]:
    """The residual 𝒜(M) − y at a minimiser of ‖𝒜(M) − y‖² over M ⪰ 0, and the solver's status.

    ``None`` when it returns no finite numbers. Inputs and labels, not all 0, are scaled before and after.
    """
    import cvxpy as cp

    size, unit = float(np.max(np.abs(inputs))), float(np.max(np.abs(labels)))
    d, scaled = inputs.shape[1], inputs / size
    matrix = cp.Variable((d, d), PSD=True)
    residual = cp.Variable(len(labels))
    rows = (scaled[:, :, None] * scaled[:, None, :]).reshape(len(labels), -1)
    program = cp.Problem(
        cp.Minimize(cp.sum_squares(residual)), [residual == rows @ cp.vec(matrix, order="C") - labels / unit]
    )
    status = "failed"
    for status in statuses(program, _SOLVERS):
        if status in USABLE and np.isfinite(residual.value).all():
            return np.asarray(residual.value, dtype=np.float64) * unit, status
    return None, status


_SOLVERS = {"CLARABEL": {"tol_gap_abs": 1e-10, "tol_gap_rel": 1e-10, "tol_feas": 1e-10}}
