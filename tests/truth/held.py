"""A proved number beside a witness of the truth: exact numbers, so that a violation is one beyond doubt."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

__all__ = ["Held", "at_least", "at_most", "exactly", "fraction", "root_above", "root_below", "statement"]

_ROOT_BITS = 200


@dataclass(frozen=True)
class Held:
    """One proved number and a number that the truth is known to reach.

    Parameters
    ----------
    field
        Its name in the claim, or the symbol of a fact.
    proved
        ``upper``: an upper bound of the truth. ``lower``: a lower bound of it. ``None`` for ±∞, which says nothing.
    witness
        On the unsafe side of the truth or at it: at most the truth for ``upper``, at least the truth for ``lower``.
    """

    field: str
    side: Literal["upper", "lower"]
    proved: Fraction | None
    witness: Fraction

    @property
    def violated(self) -> bool:
        """Whether what was proved is certainly false."""
        if self.proved is None:
            return False
        return self.proved < self.witness if self.side == "upper" else self.proved > self.witness

    @property
    def ratio(self) -> float | None:
        """How close the proved bound comes to the witness: 1 is sharp, above 1 is false, ``None`` says nothing."""
        if self.proved is None:
            return None
        low, high = (self.witness, self.proved) if self.side == "upper" else (self.proved, self.witness)
        if low <= 0 or high <= 0:
            return math.inf if self.violated else None
        return _quotient(low, high)

    def __str__(self) -> str:
        """`radius: proved ≤ 0.5, seen 0.7071`."""
        sign = "≤" if self.side == "upper" else "≥"
        return f"{self.field}: proved {sign} {_shown(self.proved)}, seen {_shown(self.witness)}"


def at_most(field: str, proved: Any, witness: Any) -> Held:
    """A proved upper bound of a number that reaches ``witness``."""
    return Held(field, "upper", fraction(proved), _finite(witness))


def at_least(field: str, proved: Any, witness: Any) -> Held:
    """A proved lower bound of a number that is at most ``witness``."""
    return Held(field, "lower", fraction(proved), _finite(witness))


def exactly(field: str, lower: Any, upper: Any, truth: Any) -> tuple[Held, Held]:
    """A proved interval, and the truth."""
    return at_least(f"{field} (lower)", lower, truth), at_most(f"{field} (upper)", upper, truth)


def statement(field: str, holds: bool) -> Held:
    """A proved statement without a number: 1 was claimed, 0 is seen where it does not hold."""
    return Held(field, "lower", Fraction(1), Fraction(int(holds)))


def fraction(number: Any) -> Fraction | None:
    """The exact value; ``None`` for ±∞ and for what is not claimed."""
    if number is None or (isinstance(number, float) and math.isinf(number)):
        return None
    return Fraction(number)


def _finite(number: Any) -> Fraction:
    found = fraction(number)
    if found is None:
        raise ValueError("a witness is a finite number")
    return found


def root_below(square: Fraction) -> Fraction:
    """A rational at most √square, to about 200 bits."""
    shift = max(0, 2 * _ROOT_BITS + square.denominator.bit_length() - square.numerator.bit_length())
    shift += shift & 1
    return Fraction(math.isqrt((square.numerator << shift) // square.denominator), 1 << (shift // 2))


def root_above(square: Fraction) -> Fraction:
    """A rational at least √square, to about 200 bits."""
    low = root_below(square)
    return low if low * low == square else low * (1 + Fraction(1, 2 ** (_ROOT_BITS - 4)))


def _quotient(low: Fraction, high: Fraction) -> float:
    try:
        return float(low / high)
    except OverflowError:
        return math.inf


def _shown(number: Fraction | None) -> str:
    try:
        return "∞" if number is None else f"{float(number):.17g}"
    except OverflowError:
        return f"{'−' if number < 0 else ''}2^{number.numerator.bit_length() - number.denominator.bit_length()}"
