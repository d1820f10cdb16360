"""Proven bounds of eigenvalues of symmetric matrices and of operator norms (theory 0.3).

*Residual form.* For any L and δ with ‖A − sI − LLᵀ‖₂ ≤ δ: λ_min(A) ≥ s − δ, because LLᵀ ⪰ 0. L comes from an
untrusted Cholesky factorisation; only the residual is bounded, in the arithmetic of :mod:`ball_matrix`.

*Squaring.* For symmetric positive semidefinite S: ‖S‖^(2^q) = ‖S^(2^q)‖ ≤ ‖S^(2^q)‖_F, at most n^(1/2^(q+1))
too large. Each squaring's rounding error is added on the way back.
"""

from __future__ import annotations

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact, upper
from certificates.arithmetic.ball_array import BallArray
from certificates.arithmetic.effort import spend, spend_flops
from certificates.arithmetic.power_iteration import improved_vectors, leading_vector
from certificates.arithmetic.rounding import (
    UNDERFLOW,
    UNIT_ROUNDOFF,
    FloatArray,
    gamma,
    inflation,
    require_finite,
)
from certificates.arithmetic.slices import row_sums, sliced_residual_norm, tile_side
from certificates.errors import EnclosureFailure

__all__ = [
    "largest_eigenvalue_of_nonnegative",
    "operator_norm",
    "operator_norms",
    "radii_of_scaled_nonnegative",
    "radius_norm",
    "smallest_eigenvalue",
]

_BLOCK_COLUMNS = 64
_SQUARINGS = 8


def smallest_eigenvalue(matrix: BallArray, shift: float) -> arb | None:
    """A lower bound of λ_min for every symmetric matrix inside the enclosure.

    Parameters
    ----------
    matrix
        (n, n); the true matrix is symmetric and lies entrywise within the radii.
    shift
        s, a guess slightly below λ_min; not trusted.

    Guarantee
    ---------
    The returned ball's every point is ≤ λ_min(A) for every symmetric A in the enclosure.

    May fail when
    -------------
    The factorisation of A − sI breaks down (s above λ_min, or too close): ``None``, which proves nothing.

    References
    ----------
    Theory 0.3 (residual form); [Rump2006]_ for the a-priori form that this one replaces.

    Examples
    --------
    >>> bound = smallest_eigenvalue(BallArray.from_exact(np.diag([2.0, 3.0])), 1.999)
    >>> bool(bound <= 2), bool(bound > 1.99)
    (True, True)
    """
    size, shift = matrix.shape[0], float(shift)  # what is subtracted is what the bound starts from
    spend(900 + 0.2 * size * size)
    spend_flops(3.0 * size**3)
    shifted = matrix.mid.copy()
    try:
        with np.errstate(all="ignore"):
            shifted.reshape(-1)[:: size + 1] -= shift
            factor: FloatArray = np.linalg.cholesky(shifted).astype(np.float64, copy=False)
    except np.linalg.LinAlgError:
        return None
    if not np.isfinite(factor).all():
        return None
    limit = exact(shift) - radius_norm(matrix) - exact(2 * UNIT_ROUNDOFF) * _largest_diagonal(shifted)
    bound = limit - _residual_norm(shifted, factor)
    if limit > 0 and 8 * bound < 7 * limit:  # the residual takes more than an eighth: look at it more closely
        closer = limit - sliced_residual_norm(shifted, factor)
        return closer if closer > bound else bound
    return bound


def radius_norm(matrix: BallArray) -> arb:
    """An upper bound of ‖R‖₂ of the symmetric matrix of radii: its largest row sum, n roundings; no sum underflows."""
    size = matrix.shape[0]
    if matrix.is_uniform:
        return exact(matrix.radius) * size
    sums = require_finite(np.sum(np.maximum(matrix.rad, matrix.rad.T), axis=1), "a sum of error bounds")
    return exact(float(np.max(sums)) * inflation(size))


def _largest_diagonal(shifted: FloatArray) -> arb:
    """max |s_ii|: fl(A − sI) errs by at most u|s_ii| on the diagonal."""
    return exact(float(np.max(np.abs(np.diagonal(shifted)))))


def _residual_norm(shifted: FloatArray, factor: FloatArray) -> arb:
    """An upper bound of ‖S − LLᵀ‖₂ given S = fl(A − sI) and L.

    Two errors: the final subtraction (u of its result each), and the products, whose entries pass through at most
    64 + ⌈n/64⌉ roundings because L is cut into blocks of 64 columns (n/96 times fewer than in one go) and lose nν/2 to
    underflow, which nothing multiplies: n²ν in a row. What L holds above the blocks on its diagonal is not
    read: another L, and no larger.
    """
    size = shifted.shape[0]
    rows = require_finite(_residual_row_sums(shifted, factor), "the residual of the factorisation")
    roundings = _BLOCK_COLUMNS + -(-size // _BLOCK_COLUMNS)
    return (
        exact(float(np.max(rows)) * inflation(2 * size + 4)) * (1 + exact(2 * UNIT_ROUNDOFF))
        + gamma(roundings) * _block_norm_product(factor)
        + exact(size) * exact(size) * exact(UNDERFLOW)
    )


def _residual_row_sums(shifted: FloatArray, factor: FloatArray) -> FloatArray:
    """Row sums of |fl(S − LLᵀ)|, the products added up in blocks of 64 columns, which are zero above their own rows."""
    size = shifted.shape[0]
    spare = np.empty((2, tile_side(size), tile_side(size)))  # memory that is touched once

    def tile(rows: slice, columns: slice) -> FloatArray:
        product: FloatArray = spare[0, : rows.stop - rows.start, : columns.stop - columns.start]
        part: FloatArray = spare[1, : rows.stop - rows.start, : columns.stop - columns.start]
        for start in range(0, columns.stop, _BLOCK_COLUMNS):
            block = slice(start, min(start + _BLOCK_COLUMNS, columns.stop))
            skip = max(start - columns.start, 0)
            top = skip if rows.start == columns.start else 0
            target = (part if start else product)[top:, skip:]
            left = factor[rows.start + top : rows.stop, block]
            np.matmul(left, factor[columns.start + skip : columns.stop, block].T, out=target)
            if start:
                product[top:, skip:] += target
        np.subtract(shifted[rows, columns], product, out=product)
        return product

    with np.errstate(all="ignore"):
        return row_sums(size, tile)


def _block_norm_product(factor: FloatArray) -> arb:
    """An upper bound of ‖ |L||L|ᵀ ‖₂ ≤ ‖M Mᵀ‖₂, M_{ib} the norm of row i of L in the b-th block of columns.

    Entrywise |L||L|ᵀ ≤ M Mᵀ by Cauchy–Schwarz within each block, and ‖M Mᵀ‖₂ = ‖Mᵀ M‖₂ ≤ ‖Mᵀ M‖_∞. Squares lose ν/2
    each before they are added up; the n products of an entry of Mᵀ M likewise, n⌈n/64⌉ν/2 ≤ n²ν in a row, added last.
    """
    starts = range(0, factor.shape[1], _BLOCK_COLUMNS)
    squares = np.empty((factor.shape[0], len(starts)))
    with np.errstate(all="ignore"):
        for index, start in enumerate(starts):
            block = factor[:, start : start + _BLOCK_COLUMNS]
            np.einsum("ij,ij->i", block, block, out=squares[:, index])
        norms = np.sqrt(squares + _BLOCK_COLUMNS * UNDERFLOW)
        inner = norms.T @ norms
        # n + 2 roundings of squares, halved by the root, and one of the root, in both factors; then n, then the blocks
        largest = float(inner.sum(axis=1).max()) * inflation(2 * factor.shape[0] + len(starts) + 4)
    if not np.isfinite(largest):
        raise EnclosureFailure("the norm of a triangular factor overflowed")
    return exact(largest) + exact(factor.size) * exact(UNDERFLOW)


def operator_norms(mid: FloatArray, radius: float) -> FloatArray:
    """Upper bounds of ‖A_b‖₂ for a batch of matrices.

    Parameters
    ----------
    mid
        (batch, p, q) midpoints.
    radius
        One radius for all entries.

    Guarantee
    ---------
    Entry b is ≥ ‖A_b‖₂ for every A_b in the enclosure; at most a factor min(p, q)^(1/1024) plus rounding too large.
    """
    batch = mid if mid.shape[1] <= mid.shape[2] else mid.transpose(0, 2, 1)
    count, inner = batch.shape[1], batch.shape[2]
    spend(900 + len(batch) * (2 + 0.01 * count * inner + 0.3 * count * count))
    spend_flops(2.0 * len(batch) * count * count * (inner + _SQUARINGS * count))
    with np.errstate(all="ignore"):
        squares = np.einsum("bij,bij->b", batch, batch)
        # any c ≥ ‖A‖_F² will do; this one keeps 1/c finite, and is far above what the squares lose to underflow
        scale = np.maximum(squares * inflation(count * inner + 2), 2.0**-900)
        power = np.matmul(batch, batch.transpose(0, 2, 1)) / scale[:, None, None]
        # ‖AAᵀ‖/c ≤ ‖fl(AAᵀ/c)‖ + γ_q‖A‖_F²/c + u‖·‖_F: every matrix is divided by its squared Frobenius norm c. What
        # the pq products lose to underflow, qν/2 an entry, divided by c ≥ 2⁻⁹⁰⁰, is far below the spare u
        error = _up(gamma(inner + 2))
        norm = np.sqrt(_largest_of_powers(power) + error) * np.sqrt(scale)  # ≥ √(2u) 2⁻⁴⁵⁰: no underflow counts
        bound = (norm + np.sqrt(float(count * inner)) * radius) * inflation(12)  # 9 roundings on the longest path
    return require_finite(bound, "an operator norm")


def _largest_of_powers(power: FloatArray) -> FloatArray:
    """‖S_b‖₂ of symmetric S_b with ‖S_b‖_F ≤ 2, by repeated squaring with the errors added on the way back."""
    count = power.shape[1]
    scales = []
    for _ in range(_SQUARINGS):
        scale = _frobenius(power)  # > 0
        scaled = power / scale[:, None, None]
        power = np.matmul(scaled, scaled.transpose(0, 2, 1))
        scales.append(scale)
    norm = _frobenius(power)
    # ‖S/c‖² = ‖(S/c)(S/c)ᵀ‖ ≤ ‖fl(·)‖ + γ_n ‖S/c‖_F², ‖S/c‖_F ≤ 1, for any S; the division errs by u and nν/2,
    # twice in the square: 2u, and the spare 2u of γ_{n+4} exceeds all that underflows and what is of second order
    error = _up(gamma(count + 4))
    for scale in reversed(scales):
        norm = np.sqrt(norm + error) * scale * inflation(8)
    return norm


def _frobenius(batch: FloatArray) -> FloatArray:
    """Upper bounds of the Frobenius norms of a batch; the factor under the root pays for the root as well."""
    count = batch.shape[1] * batch.shape[2]
    squares = np.einsum("bij,bij->b", batch, batch)
    norms: FloatArray = np.sqrt((squares + count * UNDERFLOW) * inflation(count + 2))
    return norms


def operator_norm(matrix: BallArray) -> arb:
    """An upper bound of ‖A‖₂ for every A in the enclosure, a fraction of a percent above the true one.

    Examples
    --------
    >>> bool(exact(3) <= operator_norm(BallArray.from_exact(np.diag([3.0, 1.0]))) <= exact(3.01))
    True
    """
    return exact(float(operator_norms(matrix.mid[None], matrix.radius)[0]))


def largest_eigenvalue_of_nonnegative(matrix: BallArray) -> arb:
    """An upper bound of λ_max of a symmetric matrix with non-negative entries, by Collatz–Wielandt.

    Guarantee
    ---------
    λ_max(A) ≤ max_i (A p)_i / p_i for every positive p; p comes from a few untrusted power iterations. Holds for
    every symmetric A in the enclosure (|A| ≤ |mid| + rad). A row's products lose nν/2, divided by p_i afterwards;
    the quotient ν/2.
    """
    size = matrix.shape[0]
    spend(900 + 0.3 * size * size)
    entries = np.abs(matrix.mid)
    vector = leading_vector(entries)
    with np.errstate(all="ignore"):
        image = (entries @ vector + size * UNDERFLOW) * inflation(size + 2)
        quotient = (float(np.max(image / vector)) + UNDERFLOW) * inflation(4)
    if not np.isfinite(quotient):
        raise EnclosureFailure("a bound of a spectral radius overflowed")
    return exact(quotient) + exact(matrix.radius) * size


def radii_of_scaled_nonnegative(
    matrix: BallArray, scales: FloatArray, vectors: FloatArray, steps: int
) -> tuple[FloatArray, FloatArray]:
    """Upper bounds of λ_max(diag(s) A diag(s)) of a symmetric A with non-negative entries, for each column s.

    Guarantee
    ---------
    diag(s) A diag(s) has the eigenvalues of A diag(s)², non-negative too, and those are at most max_i (A s²y)_i / y_i
    for every positive y. The n products of a row and the one with the radius lose ν/2 each, the quotient ν/2.

    Parameters
    ----------
    matrix
        A, (n, n); the bound holds for every symmetric matrix in the enclosure.
    scales
        (n, m), non-negative, exact.
    vectors
        (n, m), positive; untrusted, and improved by so many ``steps``.
    """
    size = matrix.shape[0]
    spend(900 + 0.5 * scales.size)
    spend_flops(2.0 * size * scales.size)
    entries = np.abs(matrix.mid)
    vectors = improved_vectors(entries, scales, vectors, steps)
    with np.errstate(all="ignore"):
        weighted = np.nextafter(np.nextafter(scales * scales, np.inf) * vectors, np.inf)
        image = entries @ weighted + matrix.radius * np.sum(weighted, axis=0)
        image = (image + (size + 1) * UNDERFLOW) * inflation(2 * size + 4)
        bounds = (np.max(image / vectors, axis=0) + UNDERFLOW) * inflation(4)
    return require_finite(bounds, "a bound of a spectral radius"), vectors


def _up(ball: arb) -> float:
    return float(upper(ball))
