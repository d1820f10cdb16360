"""One natural power, by squaring, for whatever can be multiplied: numbers, balls, series, polynomials, formulas.

python-flint's own power of a ball that contains 0 is not a number. Only the rings of balls have another one, which
knows that an even power of a ball around 0 is not negative (:mod:`certificates.enclosures.formulas.ball_rings`).
"""

from __future__ import annotations

from collections.abc import Callable
from operator import mul
from typing import Any, TypeVar

from flint import arb

__all__ = ["by_squaring", "natural_power"]

T = TypeVar("T")

_ONE: Any = arb(1)  # balls and series of them mix in products


def by_squaring(base: T, exponent: int, one: T, times: Callable[[T, T], T]) -> T:
    """base^k, k ≥ 0.

    Guarantee
    ---------
    The product of k factors ``base``, in some order of products; ``one`` for k = 0 and ``base`` itself for k = 1.

    Examples
    --------
    >>> by_squaring("ab", 5, "", lambda left, right: left + right)
    'ababababab'
    """
    if exponent < 2:
        return base if exponent == 1 else one
    result = base
    for bit in bin(exponent)[3:]:
        result = times(result, result)
        if bit == "1":
            result = times(result, base)
    return result


def natural_power(base: T, exponent: int) -> T:
    """base^k, k ≥ 0, of a real or complex ball, or of a power series of them; the exact 1 for k = 0.

    Guarantee
    ---------
    Contains x^k for every point x of the base.

    Examples
    --------
    >>> bool(natural_power(arb(0, 1), 3).contains(-1)), natural_power(arb(0, 1), 0)
    (True, 1.00000000000000)
    """
    power: T = by_squaring(base, exponent, _ONE, mul)
    return power
