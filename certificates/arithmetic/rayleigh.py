"""An upper bound of λ_min of a symmetric matrix known by its blocks: vᵀAv/vᵀv for any v (theory 5.3.2)."""

from __future__ import annotations

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact, upper
from certificates.arithmetic.effort import spend_flops
from certificates.arithmetic.rounding import UNDERFLOW, FloatArray, gamma, inflation
from certificates.arithmetic.tiles import FactorInTiles, SymmetricBlocks, tile_spans
from certificates.errors import EnclosureFailure

__all__ = ["quotient_of_factor", "rayleigh_quotient"]

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
    v = _scaled(direction)
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
    return (total + arb(0, error.upper())) / _square(v)


def quotient_of_factor(factor: FactorInTiles, direction: FloatArray) -> arb:
    """An upper bound of vᵀAv/vᵀv ≥ λ_min(A), without another look at A.

    Parameters
    ----------
    factor
        L of A − μI, and the bounds of what A − μI − LLᵀ is.
    direction
        v, as above.

    Guarantee
    ---------
    vᵀAv ≤ μ‖v‖² + ‖Lᵀv‖² + R‖v‖², R the bound of theorem 5.6.1, μ − R that of λ_min. An entry of Lᵀv is a sum of T sums
    of at most b products: fl(Lᵀv) errs by at most γ_{b+T}‖L‖_F‖v‖ + n(n + T)ν in norm.
    """
    v, spans = _scaled(direction), tile_spans(factor.size, factor.side)
    spend_flops(2.0 * factor.size**2)
    with np.errstate(all="ignore"):
        reached = [sum(factor.tiles[i, j].T @ v[spans[i]] for i in range(j, len(spans))) for j in range(len(spans))]
        length = float(np.linalg.norm(np.concatenate(reached))) * inflation(factor.size + 4)
    if not np.isfinite(length):
        raise EnclosureFailure("a quadratic form overflowed")
    square, terms = _square(v), min(factor.side, factor.size) + len(spans)
    frobenius = sum((exact(each.squares) for each in factor.sums.values()), exact(0)).sqrt()
    error = gamma(terms) * frobenius * square.sqrt()
    underflow = exact(factor.size) * exact(factor.size + len(spans)) * exact(UNDERFLOW)
    residual = exact(factor.shift) - factor.smallest_eigenvalue()
    bound = exact(factor.shift) + (exact(length) + error + 2 * underflow) ** 2 / square + residual
    return exact(upper(bound))


def _scaled(direction: FloatArray) -> FloatArray:
    """Entries below 1; what underflows is another v."""
    scaled: FloatArray = np.ldexp(direction, -int(np.frexp(np.max(np.abs(direction)))[1]))
    return scaled


def _square(v: FloatArray) -> arb:
    """‖v‖²."""
    return sum((exact(float(x)) ** 2 for x in v), exact(0))
