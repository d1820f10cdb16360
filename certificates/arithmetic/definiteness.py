"""Is a symmetric matrix positive definite? Elimination in balls, for small matrices at any precision (theory 0.3)."""

from __future__ import annotations

from collections.abc import Sequence

from flint import arb

from certificates.arithmetic.effort import spend, word_count

__all__ = ["is_positive_definite"]


def is_positive_definite(lower_rows: Sequence[Sequence[arb]]) -> bool | None:
    """Whether every symmetric matrix in the enclosure is positive definite.

    Parameters
    ----------
    lower_rows
        Row i holds the entries (i, 0) … (i, i).

    Guarantee
    ---------
    ``True``: all are. ``False``: none is. A = LDLᵀ exists with positive pivots if and only if A ≻ 0; after j
    positive pivots the next is the corner of a Schur complement, and one that is certainly ≤ 0 shows A ⊁ 0.

    May fail when
    -------------
    A pivot's ball contains 0 and positive numbers: ``None``. A singular matrix gives ``None`` or ``False``.

    Examples
    --------
    >>> is_positive_definite([[arb(2)], [arb(1), arb(1)]]), is_positive_definite([[arb(1)], [arb(2), arb(1)]])
    (True, False)
    """
    rows = [list(row) for row in lower_rows]
    for j in range(len(rows)):
        left = len(rows) - j
        spend(left * (left + 2) * (1 + word_count() / 16))
        pivot = rows[j][j]
        if not pivot > 0:
            return False if pivot <= 0 else None
        for i in range(j + 1, len(rows)):
            row, factor = rows[i], rows[i][j] / pivot
            for k in range(j + 1, i + 1):
                row[k] -= factor * rows[k][j]
    return True
