"""Exact instances behind errata: finitely many relations between rational numbers, recomputed each time.

An instance is a handful of small fractions; everything a fact needs is computed from them without rounding.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from operator import eq, gt, lt
from typing import Literal

__all__ = ["Fact", "Instance", "Matrix", "column_norms", "gram", "identity", "squared_norm", "times"]

Matrix = tuple[tuple[Fraction, ...], ...]
Relation = Literal["<", "=", ">"]

_RELATIONS: Mapping[Relation, Callable[[Fraction, Fraction], bool]] = {"<": lt, "=": eq, ">": gt}


@dataclass(frozen=True)
class Fact:
    """A relation between two rational numbers.

    Parameters
    ----------
    left_name, left
        What is computed, and its value.
    relation
        ``<``, ``=`` or ``>``.
    right_name, right
        What it is compared with; the name is empty for a plain number.
    """

    left_name: str
    left: Fraction
    relation: Relation
    right_name: str
    right: Fraction

    @property
    def holds(self) -> bool:
        """Whether the relation is true."""
        return _RELATIONS[self.relation](self.left, self.right)

    def __str__(self) -> str:
        """As one reads it: ``α₁²/α₀² = 441/400 < 441/200 = the printed lower bound``."""
        if self.relation == "=" and not self.right_name:
            return f"{self.left_name} = {_shown(self.right)}"
        ending = f" = {self.right_name}" if self.right_name else ""
        return f"{self.left_name} = {_shown(self.left)} {self.relation} {_shown(self.right)}{ending}"


@dataclass(frozen=True)
class Instance:
    """An exact instance.

    Parameters
    ----------
    about
        Its numbers, in words.
    facts
        Computes the relations.
    """

    about: str
    facts: Callable[[], tuple[Fact, ...]]


def _shown(value: Fraction) -> str:
    """A fraction; long ones as a decimal, which is for reading only."""
    text = str(value)
    return text if len(text) <= 24 else f"{float(value):.6g}…"


# ---- exact matrices ------------------------------------------------------------------------------------------------


def identity(order: int) -> Matrix:
    """I."""
    return tuple(tuple(Fraction(int(i == j)) for j in range(order)) for i in range(order))


def times(left: Matrix, right: Matrix) -> Matrix:
    """The product.

    Examples
    --------
    >>> times(((Fraction(1), Fraction(2)),), ((Fraction(3),), (Fraction(4),)))
    ((Fraction(11, 1),),)
    """
    columns = tuple(zip(*right, strict=True))
    return tuple(tuple(sum((a * b for a, b in zip(r, c, strict=True)), Fraction(0)) for c in columns) for r in left)


def gram(matrix: Matrix) -> Matrix:
    """MᵀM."""
    return times(tuple(zip(*matrix, strict=True)), matrix)


def squared_norm(matrix: Matrix) -> Fraction:
    """‖M‖_F², squared so that it stays rational."""
    return sum((entry * entry for row in matrix for entry in row), Fraction(0))


def column_norms(factor: Matrix, planted: Matrix) -> tuple[Fraction, Fraction]:
    """α² and β² by (8)–(10) with m_i♮ in both: mean squared lengths of the columns along m_i♮, and of what is left.

    Examples
    --------
    >>> column_norms(identity(2), identity(2))
    (Fraction(1, 1), Fraction(0, 1))
    """
    pairs = list(zip(zip(*factor, strict=True), zip(*planted, strict=True), strict=True))
    signal = Fraction(0)
    for column, direction in pairs:
        inner = sum((a * b for a, b in zip(column, direction, strict=True)), Fraction(0))
        signal += inner * inner / sum((b * b for b in direction), Fraction(0))
    return signal / len(pairs), (squared_norm(factor) - signal) / len(pairs)
