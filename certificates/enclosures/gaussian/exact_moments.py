"""Gaussian moments as exact numbers, for activations that are sums of zᵏ e^{λz} with λ rational or imaginary.

E[zᵏ e^{λz}] = e^{λ²/2} E[(z + λ)ᵏ] for every complex λ (complete the square, shift the contour). Polynomials, sin,
cos and exp of rational multiples of z, and their products belong here. Equality of such numbers is decided, which a
ball cannot do: sin at σ = 1 has T₃ = (1 − σ²)e^{−σ²} = 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import comb

from certificates.arithmetic.effort import spend, spend_rationals
from certificates.enclosures.formulas.exact_constants import ExactConstant, ExactRing
from certificates.errors import EnclosureFailure
from certificates.expression import Activation, Expression
from certificates.expression.syntax import (
    Apply,
    Difference,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Variable,
)
from certificates.memory import remembered

__all__ = ["exact_moment", "mean_slope_keeps_sign"]

Gaussian = tuple[Fraction, Fraction]  # a + bi
Term = tuple[int, Fraction, Fraction]  # k, Re λ, Im λ
Terms = Mapping[Term, Gaussian]

_ZERO, _UNIT = Fraction(0), Fraction(1)
_ONE: Terms = {(0, _ZERO, _ZERO): (_UNIT, _ZERO)}
_MOST_TERMS = 600
_MOST_PRODUCTS = 15_000  # of terms, in one multiplication
_LARGEST_DEGREE = 400  # z^64 to the fourth slope power has 252
_EFFORT_OF_A_TERM = 30
_RING = ExactRing()


def exact_moment(activation: Activation, i: int, j: int, sigma: Fraction) -> ExactConstant:
    """α_{i,j}(σ) = E[φ'(σz)ⁱ zʲ] as an exact number.

    Parameters
    ----------
    activation
        φ, a sum of terms zᵏ e^{λz} with rational coefficients.
    i, j
        At least 0.
    sigma
        σ > 0.

    Guarantee
    ---------
    The result equals the moment.

    May fail when
    -------------
    φ is no such sum, or products of exponentials and trigonometric functions occur, or it has too many terms or a
    degree above 400: :class:`EnclosureFailure`.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> exact_moment(parse_activation("quadratic"), 2, 2, Fraction(1, 2)).key
    '3'
    """
    slope = _derivative(_normal_form(activation.expression))
    product = _ONE
    for _ in range(i):
        product = _times(product, slope)
    by_exponent: dict[Fraction, Gaussian] = {}
    for (k, real, imaginary), coefficient in product.items():
        longest = (k + j + 1) * (_bits(sigma) + _bits(real) + _bits(imaginary)) + sum(map(_bits, coefficient))
        spend_rationals(longest, 6 * (k + j + 4))
        exponent, value = _expectation(k + j, real * sigma, imaginary * sigma)
        scaled = _gaussian_product(coefficient, (value[0] * sigma**k, value[1] * sigma**k))
        known = by_exponent.get(exponent, (_ZERO, _ZERO))
        by_exponent[exponent] = (known[0] + scaled[0], known[1] + scaled[1])
    return _constant(by_exponent)


def mean_slope_keeps_sign(activation: Activation) -> bool:
    """Whether μ(σ) = E[φ'(σz)] is shown to have one sign, and no zero, for all σ ≥ 0.

    For φ' = Σ c e^{λz} with λ real or imaginary, μ(σ) = Σ c e^{λ²σ²/2}; it suffices that all c of one λ² sum up to the
    same sign.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> mean_slope_keeps_sign(parse_activation("sin")), mean_slope_keeps_sign(parse_activation("z*sin(z)"))
    (True, False)
    """
    try:
        slope = _derivative(_normal_form(activation.expression))
    except EnclosureFailure:
        return False
    weights: dict[Fraction, Fraction] = {}
    for (k, real, imaginary), (coefficient, _) in slope.items():
        if k or (real and imaginary):
            return False
        square = real * real - imaginary * imaginary
        weights[square] = weights.get(square, _ZERO) + coefficient
    signs = {weight > 0 for weight in weights.values() if weight}
    return len(signs) == 1


def _constant(by_exponent: Mapping[Fraction, Gaussian]) -> ExactConstant:
    total = _RING.number(_ZERO)
    for exponent, (real, imaginary) in by_exponent.items():
        if imaginary:
            raise EnclosureFailure("the activation is not real")
        total = total.plus(_RING.apply("exp", _RING.number(exponent)).scaled(real))
    return total


def _expectation(k: int, real: Fraction, imaginary: Fraction) -> tuple[Fraction, Gaussian]:
    """E[zᵏ e^{λz}] = e^r · value: (r, value)."""
    if real and imaginary:
        raise EnclosureFailure("products of exponentials and trigonometric functions have no exact form here")
    exponent = (real * real - imaginary * imaginary) / 2
    total: Gaussian = (_ZERO, _ZERO)
    power: Gaussian = (_UNIT, _ZERO)  # λ^{k−m}, from m = k downwards
    for m in range(k, -1, -1):
        weight = comb(k, m) * _double_factorial(m)
        total = (total[0] + weight * power[0], total[1] + weight * power[1])
        power = _gaussian_product(power, (real, imaginary))
        if power == (_ZERO, _ZERO):
            break
    return exponent, total


@remembered(1024)
def _double_factorial(m: int) -> int:
    """E[zᵐ] = (m − 1)!! for even m, 0 for odd m."""
    value = 0 if m % 2 else 1
    for factor in range(m - 1, 0, -2):
        value *= factor
    return value


def _gaussian_product(left: Gaussian, right: Gaussian) -> Gaussian:
    return left[0] * right[0] - left[1] * right[1], left[0] * right[1] + left[1] * right[0]


# ---- normal form ---------------------------------------------------------------------------------------------------


def _normal_form(expression: Expression) -> Terms:
    match expression:
        case Number(value):
            return _scaled(_ONE, (value, _ZERO))
        case Variable():
            return {(1, _ZERO, _ZERO): (_UNIT, _ZERO)}
        case Negative(operand):
            return _scaled(_normal_form(operand), (-_UNIT, _ZERO))
        case Sum(left, right):
            return _plus(_normal_form(left), _normal_form(right))
        case Difference(left, right):
            return _plus(_normal_form(left), _scaled(_normal_form(right), (-_UNIT, _ZERO)))
        case Product(left, right):
            return _times(_normal_form(left), _normal_form(right))
        case Quotient(left, Number(value)) if value:
            return _scaled(_normal_form(left), (1 / value, _ZERO))
        case Power(base, exponent) if exponent >= 0:
            result, factor = _ONE, _normal_form(base)
            for _ in range(exponent):
                result = _times(result, factor)
            return result
        case Apply(("exp" | "sin" | "cos") as function, argument):
            return _exponential(function, _rate(argument))
        case _:
            raise EnclosureFailure("the activation is no sum of products of powers, exponentials, sines and cosines")


def _rate(argument: Expression) -> Fraction:
    """C of an argument cz."""
    terms = {term: c for term, c in _normal_form(argument).items() if c != (_ZERO, _ZERO)}
    if any(term != (1, _ZERO, _ZERO) for term in terms):
        raise EnclosureFailure("the argument of exp, sin or cos is no rational multiple of z")
    return terms.get((1, _ZERO, _ZERO), (_ZERO, _ZERO))[0]


def _exponential(function: str, rate: Fraction) -> Terms:
    half = Fraction(1, 2)
    if function == "exp":
        return {(0, rate, _ZERO): (_UNIT, _ZERO)}
    if function == "cos":
        return _plus({(0, _ZERO, rate): (half, _ZERO)}, {(0, _ZERO, -rate): (half, _ZERO)})
    return _plus({(0, _ZERO, rate): (_ZERO, -half)}, {(0, _ZERO, -rate): (_ZERO, half)})


def _plus(left: Terms, right: Terms) -> Terms:
    total = dict(left)
    for term, (real, imaginary) in right.items():
        known = total.get(term, (_ZERO, _ZERO))
        total[term] = (known[0] + real, known[1] + imaginary)
    return total


def _scaled(terms: Terms, factor: Gaussian) -> Terms:
    return {term: _gaussian_product(c, factor) for term, c in terms.items()}


def _longest(terms: Terms) -> int:
    """Bits of the longest coefficient or rate."""
    return max((sum(_bits(x) for x in (a, b, *c)) for (_, a, b), c in terms.items()), default=0)


def _bits(number: Fraction) -> int:
    return number.numerator.bit_length() + number.denominator.bit_length()


def _times(left: Terms, right: Terms) -> Terms:
    spend(_EFFORT_OF_A_TERM * len(left) * len(right))
    spend_rationals(_longest(left) + _longest(right), 6 * len(left) * len(right))
    if len(left) * len(right) > _MOST_PRODUCTS:
        raise EnclosureFailure("the activation's normal form has too many terms")
    total: dict[Term, Gaussian] = {}
    for (k, a, b), c in left.items():
        for (m, d, e), f in right.items():
            term, product = (k + m, a + d, b + e), _gaussian_product(c, f)
            known = total.get(term, (_ZERO, _ZERO))
            total[term] = (known[0] + product[0], known[1] + product[1])
    if len(total) > _MOST_TERMS or any(k > _LARGEST_DEGREE for k, _, _ in total):
        raise EnclosureFailure("the activation's normal form has too many terms or too high a degree")
    return total


def _derivative(terms: Terms) -> Terms:
    """(zᵏ e^{λz})' = k z^{k−1} e^{λz} + λ zᵏ e^{λz}."""
    total: Terms = {}
    for (k, a, b), c in terms.items():
        total = _plus(total, {(k, a, b): _gaussian_product(c, (a, b))})
        if k:
            total = _plus(total, {(k - 1, a, b): (k * c[0], k * c[1])})
    return total
