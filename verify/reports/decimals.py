"""Decimals that may be quoted: a lower bound is printed rounded down, an upper bound rounded up."""

from __future__ import annotations

import math
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal

__all__ = ["between", "down", "up"]


def down(value: float, digits: int = 6) -> str:
    """The largest decimal of so many digits that is ≤ value.

    Examples
    --------
    >>> down(2 / 3), up(2 / 3), down(-2 / 3)
    ('0.666666', '0.666667', '-0.666667')
    """
    return _rounded(value, digits, ROUND_FLOOR)


def up(value: float, digits: int = 6) -> str:
    """The smallest decimal of so many digits that is ≥ value."""
    return _rounded(value, digits, ROUND_CEILING)


def _rounded(value: float, digits: int, rounding: str) -> str:
    if not math.isfinite(value):
        return "∞" if value > 0 else "−∞"
    number = Context(prec=digits, rounding=rounding).create_decimal(Decimal(value)).normalize()
    exponent = number.adjusted()
    if number == 0 or -4 <= exponent < digits:
        return f"{number:f}"
    mantissa = number.scaleb(-exponent, Context(prec=digits + 2))
    return f"{mantissa:f}e{exponent}"


def between(lower: float, upper: float) -> str:
    """An enclosure in words: ``≥ a``, ``≤ b``, ``= a`` or ``[a, b]``.

    Examples
    --------
    >>> between(0.0, 1 / 3), between(1 / 3, float("inf")), between(5.0, 5.0)
    ('≤ 0.333334', '≥ 0.333333', '= 5')
    """
    if lower == upper and lower == int(lower):
        return f"= {int(lower):,}"
    if upper == math.inf:
        return f"≥ {down(lower)}"
    if lower <= 0:
        return f"≤ {up(upper)}"
    return f"[{down(lower)}, {up(upper)}]"
