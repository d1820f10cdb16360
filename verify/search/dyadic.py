"""Exact dyadic numbers near floating-point ones."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from verify.search.quadratic import Array

__all__ = ["dyadic_below", "dyadic_table", "fraction", "power_of_two"]

_BITS = 40


def dyadic_table(gram: Array, unit: Fraction) -> list[list[Fraction]]:
    """The symmetric part, rounded to multiples of 2⁻⁴⁰, times the unit."""
    whole = np.rint((gram + gram.T) / 2 * 2.0**_BITS)
    return [[Fraction(int(entry), 2**_BITS) * unit for entry in row] for row in whole]


def dyadic_below(value: Fraction, bits: int) -> Fraction:
    """A dyadic number of about so many bits, at most the value."""
    last = value.numerator.bit_length() - value.denominator.bit_length() - bits
    unit = power_of_two(last)
    return (value / unit).__floor__() * unit


def power_of_two(exponent: int) -> Fraction:
    """2^exponent."""
    return Fraction(2**exponent) if exponent >= 0 else Fraction(1, 2**-exponent)


def fraction(value: Any) -> Fraction:
    """A rational of SymPy as one of Python."""
    return Fraction(int(value.p), int(value.q))
