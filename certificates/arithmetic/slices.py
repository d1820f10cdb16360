"""The residual of a factorisation at twice the precision, from slices whose products BLAS forms exactly (theory 0.3).

L = H + T row by row, H the multiples of a power of two that keep β of a row's leading bits, 2β + log₂ n ≤ 53. Every
partial sum of an entry of HHᵀ is then an integer of at most 2⁵³ times a power of two: exact in any order of summation,
with or without FMA. What is rounded, LLᵀ − HHᵀ = HTᵀ + TLᵀ, is smaller by 2^β, and its errors with it [Ozaki2012]_.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact
from certificates.arithmetic.effort import reserve, spend_flops
from certificates.arithmetic.rounding import (
    UNDERFLOW,
    UNIT_ROUNDOFF,
    FloatArray,
    gamma,
    inflation,
    require_finite,
)

__all__ = ["leading_slices", "row_sums", "sliced_residual_norm", "tile_side"]

_TILE, _ONE_TILE = 128, 384  # tiles stay in the cache; a matrix of at most 384 rows is one
_LEAST_EXPONENT = -480  # of a row's scale: products of slices, down to 2⁻⁹⁶⁰⁻⁵³, are no subnormal numbers


def tile_side(size: int) -> int:
    """Rows and columns of the tiles that a symmetric matrix is cut into."""
    return size if size <= _ONE_TILE else _TILE


def row_sums(size: int, tile: Callable[[slice, slice], FloatArray]) -> FloatArray:
    """Sums of |A|'s rows, A symmetric, in tiles that stay in the cache; the upper triangle is read off the lower.

    Parameters
    ----------
    size
        Rows of A.
    tile
        A's entries in these rows and columns, in an array that may be changed; asked for where the columns begin no
        later than the rows.

    Guarantee
    ---------
    Each sum passes through at most 2 · ``size`` roundings.

    Examples
    --------
    >>> a = np.array([[1.0, -2.0], [-2.0, 3.0]])
    >>> row_sums(2, lambda rows, columns: a[rows, columns]).tolist()
    [3.0, 5.0]
    """
    sums, side = np.zeros(size), tile_side(size)
    for top in range(0, size, side):
        rows = slice(top, min(top + side, size))
        for left in range(0, top + 1, side):
            columns = slice(left, min(left + side, size))
            entries = tile(rows, columns)
            np.abs(entries, out=entries)
            sums[rows] += entries.sum(axis=1)
            if left != top:
                sums[columns] += entries.sum(axis=0)
    return sums


def sliced_residual_norm(shifted: FloatArray, factor: FloatArray) -> arb:
    """An upper bound of ‖S − LLᵀ‖₂ for symmetric S, given in its lower triangle, and any L.

    Parameters
    ----------
    shifted, factor
        S and L (n, n). What L holds above the tiles on its diagonal is not read: that is one more L.

    Guarantee
    ---------
    Entrywise with R̂ = fl(fl(S − HHᵀ) − fl(HTᵀ + TLᵀ)) and Z = |H||T|ᵀ + |T||L|ᵀ: the differences err by u|fl(S − HHᵀ)|
    and u|R̂|, where |fl(S − HHᵀ)| ≤ (1 + u)|R̂| + |fl(HTᵀ + TLᵀ)|; the products by γ_{n+1} Z + nν. In all by
    3u|R̂| + γ_{n+2} Z + 2nν, and Z_{ij} ≤ m_i t_j + t_i m_j, t the norms of T's rows, m the larger ones of H's and L's.
    """
    size = len(factor)
    reserve(24.0 * factor.size)  # H, T, and what is rounded on the way to H
    spend_flops(3.0 * size**3)
    with np.errstate(all="ignore"):
        high, low = leading_slices(factor)

        def tile(rows: slice, columns: slice) -> FloatArray:
            left, right = slice(0, columns.stop), columns
            first = shifted[rows, right] - high[rows, left] @ high[right, left].T
            return first - (high[rows, left] @ low[right, left].T + low[rows, left] @ factor[right, left].T)

        rows = require_finite(row_sums(size, tile), "the residual of the factorisation")
        largest = _total(np.maximum(_squares(high), _squares(factor)))
        rest = _total(_squares(low))
    return (
        exact(float(np.max(rows)) * inflation(2 * size + 4)) * (1 + exact(3 * UNIT_ROUNDOFF))
        + 2 * gamma(size + 2) * (largest * rest).sqrt()
        + 2 * exact(size) * exact(size) * exact(UNDERFLOW)
    )


def leading_slices(factor: FloatArray) -> tuple[FloatArray, FloatArray]:
    """(H, T), L = H + T exactly, H so short that products of such rows are exact.

    Adding 1.5 · 2⁵² units and taking them off rounds to multiples of the unit.

    With 2^e ≥ every |entry| of a row its unit is 2^{e−β}: an integer multiple of at most 2^β units is left in H, and in
    T at most half a unit, which has no more bits than the entry itself.
    """
    bits = (53 - (factor.shape[1] - 1).bit_length()) // 2
    exponents = np.maximum(np.frexp(np.max(np.abs(factor), axis=1))[1], _LEAST_EXPONENT)
    rounder = np.ldexp(1.5, exponents + (52 - bits))[:, None]
    high: FloatArray = (factor + rounder) - rounder
    return high, factor - high


def _squares(matrix: FloatArray) -> FloatArray:
    squares: FloatArray = np.einsum("ij,ij->i", matrix, matrix)
    return squares


def _total(squares: FloatArray) -> arb:
    """An upper bound of the sum of n squared norms of n entries each; every square loses ν/2 before it is added."""
    size = len(squares)
    total = float(np.sum(squares)) * inflation(2 * size + 2)
    return exact(total) + exact(size) * exact(size) * exact(UNDERFLOW)
