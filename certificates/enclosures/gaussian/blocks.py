"""A block of the population Hessian, by four numbers and two rows (theory 4.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from flint import arb

from certificates.arithmetic.arb import exact
from certificates.arithmetic.effort import spend_rationals
from certificates.memory import remembered

__all__ = ["Block", "Products", "Rows", "inner_products", "products", "scaled_block"]

Rows = tuple[tuple[Fraction, ...], ...]


@dataclass(frozen=True)
class Block:
    """E[φ'(w·x) φ'(u·x) x xᵀ] = ``identity`` I + ``first`` wwᵀ + ``second`` uuᵀ + ``mixed`` (wuᵀ + uwᵀ).

    Every such matrix is of this form, for it is fixed by the reflections that fix w and u. The rows are as given, not
    of length 1.
    """

    identity: arb
    first: arb
    second: arb
    mixed: arb


@dataclass(frozen=True)
class Products:
    """Inner products of two rows w and u, exact.

    Parameters
    ----------
    first, second, mixed
        |w|², |u|² and w·u; the first two are positive.
    gram
        |w|²|u|² − (w·u)² = |w|²|u|² sin²θ, which is 0 if and only if the rows are parallel.
    """

    first: Fraction
    second: Fraction
    mixed: Fraction
    gram: Fraction

    @property
    def sign(self) -> int:
        """1 for parallel rows that point the same way, −1 for opposite ones; 0 for others."""
        if self.gram:
            return 0
        return 1 if self.mixed > 0 else -1


def products(w: Sequence[Fraction], u: Sequence[Fraction]) -> Products:
    """Of two rows of one length.

    Examples
    --------
    >>> products((Fraction(1), Fraction(0)), (Fraction(-2), Fraction(0))).sign
    -1
    """
    return inner_products((tuple(w), tuple(u)))[0, 1]


@remembered(2)
def inner_products(rows: Rows) -> dict[tuple[int, int], Products]:
    """Of all pairs i ≤ j of rows.

    Examples
    --------
    >>> rows = ((Fraction(1), Fraction(0)), (Fraction(3, 5), Fraction(4, 5)))
    >>> inner_products(rows)[0, 1].gram
    Fraction(16, 25)
    """
    squares = [_dot(row, row) for row in rows]
    found: dict[tuple[int, int], Products] = {}
    for i, w in enumerate(rows):
        for j in range(i, len(rows)):
            mixed = squares[i] if i == j else _dot(w, rows[j])
            spend_rationals(_bits(squares[i]) + _bits(squares[j]), 3)
            found[i, j] = Products(squares[i], squares[j], mixed, squares[i] * squares[j] - mixed * mixed)
    return found


def _dot(left: Sequence[Fraction], right: Sequence[Fraction]) -> Fraction:
    """Counted as it grows: denominators that differ multiply up."""
    total = Fraction(0)
    for a, b in zip(left, right, strict=True):
        spend_rationals(_bits(total) + _bits(a) + _bits(b), 2)
        total += a * b
    return total


def _bits(number: Fraction) -> int:
    return number.numerator.bit_length() + number.denominator.bit_length()


def scaled_block(block: Block, factor: Fraction | arb) -> Block:
    """The block times a number."""
    ball = factor if isinstance(factor, arb) else exact(factor)
    return Block(block.identity * ball, block.first * ball, block.second * ball, block.mixed * ball)
