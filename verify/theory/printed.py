"""Decimals as papers print them, held against proved intervals with exact rationals."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from certificates.language.parts import Interval

__all__ = ["Agreement", "PrintedNumber", "compare", "printed"]

Agreement = Literal["rounded", "truncated", "differs", "undecided"]

_DECIMAL = re.compile(r"(\d+)(?:\.(\d+))?(?:E([+-]?\d+))?")
_HALF = Fraction(1, 2)


@dataclass(frozen=True)
class PrintedNumber:
    """A nonnegative decimal and what its last digit is worth.

    Parameters
    ----------
    value
        The decimal, exactly.
    unit
        One unit of the last printed digit; 0 if the number is meant exactly.
    """

    value: Fraction
    unit: Fraction

    def times(self, factor: Fraction) -> PrintedNumber:
        """What ``0.27σ`` prints at a given σ > 0."""
        return PrintedNumber(self.value * factor, self.unit * factor)


def printed(text: str) -> PrintedNumber:
    """Read a decimal such as ``1.9E-4``; a bare ``0`` is meant exactly.

    Raises
    ------
    ValueError
        The text is no nonnegative decimal.

    Examples
    --------
    >>> printed("1.9E-4") == PrintedNumber(Fraction(19, 100_000), Fraction(1, 100_000))
    True
    """
    found = _DECIMAL.fullmatch(text)
    if found is None:
        raise ValueError(f"expected a decimal, got {text!r}")
    whole, decimals, exponent = found[1], found[2] or "", int(found[3] or 0)
    digits = int(whole + decimals)
    unit = Fraction(10) ** (exponent - len(decimals))
    return PrintedNumber(digits * unit, unit if digits else Fraction(0))


def compare(number: PrintedNumber, proved: Interval) -> Agreement:
    """Decide whether a number known to lie in an interval is printed correctly.

    Parameters
    ----------
    number
        What is printed: v, with last digit worth u.
    proved
        Contains the true number x.

    Returns
    -------
    Agreement
        ``rounded``: |x − v| ≤ u/2, so v is x to the printed digits, whatever is done with ties. ``truncated``: that is
        false, but v ≤ x < v + u, so v is x cut off. ``differs``: neither. ``undecided``: the interval is too wide.

    Examples
    --------
    >>> compare(printed("0.09"), Interval(Fraction("0.0908"), Fraction("0.0909")))
    'rounded'
    >>> compare(printed("0.09"), Interval(Fraction("0.096"), Fraction("0.097")))
    'truncated'
    """
    low, high = number.value - number.unit * _HALF, number.value + number.unit * _HALF
    if low <= proved.lower and proved.upper <= high:
        return "rounded"
    if low <= proved.upper and proved.lower <= high:
        return "undecided"
    end = number.value + number.unit
    if number.value <= proved.lower and proved.upper < end:
        return "truncated"
    return "differs" if proved.upper < number.value or proved.lower >= end else "undecided"
