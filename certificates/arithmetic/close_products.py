"""Products of matrices whose error is about half an ulp of each entry, not of norms of rows and columns (theory 0.2).

A = H + T row by row and B = H' + T' column by column, as in :mod:`certificates.arithmetic.slices`: HH' is exact, and
what is rounded, HT' + TB, is smaller by about 2²⁰. Every entry has its own radius.
"""

from __future__ import annotations

import numpy as np

from certificates.arithmetic.ball_array import BallArray
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.arithmetic.effort import reserve, spend, spend_flops
from certificates.arithmetic.rounding import UNDERFLOW, UNIT_ROUNDOFF, FloatArray, inflation
from certificates.arithmetic.slices import leading_slices

__all__ = ["close_product"]


def close_product(left: BallArray, right: BallArray) -> BallMatrix:
    """A B, (m, k) times (k, q), a radius for each entry.

    Guarantee
    ---------
    Contains A B for every choice of points in both. The radius of an entry is the sum of

    - |Â|R_B + R_A(|B̂| + R_B), what the radii spread;
    - 2(k + 2)u(‖h_i‖‖t'_j‖ + ‖t_i‖‖b_j‖) + 4kν ≥ γ_{k+1}(|H||T'| + |T||B|) + 2kν, what HT' + TB errs by;
    - u|entry|, the last sum.

    Examples
    --------
    >>> third = BallArray.from_exact(np.array([[1.0, 1e8]])) / 3
    >>> found = close_product(third, BallArray.from_exact(np.array([[3.0], [1.0]])))
    >>> bool(found.contains(np.array([[1.0 + 1e8 / 3]])).all()), bool(found.rad.max() < 2e-8)
    (True, True)
    """
    rows, inner = left.shape
    columns = right.shape[1]
    reserve(24.0 * (rows * inner + inner * columns + rows * columns))
    spend(1_500)
    spend_flops(10.0 * rows * inner * columns)
    transposed = np.ascontiguousarray(right.mid.T)
    with np.errstate(all="ignore"):
        high, low = leading_slices(left.mid)
        other_high, other_low = leading_slices(transposed)
        rest = high @ other_low.T + low @ right.mid
        mid = high @ other_high.T + rest
        crossed = np.outer(_norms(high), _norms(other_low)) + np.outer(_norms(low), _norms(transposed))
        rounded = 2 * (inner + 2) * UNIT_ROUNDOFF * crossed + UNIT_ROUNDOFF * np.abs(mid)
        rad = (_spread(left, right) + rounded) * inflation(16) + (4 * inner + 16) * UNDERFLOW
    return BallMatrix(mid, rad)


def _norms(matrix: FloatArray) -> FloatArray:
    """Upper bounds of the norms of the rows."""
    count = matrix.shape[1]
    squares = (np.einsum("ij,ij->i", matrix, matrix) + count * UNDERFLOW) * inflation(count + 2)
    norms: FloatArray = np.sqrt(squares) * inflation(2)
    return norms


def _spread(left: BallArray, right: BallArray) -> FloatArray | float:
    """|Â|R_B + R_A(|B̂| + R_B), rounded up; nothing of it is subtracted."""
    inner = left.shape[1]
    found: FloatArray | float = 0.0
    if right.radius > 0:
        found = np.abs(left.mid) @ np.broadcast_to(right.rad, right.shape)
    if left.radius > 0:
        found = found + np.broadcast_to(left.rad, left.shape) @ (np.abs(right.mid) + right.rad)
    return found * inflation(inner + 4)
