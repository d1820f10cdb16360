"""The convex relaxation of a quadratic network's least squares, over M ⪰ 0 instead of M = Σ v_l w_l w_lᵀ, by factors.

With M = UᵀU and at least √(2n) rows in U the minimum is the relaxation's: some minimiser has rank ρ with
ρ(ρ + 1)/2 ≤ n (theory 3.3). L-BFGS goes near it; Newton's method on the rows that are left takes the residual to
rounding, where an interior-point method stops at 1e-10 and costs d⁶.

Nothing here is trusted: the residual is shifted until the judge accepts it as a dual point.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isqrt

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve, svd
from scipy.optimize import minimize

from verify.search.quadratic import Array, symmetric

__all__ = ["relaxed_residual"]

_STEPS = 4_000
_MEMORY = 30
_ROUNDS = 30
_SMALL_ROWS = (1e-2, 1e-4)  # relative singular values: what is left of L-BFGS where a minimiser has none
_LARGEST_HESSIAN = 3_000  # entries of U; more are left as L-BFGS found them
_DAMPING = 1e-9  # of the largest diagonal entry: turning U's rows changes nothing


@dataclass(frozen=True)
class _LeastSquares:
    """ℓ(U) = ‖𝒜(UᵀU) − y‖²/(2n), 𝒜(M)_i = x_iᵀMx_i."""

    inputs: Array
    labels: Array

    def value_and_gradient(self, flat: Array) -> tuple[float, Array]:
        """ℓ and its gradient 2UG, flat."""
        factor = flat.reshape(-1, self.inputs.shape[1])
        hidden = self.inputs @ factor.T
        residual = np.square(hidden).sum(axis=1) - self.labels
        slope = (2 / len(residual)) * (hidden * residual[:, None]).T @ self.inputs
        return float(residual @ residual) / (2 * len(residual)), slope.ravel()

    def residual(self, factor: Array) -> Array:
        """𝒜(UᵀU) − y, (n,)."""
        outputs: Array = np.square(self.inputs @ factor.T).sum(axis=1)
        return outputs - self.labels

    def force(self, residual: Array) -> Array:
        """G = 𝒜*(r)/n, (d, d)."""
        return symmetric((self.inputs.T * residual) @ self.inputs / len(residual))

    def gap(self, factor: Array) -> float:
        """About how far ℓ(U) is from the best dual value near its residual: ⟨G, M⟩ and what G lacks of G ⪰ 0."""
        force = self.force(self.residual(factor))
        lacking = max(0.0, -float(np.linalg.eigvalsh(force)[0]))
        return abs(float(np.vdot(factor @ force, factor))) + lacking * float(np.vdot(factor, factor))

    def hessian(self, factor: Array) -> Array:
        """JᵀJ/n + 2·I ⊗ G (3.1.3)."""
        rows, count = len(factor), len(self.inputs)
        hidden = self.inputs @ factor.T
        jacobian = (2 * hidden[:, :, None] * self.inputs[:, None, :]).reshape(count, -1)
        bent = np.kron(np.eye(rows), self.force(self.residual(factor)))
        return symmetric(jacobian.T @ jacobian / count + 2 * bent)


def relaxed_residual(inputs: Array, labels: Array) -> Array | None:
    """𝒜(M) − y at a minimiser M ⪰ 0 of ‖𝒜(M) − y‖², up to rounding where Newton's method converges.

    Parameters
    ----------
    inputs, labels
        X, (n, d), and y, (n,), not all 0; both are scaled before and after.

    Returns
    -------
    Array or None
        (n,); ``None`` where numbers overflow.

    Examples
    --------
    >>> abs(relaxed_residual(np.eye(2), np.array([1.0, -2.0]))).round(9).tolist()
    [0.0, 2.0]
    """
    size, unit = float(np.max(np.abs(inputs))), float(np.max(np.abs(labels)))
    program = _LeastSquares(inputs / size, labels / unit)
    with np.errstate(all="ignore"):
        best = min(_factors(program), key=program.gap, default=None)
        residual = None if best is None else program.residual(best) * unit
    return residual if residual is not None and np.isfinite(residual).all() else None


def _factors(program: _LeastSquares) -> list[Array]:
    """What L-BFGS found, and what Newton's method made of its large rows."""
    count, dimension = program.inputs.shape
    rows = min(dimension, isqrt(2 * count) + 1)
    start = np.random.default_rng(0).normal(size=rows * dimension) / np.sqrt(rows * dimension)
    settings = {"maxiter": _STEPS, "maxfun": 2 * _STEPS, "gtol": 1e-14, "ftol": 0.0, "maxcor": _MEMORY}
    near = minimize(program.value_and_gradient, start, jac=True, method="L-BFGS-B", options=settings).x
    factor = near.reshape(rows, dimension)
    if not np.isfinite(factor).all():
        return []
    _, values, axes = svd(factor, full_matrices=False)
    ranks = {int((values > share * values[0]).sum()) for share in _SMALL_ROWS}
    small = [rank for rank in sorted(ranks) if 0 < rank * dimension <= _LARGEST_HESSIAN]
    return [factor, *(_newton(program, values[:rank, None] * axes[:rank]) for rank in small)]


def _newton(program: _LeastSquares, factor: Array) -> Array:
    """Newton's steps for as long as the gradient shrinks."""
    slope = program.value_and_gradient(factor.ravel())[1]
    for _ in range(_ROUNDS):
        hessian = program.hessian(factor)
        hessian.flat[:: len(hessian) + 1] += _DAMPING * float(np.max(np.abs(np.diagonal(hessian))))
        try:
            step = cho_solve(cho_factor(hessian, overwrite_a=True), slope)
        except (LinAlgError, ValueError):
            break
        moved = factor - step.reshape(factor.shape)
        shrunk = program.value_and_gradient(moved.ravel())[1]
        if not np.linalg.norm(shrunk) < np.linalg.norm(slope):
            break
        factor, slope = moved, shrunk
    return factor
