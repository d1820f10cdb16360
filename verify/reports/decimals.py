"""Decimals that may be quoted: a lower bound is printed rounded down, an upper bound rounded up."""

from __future__ import annotations

import math
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal

__all__ = ["between", "down", "less", "up"]


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
    if math.isnan(value):
        return "undefined"
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
    if lower == upper and math.isfinite(lower) and lower == int(lower):
        return f"= {int(lower):,}"
    if upper == math.inf:
        return "not bounded" if lower == -math.inf else f"≥ {down(lower)}"
    if lower <= 0:
        return f"≤ {up(upper)}"
    return f"[{down(lower)}, {up(upper)}]"


def less(left: float, right: float) -> str:
    """``a < b`` for an upper bound on the left and a lower bound on the right, with digits that show it.

    Examples
    --------
    >>> less(0.25, 0.5), less(2.0, 1.0)
    ('0.25 < 0.5', 'not shown: left ≤ 2, right ≥ 1')
    """
    if not left < right:
        return f"not shown: left ≤ {up(left, 8)}, right ≥ {down(right, 8)}"
    digits = next(digits for digits in (6, 8, 10, 13, 16, 20, 800) if _apart(left, right, digits))
    return f"{up(left, digits)} < {down(right, digits)}"


def _apart(left: float, right: float, digits: int) -> bool:
    """Whether rounding outward leaves a gap; 800 digits write every double exactly."""
    above = Context(prec=digits, rounding=ROUND_CEILING).create_decimal(Decimal(left))
    below = Context(prec=digits, rounding=ROUND_FLOOR).create_decimal(Decimal(right))
    return above < below
