"""Matrices of binary64 numbers in exact arithmetic: integers times one power of two."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from flint import fmpz, fmpz_mat

from certificates.arithmetic.effort import reserve, spend
from certificates.arithmetic.exact_rank import spread_of, whole_numbers
from certificates.arithmetic.rounding import FloatArray
from certificates.errors import EnclosureFailure

__all__ = ["DyadicMatrix"]

_MANTISSA = 53
_MOST_BITS = 2**14  # of an entry


@dataclass(frozen=True, eq=False)
class DyadicMatrix:
    """A = 2^exponent · table.

    Parameters
    ----------
    table
        Integers, (m, n).
    exponent
        Of any sign.
    bits
        No entry of the table is longer.

    Examples
    --------
    >>> a = DyadicMatrix.of(np.array([[0.5, 3.0]]))
    >>> a.times(a.T).trace(), a.square_norm()
    (Fraction(37, 4), Fraction(37, 4))
    """

    table: fmpz_mat
    exponent: int
    bits: int

    def __post_init__(self) -> None:
        """Refuse entries that would take hours."""
        if self.bits > _MOST_BITS:
            raise EnclosureFailure(f"the exact numbers have more than {_MOST_BITS} bits")

    @classmethod
    def of(cls, array: FloatArray) -> DyadicMatrix:
        """The matrix whose entries are exactly the given doubles.

        May fail when
        -------------
        Its numbers are of too different sizes: :class:`EnclosureFailure`.
        """
        reserve(60.0 * array.size)
        spend(2 * array.size)
        bits = _MANTISSA + spread_of(array.reshape(-1, 1))
        numbers, exponent = whole_numbers(array.ravel())
        return cls(fmpz_mat(len(array), array.shape[1], numbers), exponent, bits)

    @property
    def shape(self) -> tuple[int, int]:
        """(m, n)."""
        return int(self.table.nrows()), int(self.table.ncols())

    @property
    def T(self) -> DyadicMatrix:  # noqa: N802 - the field's name
        """Aᵀ."""
        return DyadicMatrix(self.table.transpose(), self.exponent, self.bits)

    def times(self, other: DyadicMatrix) -> DyadicMatrix:
        """A · B."""
        (rows, inner), columns = self.shape, other.shape[1]
        bits = self.bits + other.bits + inner.bit_length()
        _reserve(rows * columns, bits)
        spend(1 + rows * inner * columns * (1 + self.bits / 64) * (1 + other.bits / 64) / 20)
        return DyadicMatrix(self.table * other.table, self.exponent + other.exponent, bits)

    def plus(self, other: DyadicMatrix) -> DyadicMatrix:
        """A + B."""
        left, right = _aligned((self, other))
        return DyadicMatrix(left.table + right.table, left.exponent, max(left.bits, right.bits) + 1)

    def minus(self, other: DyadicMatrix) -> DyadicMatrix:
        """A − B."""
        return self.plus(DyadicMatrix(-other.table, other.exponent, other.bits))

    def scaled(self, number: float) -> DyadicMatrix:
        """The finite ``number`` times A."""
        factor = DyadicMatrix.of(np.array([[number]]))
        _reserve(self.table.nrows() * self.table.ncols(), self.bits + factor.bits)
        table = self.table * factor.table[0, 0]
        return DyadicMatrix(table, self.exponent + factor.exponent, self.bits + factor.bits)

    def shifted(self, number: float) -> DyadicMatrix:
        """A + number · I, A square."""
        return self.plus(DyadicMatrix.of(np.diag(np.full(self.shape[0], number))))

    def beside(self, other: DyadicMatrix) -> DyadicMatrix:
        """[A B]."""
        left, right = _aligned((self, other))
        rows = [a + b for a, b in zip(left.table.tolist(), right.table.tolist(), strict=True)]
        return DyadicMatrix(fmpz_mat(rows), left.exponent, max(left.bits, right.bits))

    def above(self, other: DyadicMatrix) -> DyadicMatrix:
        """A over B."""
        return self.T.beside(other.T).T

    def trace(self) -> Fraction:
        """Σ a_ii, A square."""
        return self._number(sum((self.table[i, i] for i in range(self.shape[0])), fmpz(0)))

    def inner(self, other: DyadicMatrix) -> Fraction:
        """Σ a_ij b_ij."""
        spend(self.table.nrows() * self.table.ncols() * (1 + self.bits * other.bits / 400_000))
        total = sum((a * b for a, b in zip(self.table.entries(), other.table.entries(), strict=True)), fmpz(0))
        return DyadicMatrix(self.table, self.exponent + other.exponent, self.bits)._number(total)

    def square_norm(self) -> Fraction:
        """‖A‖²."""
        return self.inner(self)

    def rank(self) -> int:
        """The rank over the rationals."""
        shorter, longer = sorted(self.shape)
        spend(10 + shorter**2 * longer * (1 + self.bits / 64))
        return int(self.table.rank())

    def _number(self, whole: fmpz) -> Fraction:
        return Fraction(int(whole)) * Fraction(2) ** self.exponent


def _aligned(matrices: Iterable[DyadicMatrix]) -> list[DyadicMatrix]:
    """With one exponent, the least."""
    given = list(matrices)
    least = min(each.exponent for each in given)
    return [_lowered(each, each.exponent - least) for each in given]


def _lowered(matrix: DyadicMatrix, by: int) -> DyadicMatrix:
    """The same numbers with a smaller exponent; its length is refused before the numbers are written."""
    bits = matrix.bits + by
    if bits > _MOST_BITS:
        raise EnclosureFailure(f"the exact numbers have more than {_MOST_BITS} bits")
    _reserve(matrix.table.nrows() * matrix.table.ncols(), bits)
    return DyadicMatrix(matrix.table * (fmpz(1) << by), matrix.exponent - by, bits) if by else matrix


def _reserve(entries: int, bits: float) -> None:
    reserve(entries * (32 + bits / 4))
    spend(entries * (0.2 + bits / 2_000))
