"""The rank of a matrix of binary64 numbers over the rationals, exactly."""

from __future__ import annotations

import numpy as np
from flint import fmpz_mat

from certificates.arithmetic.rounding import FloatArray
from certificates.errors import EnclosureFailure

__all__ = ["exact_rank"]

_MOST_BITS = 600  # of an integer entry
_MOST_PRODUCTS = 2e7  # of the Gram matrix, at some 100 ns each


def exact_rank(matrix: FloatArray) -> int:
    """rank A = rank AᵀA over ℚ, by fraction-free elimination of integers.

    Guarantee
    ---------
    The rank of the real matrix whose entries are exactly the given doubles.

    May fail when
    -------------
    The matrix has too many entries, or a column holds numbers of too different sizes: :class:`EnclosureFailure`.

    Examples
    --------
    >>> exact_rank(np.array([[0.1, 0.2], [0.3, 0.6]])), exact_rank(np.array([[0.1, 0.3], [0.2, 0.7]]))
    (1, 2)
    """
    rows, columns = matrix.shape
    if float(rows) * columns * columns > _MOST_PRODUCTS:
        raise EnclosureFailure("the inputs are too many for an exact rank")
    integers = [_scaled_to_integers(column) for column in matrix.T]
    table = fmpz_mat(columns, rows, [entry for column in integers for entry in column])
    return int((table * table.transpose()).rank())


def _scaled_to_integers(column: FloatArray) -> list[int]:
    """A column times a power of two: its rank with the others does not change."""
    mantissas, exponents = np.frexp(column)
    whole = np.ldexp(mantissas, 53).astype(np.int64)
    used = exponents[whole != 0].tolist() or [0]
    lowest = min(used)
    if max(used) - lowest > _MOST_BITS:
        raise EnclosureFailure("a column of the inputs has entries of too different sizes for an exact rank")
    pairs = zip(whole.tolist(), exponents.tolist(), strict=True)
    return [value << (exponent - lowest) if value else 0 for value, exponent in pairs]
