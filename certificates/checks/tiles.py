"""λ_min of a matrix that is never held whole, with tiles in memory or where the caller has them made."""

from __future__ import annotations

from flint import arb

from certificates.arithmetic.rayleigh import quotient_of_factor, rayleigh_quotient
from certificates.arithmetic.rounding import FloatArray
from certificates.arithmetic.tiles import SymmetricBlocks, bound_of_tiles, factor_in_tiles
from certificates.checks.outcome import Context

__all__ = ["enclosed_smallest_eigenvalue", "smallest_eigenvalue"]


def smallest_eigenvalue(context: Context, matrix: SymmetricBlocks, shift: float) -> arb | None:
    """A lower bound of λ_min, or ``None`` where the factorisation breaks down."""
    return enclosed_smallest_eigenvalue(context, matrix, shift, None)[0]


def enclosed_smallest_eigenvalue(
    context: Context, matrix: SymmetricBlocks, shift: float, direction: FloatArray | None
) -> tuple[arb | None, arb | None]:
    """A lower bound of λ_min, and an upper one by a direction; ``None`` for what is not known or not asked for.

    Where the caller has the tiles made, the verdict rests on them, and its ledger says so.
    """
    maker = context.tiles
    if maker is None:
        factor = factor_in_tiles(matrix, shift)
        if factor is None:
            return None, None
        return factor.smallest_eigenvalue(), None if direction is None else quotient_of_factor(factor, direction)
    sums = maker.sums(matrix, shift)
    if sums is None:
        return None, None
    lower = bound_of_tiles(matrix.size, maker.side, shift, sums)
    return lower, None if direction is None else rayleigh_quotient(matrix, direction)
