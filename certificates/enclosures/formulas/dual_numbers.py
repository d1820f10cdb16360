"""The slope of a formula at one number, real or complex: what quadrature at nodes evaluates thousands of times.

A formula is compiled once into closures on pairs (f(w), f'(w)). A complex result proves, as in
:mod:`power_series`, that f' is analytic on the argument: where a pole or a branch cut cannot be excluded, the
evaluation fails. It is a second spelling of derivatives, so the two quadratures that use it share no formula with
the one that expands in series.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flint import arb, ctx

from certificates.enclosures.formulas.power_series import apply_function, compiled, integer_power, inverse, is_left
from certificates.errors import EnclosureFailure
from certificates.expression.syntax import (
    Apply,
    Difference,
    Expression,
    Negative,
    Power,
    Product,
    Quotient,
    Sum,
    Variable,
    depends_on_variable,
)
from certificates.memory import remembered

__all__ = ["slope_of"]

Number = Any  # arb or acb
Slope = Callable[[Number], Number]
Pair = tuple[Number, Number]  # in products and sums with constants the complex one stands first: the other way is slow
Dual = Callable[[Number], Pair]

_ZERO, _ONE = arb(0), arb(1)


@remembered(512)
def _slope_at(expression: Expression, bits: int) -> Slope:
    del bits  # the key: rationals are enclosed at one precision
    return _slope(expression)


def slope_of(expression: Expression) -> Slope:
    """f' of a formula without ``Piecewise``, as a function of balls, for the current working precision.

    Guarantee
    ---------
    The result contains f'(w) for every point w of the argument; if it is finite for a complex ball that meets the
    real line, then f' is analytic there (its continuation from the real line).

    May fail when
    -------------
    As in :func:`certificates.enclosures.formulas.power_series.compiled`: :class:`EnclosureFailure`. The result is not a
    number where the value of softplus beyond its branch points would be needed.

    Examples
    --------
    >>> from certificates.expression import parse_expression
    >>> slope_of(parse_expression("z^3"))(arb(2))
    12.0000000000000
    """
    return _slope_at(expression, int(ctx.prec))


def _slope(expression: Expression) -> Slope:
    """Linear combinations and outermost functions need no value: softplus' and atan' are meromorphic."""
    if not depends_on_variable(expression):
        _constant(expression)  # it must be defined
        return lambda _: _ZERO
    match expression:
        case Negative(operand):
            inner = _slope(operand)
            return lambda w: -inner(w)
        case Sum(left, right):
            first, second = _slope(left), _slope(right)
            return lambda w: first(w) + second(w)
        case Difference(left, right):
            first, second = _slope(left), _slope(right)
            return lambda w: first(w) - second(w)
        case Product(left, right) if not depends_on_variable(left):
            factor, inner = _constant(left), _slope(right)
            return lambda w: inner(w) * factor
        case Product(left, right) if not depends_on_variable(right):
            return _slope(Product(right, left))
        case Quotient(left, right) if not depends_on_variable(right):
            factor, inner = inverse(_constant(right)), _slope(left)
            return lambda w: inner(w) * factor
        case Product(left, right):
            one, other = _dual(left), _dual(right)
            return lambda w: _product_slope(one(w), other(w))
        case Apply(("softplus" | "tanh" | "sigmoid" | "erf" | "atan") as function, argument):
            outer = _SLOPES[function]()
            if isinstance(argument, Variable):
                return outer
            argument_dual = _dual(argument)
            return lambda w: _chain(outer, argument_dual(w))
        case _:
            dual = _dual(expression)
            return lambda w: dual(w)[1]


def _chain(outer: Slope, inner: Pair) -> Number:
    return outer(inner[0]) * inner[1]


def _constant(expression: Expression) -> Number:
    return compiled(expression)(arb(0))


# ---- pairs ---------------------------------------------------------------------------------------------------------


def _dual(expression: Expression) -> Dual:
    if not depends_on_variable(expression):
        value = _constant(expression)
        return lambda _: (value, _ZERO)
    match expression:
        case Negative(operand):
            inner = _dual(operand)
            return lambda w: _negative(inner(w))
        case Sum(left, right) if not depends_on_variable(left):
            term, inner = _constant(left), _dual(right)
            return lambda w: _shifted(term, inner(w))
        case Sum(left, right):
            first, second = _dual(left), _dual(right)
            return lambda w: _sum(first(w), second(w))
        case Difference(left, right):
            first, second = _dual(left), _dual(right)
            return lambda w: _difference(first(w), second(w))
        case Product(left, Variable()) if not depends_on_variable(left):
            return _line(_constant(left))
        case Quotient(Variable(), right) if not depends_on_variable(right):
            return _line(inverse(_constant(right)))
        case Product(left, right) if not depends_on_variable(left):
            factor, inner = _constant(left), _dual(right)
            return lambda w: _scaled(factor, inner(w))
        case Product(left, right) if not depends_on_variable(right):
            return _dual(Product(right, left))
        case Product(left, right):
            first, second = _dual(left), _dual(right)
            return lambda w: _product(first(w), second(w))
        case Quotient(left, right) if not depends_on_variable(right):
            factor, inner = inverse(_constant(right)), _dual(left)
            return lambda w: _scaled(factor, inner(w))
        case Quotient(left, right):
            first, second = _dual(left), _dual(right)
            return lambda w: _quotient(first(w), second(w))
        case Power(base, exponent):
            inner = _dual(base)
            return lambda w: _powered(inner(w), exponent)
        case Apply("tanh", Apply("softplus", argument)):
            inner = _dual(argument)
            return lambda w: _tanh_of_softplus(*inner(w))
        case Apply(function, argument):
            inner, both = _dual(argument), _with_slope(function) if function in _BESIDE else _FUNCTIONS[function]
            return lambda w: both(*inner(w))
        case _:
            return lambda w: (w, _ONE)


def _negative(u: Pair) -> Pair:
    return -u[0], -u[1]


def _line(factor: Number) -> Dual:
    return lambda w: (w * factor, factor)


def _shifted(term: Number, u: Pair) -> Pair:
    return u[0] + term, u[1]


def _sum(u: Pair, v: Pair) -> Pair:
    return u[0] + v[0], u[1] + v[1]


def _difference(u: Pair, v: Pair) -> Pair:
    return u[0] - v[0], u[1] - v[1]


def _scaled(factor: Number, u: Pair) -> Pair:
    return u[0] * factor, u[1] * factor


def _product(u: Pair, v: Pair) -> Pair:
    return u[0] * v[0], _product_slope(u, v)


def _product_slope(u: Pair, v: Pair) -> Number:
    return v[0] * u[1] + u[0] * v[1]


def _quotient(u: Pair, v: Pair) -> Pair:
    reciprocal = inverse(v[0])
    ratio = u[0] * reciprocal
    return ratio, (u[1] - ratio * v[1]) * reciprocal


def _powered(u: Pair, exponent: int) -> Pair:
    """u^k and k u^{k−1} u'."""
    if exponent == 0:
        return _ONE, _ZERO
    below = integer_power(u[0], exponent - 1)
    return below * u[0], exponent * below * u[1]


# ---- functions: value and slope ------------------------------------------------------------------------------------


def _exp(u: Number, slope: Number) -> Pair:
    value = u.exp()
    return value, value * slope


def _log(u: Number, slope: Number) -> Pair:
    return apply_function("log", u), inverse(u) * slope


def _sqrt(u: Number, slope: Number) -> Pair:
    root = apply_function("sqrt", u)
    return root, inverse(2 * root) * slope


def _decay(u: Number) -> tuple[Number, Number, int]:
    """q = e^{−u} right, e^u left; 1/(1 + q); and the side."""
    side = -1 if is_left(u) else 1
    q = (-u if side > 0 else u).exp()
    return q, inverse(1 + q), side


def _sigmoid(u: Number, slope: Number) -> Pair:
    """S = 1/(1 + e^{−u}), s' = s(1 − s) = q/(1 + q)²."""
    q, reciprocal, side = _decay(u)
    other = q * reciprocal
    return reciprocal if side > 0 else other, other * reciprocal * slope


def _tanh(u: Number, slope: Number) -> Pair:
    """Tanh = ±(1 − q)/(1 + q), sech² = 4q/(1 + q)² with q = e^{∓2u}."""
    q, reciprocal, side = _decay(2 * u)
    value = (1 - q) * reciprocal
    return value if side > 0 else -value, 4 * q * reciprocal * reciprocal * slope


def _softplus_slope() -> Slope:
    return lambda u: inverse((-u).exp() + 1)


def _tanh_slope() -> Slope:
    return _sech_squared


def _sigmoid_slope() -> Slope:
    """¼ sech²(u/2): alike on both sides of 0."""
    return lambda u: _sech_squared(u / 2) / 4


def _erf_slope() -> Slope:
    scale = 2 / arb.pi().sqrt()
    return lambda u: (-u * u).exp() * scale


def _atan_slope() -> Slope:
    return lambda u: inverse(1 + u * u)


def _sech_squared(u: Number) -> Number:
    """Fails as :func:`inverse` of cosh u does, which is wider where u is: FLINT's sech is a quotient of e^{−|u|}."""
    sech = u.sech()
    if not sech.is_finite():
        raise EnclosureFailure("division by an expression whose enclosure contains 0")
    return sech * sech


def _sin(u: Number, slope: Number) -> Pair:
    return u.sin(), u.cos() * slope


def _cos(u: Number, slope: Number) -> Pair:
    return u.cos(), -u.sin() * slope


def _tanh_of_softplus(u: Number, slope: Number) -> Pair:
    """With D = (q + 1)² + 1, q = e^u: q(q + 2)/D and 4q(q + 1)/D²; for large q in x = 1/q."""
    if is_left(u):
        q = u.exp()
        top = q * (q + 2)
        reciprocal = inverse(top + 2)
        return top * reciprocal, 4 * q * (q + 1) * reciprocal * reciprocal * slope
    x = (-u).exp()
    square, top = x * x, 1 + 2 * x
    reciprocal = inverse(top + 2 * square)
    return top * reciprocal, 4 * square * (1 + x) * reciprocal * reciprocal * slope


def _with_slope(function: str) -> Callable[[Number, Number], Pair]:
    outer = _SLOPES[function]()
    return lambda u, slope: (apply_function(function, u), outer(u) * slope)


# Made for one working precision: what is constant is computed once.
_SLOPES: dict[str, Callable[[], Slope]] = {
    "softplus": _softplus_slope,
    "tanh": _tanh_slope,
    "sigmoid": _sigmoid_slope,
    "erf": _erf_slope,
    "atan": _atan_slope,
}

_BESIDE = ("softplus", "erf", "atan")  # value and slope have nothing in common

_FUNCTIONS: dict[str, Callable[[Number, Number], Pair]] = {
    "exp": _exp,
    "log": _log,
    "sqrt": _sqrt,
    "tanh": _tanh,
    "sigmoid": _sigmoid,
    "sin": _sin,
    "cos": _cos,
}
