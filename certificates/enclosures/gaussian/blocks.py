"""A block of the population Hessian, by four numbers and two rows (theory 4.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from flint import arb

from certificates.arithmetic.arb import exact

__all__ = ["Block", "Products", "products", "scaled_block"]


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
    """

    first: Fraction
    second: Fraction
    mixed: Fraction

    @property
    def gram(self) -> Fraction:
        """|w|²|u|² − (w·u)² = |w|²|u|² sin²θ, which is 0 if and only if the rows are parallel."""
        return self.first * self.second - self.mixed * self.mixed

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
    return Products(_dot(w, w), _dot(u, u), _dot(w, u))


def _dot(left: Sequence[Fraction], right: Sequence[Fraction]) -> Fraction:
    return sum((a * b for a, b in zip(left, right, strict=True)), Fraction(0))


def scaled_block(block: Block, factor: Fraction | arb) -> Block:
    """The block times a number."""
    ball = factor if isinstance(factor, arb) else exact(factor)
    return Block(block.identity * ball, block.first * ball, block.second * ball, block.mixed * ball)
