"""The rank over the rationals of a matrix of binary64 numbers, or of rationals, exactly."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import lcm

import numpy as np
from flint import fmpz_mat

from certificates.arithmetic.effort import reserve, spend, spend_rationals
from certificates.arithmetic.rounding import FloatArray
from certificates.errors import EnclosureFailure
from certificates.memory import remembered

__all__ = ["exact_rank", "rational_rank", "spread_of", "whole_numbers"]

_MANTISSA = 53
_MOST_BITS = 600  # beyond the mantissa, of an integer entry
_LOWEST = -2_000  # below every exponent of binary64


def exact_rank(matrix: FloatArray) -> int:
    """rank A = rank AᵀA = rank AAᵀ over ℚ, by fraction-free elimination of integers.

    Guarantee
    ---------
    The rank of the real matrix whose entries are exactly the given doubles.

    May fail when
    -------------
    A column holds numbers of too different sizes: :class:`EnclosureFailure`.

    Examples
    --------
    >>> exact_rank(np.array([[0.1, 0.2], [0.3, 0.6]])), exact_rank(np.array([[0.1, 0.3], [0.2, 0.7]]))
    (1, 2)
    """
    reserve(2.0 * matrix.nbytes)
    return _rank(matrix.shape[0], matrix.shape[1], matrix.tobytes())


@remembered(1)
def _rank(rows: int, columns: int, data: bytes) -> int:
    """Of the matrix with these bytes: a search has many claims about one matrix judged."""
    matrix: FloatArray = np.frombuffer(data, dtype=np.float64).reshape(rows, columns)
    shorter, longer = sorted(matrix.shape)
    _charge(shorter, longer, _MANTISSA + spread_of(matrix))
    integers = [whole_numbers(column)[0] for column in matrix.T]
    table = fmpz_mat(matrix.shape[1], matrix.shape[0], [entry for column in integers for entry in column])
    if len(matrix) < len(integers):
        table = table.transpose()
    return int((table * table.transpose()).rank())


def rational_rank(rows: Sequence[Sequence[Fraction]]) -> int:
    """The rank of a matrix given by its rows, of equal length; 0 without rows.

    Examples
    --------
    >>> rational_rank([[Fraction(1, 3), Fraction(1, 7)], [Fraction(7), Fraction(3)]])
    1
    """
    integers = [_cleared(row) for row in rows]
    if not integers:
        return 0
    longest = max(entry.bit_length() for row in integers for entry in row)
    shorter, longer = sorted((len(integers), len(integers[0])))
    _charge(shorter, longer, longest)
    table = fmpz_mat(len(integers), len(integers[0]), [entry for row in integers for entry in row])
    return int((table if len(integers) == shorter else table.transpose()).rank())


def _cleared(row: Sequence[Fraction]) -> list[int]:
    """A row times the common denominator of its entries."""
    bits = max(max(entry.numerator.bit_length(), entry.denominator.bit_length()) for entry in row)
    spend_rationals(2 * bits, 4 * len(row))
    scale = lcm(*(entry.denominator for entry in row))
    return [int(entry * scale) for entry in row]


def _charge(size: int, inner: int, bits: int) -> None:
    """The Gram matrix of the shorter side, and its elimination, whose entries are minors: as long as ``size`` entries.

    FLINT takes some 10 ns for a product of words, and memory for the whole matrix of minors.
    """
    words = 1 + bits / 32
    minors = size * words
    reserve(8 * size * size * (2 + minors) + size * inner * (60 + 8 * words))
    spend(2 * size * inner)
    spend(50 + size * size * (inner * words / 10 + size * (0.1 + minors**1.6 / 4_000)))


def spread_of(matrix: FloatArray) -> int:
    """By how many powers of two the entries of a column differ at most."""
    exponents, used = np.frexp(matrix)[1], matrix != 0
    highest = np.max(exponents, axis=0, where=used, initial=_LOWEST)
    lowest = np.min(exponents, axis=0, where=used, initial=-_LOWEST)
    spread = int(np.max(highest - lowest, initial=0))
    if spread > _MOST_BITS:
        raise EnclosureFailure("numbers that belong together are of too different sizes for exact arithmetic")
    return max(0, spread)


def whole_numbers(column: FloatArray) -> tuple[list[int], int]:
    """Integers m_i and one e with 2^e m_i the numbers of a column."""
    mantissas, exponents = np.frexp(column)
    whole = np.ldexp(mantissas, _MANTISSA).astype(np.int64)
    lowest = min(exponents[whole != 0].tolist() or [0])
    pairs = zip(whole.tolist(), exponents.tolist(), strict=True)
    return [value << (exponent - lowest) if value else 0 for value, exponent in pairs], lowest - _MANTISSA
