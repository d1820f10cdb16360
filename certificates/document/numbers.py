"""One spelling for every number: a text is read only if spelling its value again gives the same text.

Floats are ``float.hex()``, integers ``-?(0|[1-9][0-9]*)`` (at most 10⁵ digits), rationals ``p/q`` reduced with q ≥ 2.
``float.fromhex`` and ``Fraction`` alone would round, and would accept underscores, foreign digits and infinities.
"""

from __future__ import annotations

import math
import re
from fractions import Fraction
from typing import TypeVar

from flint import fmpz

from certificates.errors import MalformedCertificate

__all__ = ["read_float", "read_integer", "read_rational", "spell_float", "spell_integer", "spell_rational"]

T = TypeVar("T", float, Fraction)

_DIGITS = 100_000
_FLOAT = re.compile(r"-?0x[01]\.[0-9a-f]{1,13}p[+-][0-9]{1,4}", re.ASCII)
_INTEGER = re.compile(rf"-?(0|[1-9][0-9]{{0,{_DIGITS - 1}}})", re.ASCII)


def spell_float(value: float) -> str:
    """``float.hex()`` of a finite number."""
    if not math.isfinite(value):
        raise MalformedCertificate(f"{value} has no spelling; only finite numbers are written")
    return float(value).hex()


def read_float(text: str, place: str) -> float:
    """The binary64 number spelled by ``text``.

    Examples
    --------
    >>> read_float("0x1.8000000000000p+1", "claim.radius")
    3.0
    """
    if _FLOAT.fullmatch(text) is None:
        raise _wrong(text, "a hexadecimal float such as 0x1.8000000000000p+1", place)
    try:
        value = float.fromhex(text)
    except OverflowError as error:
        raise _wrong(text, "a finite hexadecimal float", place) from error
    return _same(text, value.hex(), value, place)


def spell_integer(value: int) -> str:
    """Decimal digits, without Python's limit on their number."""
    return str(fmpz(value))


def read_integer(text: str, place: str) -> int:
    """The integer spelled by ``text``; −0 has no spelling."""
    if _INTEGER.fullmatch(text) is None or text == "-0":
        raise _wrong(text, "an integer without leading zeros", place)
    return int(fmpz(text))


def spell_rational(value: Fraction) -> str:
    """``p/q``, or an integer's spelling when q = 1."""
    head = spell_integer(value.numerator)
    return head if value.denominator == 1 else f"{head}/{spell_integer(value.denominator)}"


def read_rational(text: str, place: str) -> Fraction:
    """The rational spelled by ``text``, reduced."""
    numerator, slash, denominator = text.partition("/")
    top = read_integer(numerator, place)
    if not slash:
        return Fraction(top)
    bottom = read_integer(denominator, place)
    if bottom < 2:
        raise _wrong(text, "a denominator of at least 2", place)
    value = Fraction(top, bottom)
    return _same(text, spell_rational(value), value, place)


def _same(text: str, spelled: str, value: T, place: str) -> T:
    if spelled != text:
        raise MalformedCertificate(f"{_shown(text)} is not the canonical spelling {_shown(spelled)}", place=place)
    return value


def _wrong(text: str, expected: str, place: str) -> MalformedCertificate:
    return MalformedCertificate(f"expected {expected}, got {_shown(text)}", place=place)


def _shown(text: str) -> str:
    """The text for a message: escaped and short."""
    return ascii(text if len(text) <= 40 else text[:40] + "…")
