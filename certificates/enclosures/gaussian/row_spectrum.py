"""Singular values of planted rows, from the exact Gram matrix (theory 4.1)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from flint import arb

from certificates.arithmetic.arb import exact, lower, root_above
from certificates.arithmetic.arb_matrix import ArbMatrix
from certificates.arithmetic.effort import spend, word_count
from certificates.arithmetic.ordered_spectrum import ordered_spectrum
from certificates.enclosures.gaussian.blocks import Rows, inner_products

__all__ = ["RowSpectrum", "row_spectrum"]


@dataclass(frozen=True)
class RowSpectrum:
    """Of k rows W with singular values σ_1 ≥ … ≥ σ_k.

    Parameters
    ----------
    scale
        t with 0 < t ≤ σ_k, exact; ``None`` where full row rank is not certain.
    largest_square
        σ_1².
    volume
        σ_1⋯σ_k, or a point above it.
    """

    scale: Fraction | None
    largest_square: arb
    volume: arb


def row_spectrum(rows: Rows) -> RowSpectrum:
    """Enclose what theorem 4.1.1 needs.

    Guarantee
    ---------
    As the fields say, for the exact rows.

    Examples
    --------
    >>> found = row_spectrum(((Fraction(1), Fraction(0)), (Fraction(3, 5), Fraction(4, 5))))
    >>> 0.632 < found.scale < 0.633, bool(abs(found.volume - 0.8) < 1e-12)
    (True, True)
    """
    count = len(rows)
    spend(count**3 * (1 + word_count() / 16))
    pairs = inner_products(rows)
    entries = [exact(pairs[min(i, j), max(i, j)].mixed) for i in range(count) for j in range(count)]
    gram = ArbMatrix.from_entries(count, count, entries)
    squares = ordered_spectrum(gram)
    least = lower(squares[0].sqrt()) if squares[0] > 0 else 0.0
    return RowSpectrum(Fraction(least) if least > 0 else None, squares[-1], root_above(gram.table.det()))
