"""Decimals that may be quoted: a lower bound is printed rounded down, an upper bound rounded up."""

from __future__ import annotations

import math
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction

from certificates.language.wording import in_words

__all__ = ["between", "certain", "down", "enclosed", "less", "up"]

_FEWEST_DIGITS = 3
_NEGLIGIBLE = Fraction(1, 10**12)


def down(value: float | Fraction, digits: int = 6) -> str:
    """The largest decimal of so many digits that is ≤ value.

    Examples
    --------
    >>> down(2 / 3), up(2 / 3), down(-2 / 3)
    ('0.666666', '0.666667', '-0.666667')
    """
    return _rounded(value, digits, ROUND_FLOOR)


def up(value: float | Fraction, digits: int = 6) -> str:
    """The smallest decimal of so many digits that is ≥ value."""
    return _rounded(value, digits, ROUND_CEILING)


def _rounded(value: float | Fraction, digits: int, rounding: str) -> str:
    if isinstance(value, float) and math.isnan(value):
        return "undefined"
    if isinstance(value, float) and not math.isfinite(value):
        return "∞" if value > 0 else "−∞"
    numerator, denominator = value.as_integer_ratio()
    context = Context(prec=digits, rounding=rounding)
    number = context.divide(Decimal(numerator), Decimal(denominator)).normalize(context)
    exponent = number.adjusted()
    if number == 0 or -4 <= exponent < digits:
        return f"{number:f}"
    mantissa = number.scaleb(-exponent, Context(prec=digits + 2))
    return f"{mantissa:f}e{exponent}"


def certain(lower: Fraction, upper: Fraction, digits: int = 12) -> str:
    """A number in [lower, upper], rounded to nearest, with as many digits as are certain, at most ``digits``.

    A short exact number is written as it is, a wide interval as an interval.

    Examples
    --------
    >>> third = Fraction(1, 3)
    >>> certain(third - Fraction(1, 10**7), third + Fraction(1, 10**7)), certain(Fraction(-4), Fraction(-4))
    ('0.333333', '-4')
    >>> certain(Fraction(-1, 10), third)
    '[-0.1, 0.333333333334]'
    """
    if lower == upper and len(in_words(lower)) <= digits:
        return in_words(lower)
    if lower < 0 < upper and max(-lower, upper) < _NEGLIGIBLE:
        return f"0 ± {up(max(-lower, upper), 2)}"
    for count in range(digits, _FEWEST_DIGITS - 1, -1):
        ends = {_rounded(end, count, ROUND_HALF_EVEN) for end in (lower, upper)}
        if len(ends) == 1:
            return ends.pop()
    return enclosed(lower, upper, digits)


def enclosed(lower: float | Fraction, upper: float | Fraction, digits: int = 12) -> str:
    """An interval of any sign with its ends rounded outwards; a short exact number as it is.

    Examples
    --------
    >>> enclosed(-1 / 3, 2 / 3, 4), enclosed(0.0, 0.0), enclosed(0.5, float("inf"))
    ('[-0.3334, 0.6667]', '0', '≥ 0.5')
    """
    if lower == upper:
        exact = down(lower, digits)
        return exact if exact == up(upper, digits) else f"[{exact}, {up(upper, digits)}]"
    if isinstance(lower, float) and math.isinf(lower):
        return f"≤ {up(upper, digits)}"
    if isinstance(upper, float) and math.isinf(upper):
        return f"≥ {down(lower, digits)}"
    return f"[{down(lower, digits)}, {up(upper, digits)}]"


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
