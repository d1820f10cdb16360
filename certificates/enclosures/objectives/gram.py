"""Sums of Gram matrices of samples' Jacobians in balls, and their largest eigenvalues (theory 6.4)."""

from __future__ import annotations

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact, upper
from certificates.arithmetic.ball_array import BallArray
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.arithmetic.effort import reserve, spend, spend_flops
from certificates.arithmetic.rounding import UNDERFLOW, UNIT_ROUNDOFF, FloatArray, gamma, inflation
from certificates.enclosures.objectives.jacobian import (
    JacobianRows,
    Seeds,
    blocks_of_samples,
    jacobian_rows,
    seeds_of,
)
from certificates.enclosures.objectives.point import Point
from certificates.enclosures.objectives.rows import part
from certificates.errors import EnclosureFailure

__all__ = ["GramSum", "gram", "gram_norm"]

_POWER_STEPS = 40


class GramSum:
    """A sum of matrices AᵀA in balls, in place; A's columns have a radius each.

    With a the norms of the columns and β their radii, AᵀA of k rows errs by at most γ_k a aᵀ + kν for its products, and
    by √k(aβᵀ + βaᵀ) + kββᵀ for the radii: sums of outer products, which are added up at the end.
    """

    def __init__(self, size: int) -> None:
        reserve(16.0 * size * size)
        self._mid = np.zeros((size, size))
        self._rounded = exact(0)
        self._left: list[FloatArray] = []
        self._right: list[FloatArray] = []

    def add(self, rows: JacobianRows) -> None:
        """Add AᵀA; the sum errs by at most u of its result, which no sum underflows."""
        count, size = rows.mid.shape
        spend(300)
        spend_flops(1.0 * count * size * size)  # BLAS forms one triangle
        with np.errstate(all="ignore"):
            self._mid += rows.mid.T @ rows.mid
            largest = max(float(np.max(self._mid)), -float(np.min(self._mid)))
            squares = np.einsum("ij,ij->j", rows.mid, rows.mid)
            norms = np.sqrt((squares + count * UNDERFLOW) * inflation(count + 2)) * inflation(2)
        if not np.isfinite(largest):
            raise EnclosureFailure("a sum of Gram matrices overflowed")
        self._rounded += exact(count * UNDERFLOW) + exact(UNIT_ROUNDOFF) * exact(largest)
        share, root = upper(gamma(count)), np.nextafter(np.sqrt(float(count)), np.inf)
        with np.errstate(all="ignore"):
            self._left += [norms, rows.radii]
            # what underflows here is multiplied by the left factor: its ν stands inside
            spread = share * norms + (root * rows.radii + UNDERFLOW), root * norms + (count * rows.radii + UNDERFLOW)
            self._right += spread

    def matrix(self) -> BallMatrix:
        """The sum, symmetric bit for bit, with a radius for each entry."""
        left, right = np.array(self._left).T, np.array(self._right)
        terms = len(self._left)
        spend_flops(2.0 * terms * left.shape[0] ** 2)
        with np.errstate(all="ignore"):
            rad = left @ right * inflation(terms + 8) + upper(self._rounded) + 4 * terms * UNDERFLOW
            rad = np.maximum(rad, rad.T)
        return BallMatrix(self._mid, np.nextafter(rad, np.inf))


def gram(point: Point, kind: Seeds, scales: BallArray) -> BallMatrix:
    """Σ_i c_i² A_iᵀA_i, (p, p), A_i the rows of sample i and c = ``scales``, (n, 1)."""
    outputs, size = point.outputs.shape[1], point.parameter_count
    total = GramSum(size)
    for rows in blocks_of_samples(point, outputs * size):
        scale = part(scales, rows).tile(outputs, outputs)
        total.add(jacobian_rows(point, rows, seeds_of(point, rows, kind).hadamard(scale)))
    return total.matrix()


def gram_norm(point: Point, kind: Seeds, weights: FloatArray) -> arb:
    """An upper bound of λ_max(Σ_i a_i A_iᵀA_i) for all 0 ≤ a_i ≤ ``weights``, (n,)."""
    scales = BallArray.from_exact(np.nextafter(np.sqrt(weights), np.inf)[:, None])
    return _largest_eigenvalue(gram(point, kind, scales))


def _largest_eigenvalue(matrix: BallMatrix) -> arb:
    """By the residual form at an estimate of untrusted power iterations; by squaring where that fails."""
    size = matrix.shape[0]
    spend_flops(2.0 * _POWER_STEPS * size * size)
    vector = np.ones(size)
    estimate = 0.0
    with np.errstate(all="ignore"):
        for _ in range(_POWER_STEPS):
            image = matrix.mid @ vector
            estimate = float(np.sqrt(image @ image))
            if not 0 < estimate < np.inf:
                break
            vector = image / estimate
    for margin in (1.02, 1.3):
        if 0 < estimate < np.inf:
            bound = matrix.largest_eigenvalue(margin * estimate)
            if bound is not None:
                return bound
    return matrix.operator_norm()
