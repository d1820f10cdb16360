"""Formulas that are polynomials in z, exactly: those of the catalogue are recognised in any spelling."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from certificates.expression import Activation, parse_activation
from certificates.expression.syntax import (
    Difference,
    Expression,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Variable,
)

__all__ = ["polynomial", "recognised"]

Coefficients = dict[int, Fraction]

_LARGEST_DEGREE = 64
_NAMED = {"identity": {1: Fraction(1)}, "quadratic": {2: Fraction(1)}}


def recognised(activation: Activation) -> Activation:
    """The activation of the catalogue that is the same polynomial, or the given one.

    Examples
    --------
    >>> recognised(parse_activation("z*z")).text, recognised(parse_activation("(z + z)/2")).text
    ('quadratic', 'identity')
    >>> recognised(parse_activation("2*z^2")).text
    '2*z^2'
    """
    if activation.name is not None:
        return activation
    found = polynomial(activation.expression)
    return next((parse_activation(name) for name, known in _NAMED.items() if found == known), activation)


def polynomial(expression: Expression) -> Mapping[int, Fraction] | None:
    """Degree to coefficient, without zeros; ``None`` if it is no polynomial of degree 64 at most, by its spelling.

    Examples
    --------
    >>> polynomial(parse_activation("(1 + z)*(1 - z)").expression)
    {0: Fraction(1, 1), 2: Fraction(-1, 1)}
    >>> polynomial(parse_activation("z*tanh(z)").expression) is None
    True
    """
    match expression:
        case Number(value):
            return _kept({0: value})
        case Variable():
            return {1: Fraction(1)}
        case Negative(operand):
            return _times(polynomial(operand), {0: Fraction(-1)})
        case Sum(left, right):
            return _plus(polynomial(left), polynomial(right), 1)
        case Difference(left, right):
            return _plus(polynomial(left), polynomial(right), -1)
        case Product(left, right):
            return _times(polynomial(left), polynomial(right))
        case Quotient(left, Number(value)) if value:
            return _times(polynomial(left), {0: 1 / value})
        case Power(base, exponent) if 0 <= exponent <= _LARGEST_DEGREE:
            return _power(polynomial(base), exponent)
        case _:
            return None


def _kept(found: Coefficients) -> Coefficients:
    return {degree: found[degree] for degree in sorted(found) if found[degree]}


def _plus(left: Mapping[int, Fraction] | None, right: Mapping[int, Fraction] | None, sign: int) -> Coefficients | None:
    if left is None or right is None:
        return None
    return _kept({k: left.get(k, Fraction(0)) + sign * right.get(k, Fraction(0)) for k in {*left, *right}})


def _times(left: Mapping[int, Fraction] | None, right: Mapping[int, Fraction] | None) -> Coefficients | None:
    if left is None or right is None or max(left, default=0) + max(right, default=0) > _LARGEST_DEGREE:
        return None
    found: Coefficients = {}
    for i, a in left.items():
        for j, b in right.items():
            found[i + j] = found.get(i + j, Fraction(0)) + a * b
    return _kept(found)


def _power(base: Mapping[int, Fraction] | None, exponent: int) -> Mapping[int, Fraction] | None:
    found: Mapping[int, Fraction] | None = {0: Fraction(1)}
    for _ in range(exponent):
        found = _times(found, base)
    return found
