"""An upper bound of λ_min of a symmetric matrix known by its blocks: vᵀAv/vᵀv for any v (theory 5.3.2)."""

from __future__ import annotations

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact, upper
from certificates.arithmetic.effort import spend_flops
from certificates.arithmetic.rounding import UNDERFLOW, FloatArray, gamma, inflation
from certificates.arithmetic.tiles import SymmetricBlocks, tile_spans
from certificates.errors import EnclosureFailure

__all__ = ["rayleigh_quotient"]

_ROWS = 384


def rayleigh_quotient(matrix: SymmetricBlocks, direction: FloatArray) -> arb:
    """An enclosure of vᵀAv/vᵀv ≥ λ_min(A).

    Parameters
    ----------
    matrix
        A, (n, n); blocks of the lower triangle are asked for.
    direction
        v, (n,), not zero; nothing is assumed of it. It is scaled by a power of two first.

    Guarantee
    ---------
    Of a block with midpoints M and radii R, fl(v_Iᵀ(M v_J)) errs by at most γ_{p+q}|v_I|ᵀ|M||v_J| + (p + 1)qν, p and q
    its sides; |v_I|ᵀ(γ|M| + R)|v_J| is summed up with it, rounded up. Off the diagonal blocks count twice.

    Examples
    --------
    >>> from certificates.arithmetic.ball_array import BallArray
    >>> class Two:
    ...     size, identity = 2, ""
    ...     def block(self, rows, columns):
    ...         return BallArray(np.array([[2.0, 1.0], [1.0, 2.0]])[rows, columns])
    >>> rayleigh_quotient(Two(), np.array([1.0, -1.0])).contains(1)
    True
    """
    v = np.ldexp(direction, -int(np.frexp(np.max(np.abs(direction)))[1]))  # what underflows is another v
    total, error, spans = exact(0), exact(0), tile_spans(matrix.size, _ROWS)
    for i, rows in enumerate(spans):
        for columns in spans[: i + 1]:
            height, width = rows.stop - rows.start, columns.stop - columns.start
            spend_flops(8.0 * height * width)
            block, times = matrix.block(rows, columns), 1 if rows == columns else 2
            with np.errstate(all="ignore"):
                value = float(v[rows] @ (block.mid @ v[columns]))
                bounds = np.abs(block.mid) * upper(gamma(height + width)) + block.rad
                spread = float(np.abs(v[rows]) @ (bounds @ np.abs(v[columns]))) * inflation(height + width + 4)
            if not np.isfinite([value, spread]).all():
                raise EnclosureFailure("a quadratic form overflowed")
            total += times * exact(value)
            error += times * (exact(spread) + 4 * exact(height + 1) * exact(width + 1) * exact(UNDERFLOW))
    square = sum((exact(float(x)) ** 2 for x in v), exact(0))
    return (total + arb(0, error.upper())) / square
