"""Numbers in sentences, rounded in their weak direction."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from fractions import Fraction

__all__ = ["at_least", "at_most", "in_words", "rational_digits", "rounded_down", "rounded_up", "shortened"]


def at_most(value: float) -> str:
    """Six digits, rounded up: for a number that bounds something from above.

    Examples
    --------
    >>> at_most(0.1234561), at_least(0.1234569)
    ('0.123457', '0.123456')
    """
    return _digits(value, ROUND_CEILING)


def at_least(value: float) -> str:
    """Six digits, rounded down: for a number that bounds something from below, or is admitted up to."""
    return _digits(value, ROUND_FLOOR)


def _digits(value: float, rounding: str) -> str:
    rounded = Context(prec=6, rounding=rounding).create_decimal(Decimal.from_float(value))
    text = f"{float(rounded):.6g}"
    return text if Decimal(text) == rounded else f"{rounded:g}"  # six digits of a subnormal are not in the float


def in_words(value: Fraction) -> str:
    """A rational as a short decimal where that is exact.

    Examples
    --------
    >>> in_words(Fraction(1, 10)), in_words(Fraction(1, 3))
    ('0.1', '1/3')
    """
    context = Context(prec=28)  # the host's own may have fewer digits: it is never used
    decimal = context.divide(Decimal(value.numerator), Decimal(value.denominator))
    short = Fraction(decimal) == value and abs(decimal.adjusted()) < 12
    return f"{decimal.normalize(context):f}" if short else str(value)


def rounded_down(value: Fraction) -> str:
    """Twelve digits of a rational, never above it."""
    return rational_digits(value, ROUND_FLOOR)


def rounded_up(value: Fraction) -> str:
    """Twelve digits of a rational, never below it."""
    return rational_digits(value, ROUND_CEILING)


def rational_digits(value: Fraction, rounding: str) -> str:
    """Twelve digits of a rational."""
    context = Context(prec=12, rounding=rounding)
    return f"{context.divide(Decimal(value.numerator), Decimal(value.denominator)):.12g}"


def shortened(value: Fraction | int) -> str:
    """A number for a message; what strangers write may have thousands of digits."""
    return str(value) if max(value.numerator.bit_length(), value.denominator.bit_length()) <= 128 else "…"
