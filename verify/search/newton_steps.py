"""A Hessian in floats as Newton's method needs it: factored, shifted where it is not definite, and its lowest end."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy.linalg import LinAlgError, LinAlgWarning, cho_factor, cho_solve, eigh
from scipy.sparse.linalg import ArpackError, LinearOperator, eigsh

from certificates import Network
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.enclosures.objectives.flat import flat_directions, raised
from verify.numeric.mlp import Array
from verify.numeric.smooth_objective import FloatObjective

__all__ = ["SMALLEST", "Curvature", "curvature_at", "follow_down"]

_DENSE = 400  # up to this size all eigenvalues cost no more than some
_ABOVE = 1.5  # the shift, over what makes the matrix singular
_DOUBLINGS = 40

SMALLEST = 2.0**-50
"""Relative: changes of f and of weights that are no more than rounding."""


def curvature_at(network: Network, objective: FloatObjective, w: Array) -> Curvature | None:
    """∇²f(w), with the flat directions of the problem (theory 6.1) lifted off 0; ``None`` where it overflows."""
    hessian = objective.hessian(w)
    if not np.isfinite(hessian).all():
        return None
    height = float(np.max(np.abs(np.diag(hessian))))
    return Curvature(raised(BallMatrix(hessian, 0.0), network, flat_directions(network), height).mid)


@dataclass(frozen=True, eq=False)
class Curvature:
    """A symmetric matrix and its lowest eigenvalue.

    Parameters
    ----------
    matrix
        H, finite, (p, p).

    Examples
    --------
    >>> curvature = Curvature(np.diag([2.0, -1.0]))
    >>> curvature.is_definite, round(curvature.smallest, 12), round(curvature.largest, 12)
    (False, -1.0, 2.0)
    """

    matrix: Array

    @cached_property
    def largest(self) -> float:
        """The largest absolute eigenvalue."""
        if len(self.matrix) <= _DENSE:
            return float(np.max(np.abs(np.linalg.eigvalsh(self.matrix))))
        return abs(float(eigsh(self.matrix, k=1, which="LM", v0=self._start, return_eigenvectors=False)[0]))

    @property
    def rounding(self) -> float:
        """What λ_min may be wrong by: p roundings of the largest eigenvalue."""
        return len(self.matrix) * 2.0**-53 * self.largest

    @cached_property
    def _factor(self) -> Any:
        return _cholesky(self.matrix, 0.0)

    @property
    def is_definite(self) -> bool:
        """Whether H is positive definite, beyond rounding."""
        return self._factor is not None and self.smallest > self.rounding

    @property
    def is_singular(self) -> bool:
        """Whether λ_min is 0 up to rounding."""
        return abs(self.smallest) <= self.rounding

    @property
    def smallest(self) -> float:
        """λ_min."""
        return self._lowest[0]

    @property
    def softest(self) -> Array:
        """A unit eigenvector of λ_min, (p,)."""
        return self._lowest[1]

    @cached_property
    def _lowest(self) -> tuple[float, Array]:
        if len(self.matrix) > _DENSE:
            try:
                return self._iterated()
            except ArpackError:
                pass
        values, vectors = eigh(self.matrix, subset_by_index=[0, 0])
        return float(values[0]), vectors[:, 0]

    def _iterated(self) -> tuple[float, Array]:
        """By Lanczos: just below λ_min if that is 0 or more, up to rounding, else at the lower end."""
        shift, factor = 0.0, self._factor
        if factor is None:
            shift = 2 * self.rounding
            factor = _cholesky(self.matrix, shift)
        if factor is None:
            values, vectors = eigsh(self.matrix, k=1, which="SA", tol=1e-4, v0=self._start, maxiter=40)
        else:
            inverse = LinearOperator(self.matrix.shape, matvec=lambda x: cho_solve(factor, x), dtype=np.float64)
            values, vectors = eigsh(self.matrix, k=1, sigma=-shift, OPinv=inverse, v0=self._start)
        return float(values[0]), vectors[:, 0]

    @property
    def _start(self) -> Array:
        return np.random.default_rng(0).normal(size=len(self.matrix))  # the same result every time

    def newton_step(self, gradient: Array) -> Array:
        """−(H + τI)⁻¹∇f; τ = 0 where H is definite, else a little more than −λ_min."""
        factor = self._factor if self.is_definite else self._shifted
        return -np.asarray(cho_solve(factor, gradient))

    @cached_property
    def _shifted(self) -> Any:
        shift = max(_ABOVE * -self.smallest, 4 * self.rounding)
        while (factor := _cholesky(self.matrix, shift)) is None:
            shift *= 2
        return factor


def _cholesky(matrix: Array, shift: float) -> Any:
    """A factorisation of H + τI; ``None`` where it breaks down."""
    shifted = matrix.copy()
    shifted.flat[:: len(matrix) + 1] += shift
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LinAlgWarning)
        try:
            return cho_factor(shifted, lower=True, overwrite_a=True, check_finite=False)
        except LinAlgError:
            return None


def follow_down(value: Callable[[Array], float], w: Array, direction: Array, length: float) -> Array:
    """A lower point along ± a direction: steps double while the value falls; w itself if no step lowers it.

    Parameters
    ----------
    value
        f.
    w
        Where to start, next to a saddle along this direction.
    direction
        A unit vector, (p,).
    length
        Of the first step; shorter ones follow if neither sign of it lowers f.
    """
    here = value(w)
    for _ in range(_DOUBLINGS):
        signs = [(value(w + sign * length * direction), sign * length) for sign in (1.0, -1.0)]
        best, move = min(signs)
        if best < here - SMALLEST * abs(here):
            break
        length /= 2
    else:
        return w
    for _ in range(_DOUBLINGS):
        further = value(w + 2 * move * direction)
        if not further < best:
            break
        best, move = further, 2 * move
    return w + move * direction
