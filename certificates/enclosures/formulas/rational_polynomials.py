"""Activations that are literally polynomials: their coefficients as exact rationals."""

from __future__ import annotations

from fractions import Fraction

from certificates.arithmetic.effort import spend_rationals
from certificates.errors import EnclosureFailure
from certificates.expression import Expression
from certificates.expression.syntax import Difference, Negative, Number, Power, Product, Quotient, Sum, Variable

__all__ = ["rational_coefficients"]

Polynomial = tuple[Fraction, ...]  # ascending powers, the last one not 0; () is the zero polynomial

_LARGEST_DEGREE = 64
_NO_POLYNOMIAL = "the activation is not written as a polynomial in z with rational coefficients"


def rational_coefficients(expression: Expression) -> Polynomial:
    """The coefficients of 1, z, z², …, up to the degree; none for the zero polynomial.

    Guarantee
    ---------
    The formula equals this polynomial for every real z.

    May fail when
    -------------
    A function, a choice between pieces or a division by z occurs, also where it cancels, or the degree of a part
    exceeds 64: :class:`EnclosureFailure`.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> [str(c) for c in rational_coefficients(parse_activation("(z+1)^3/2 - z^3/2").expression)]
    ['1/2', '3/2', '3/2']
    """
    match expression:
        case Number(value):
            return (value,) if value else ()
        case Variable():
            return (Fraction(0), Fraction(1))
        case Negative(operand):
            return tuple(-c for c in rational_coefficients(operand))
        case Sum(left, right):
            return _sum(rational_coefficients(left), rational_coefficients(right), 1)
        case Difference(left, right):
            return _sum(rational_coefficients(left), rational_coefficients(right), -1)
        case Product(left, right):
            return _product(rational_coefficients(left), rational_coefficients(right))
        case Quotient(left, right):
            return _product(rational_coefficients(left), _inverse(rational_coefficients(right)))
        case Power(base, exponent) if exponent >= 0:
            return _power(rational_coefficients(base), exponent)
        case _:
            raise EnclosureFailure(_NO_POLYNOMIAL)


def _inverse(divisor: Polynomial) -> Polynomial:
    if len(divisor) != 1:
        raise EnclosureFailure(_NO_POLYNOMIAL)
    return (1 / divisor[0],)


def _power(base: Polynomial, exponent: int) -> Polynomial:
    result: Polynomial = (Fraction(1),)
    for _ in range(exponent):
        result = _product(result, base)
    return result


def _sum(left: Polynomial, right: Polynomial, sign: int) -> Polynomial:
    spend_rationals(_longest(left) + _longest(right), max(len(left), len(right)))
    longer = max(len(left), len(right))
    padded = [(*each, *[Fraction(0)] * (longer - len(each))) for each in (left, right)]
    return _trimmed([a + sign * b for a, b in zip(*padded, strict=True)])


def _product(left: Polynomial, right: Polynomial) -> Polynomial:
    if len(left) + len(right) > _LARGEST_DEGREE + 2:
        raise EnclosureFailure(f"a part of the activation has a degree above {_LARGEST_DEGREE}")
    spend_rationals(_longest(left) + _longest(right), 2 * len(left) * len(right))
    total = [Fraction(0)] * max(len(left) + len(right) - 1, 0)
    for i, a in enumerate(left):
        for j, b in enumerate(right):
            total[i + j] += a * b
    return _trimmed(total)


def _trimmed(coefficients: list[Fraction]) -> Polynomial:
    while coefficients and not coefficients[-1]:
        coefficients.pop()
    return tuple(coefficients)


def _longest(polynomial: Polynomial) -> int:
    """Bits of the longest coefficient; sums have a common denominator, so no more than all of them together."""
    return sum(c.numerator.bit_length() + c.denominator.bit_length() for c in polynomial)
