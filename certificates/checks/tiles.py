"""λ_min of a matrix that is never held whole, with tiles in memory or where the caller has them made."""

from __future__ import annotations

from flint import arb

from certificates.arithmetic.tiles import SymmetricBlocks, bound_of_tiles, smallest_eigenvalue_of_tiles
from certificates.checks.outcome import Context

__all__ = ["smallest_eigenvalue"]


def smallest_eigenvalue(context: Context, matrix: SymmetricBlocks, shift: float) -> arb | None:
    """A lower bound of λ_min, or ``None`` (:func:`certificates.arithmetic.tiles.smallest_eigenvalue_of_tiles`).

    Where the caller has the tiles made, the verdict rests on them, and its ledger says so.
    """
    maker = context.tiles
    if maker is None:
        return smallest_eigenvalue_of_tiles(matrix, shift)
    sums = maker.sums(matrix, shift)
    return None if sums is None else bound_of_tiles(matrix.size, maker.side, shift, sums)
