"""Formulas as compiled functions of FLINT power series, real or complex: the fast path of quadrature.

A formula is compiled once into a closure; each call costs one library call a node. A complex result proves that
the formula is analytic on the argument: where a branch cut or a pole cannot be excluded, the evaluation fails.
So an integrator never has to ask for analyticity separately (theory 2.3.1, trap 1).
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from flint import acb, acb_series, arb, arb_series, ctx, fmpq

from certificates.arithmetic.powers import natural_power
from certificates.errors import EnclosureFailure
from certificates.expression.syntax import (
    Apply,
    Difference,
    Expression,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
)
from certificates.memory import remembered

__all__ = [
    "apply_function",
    "compiled",
    "complex_derivatives",
    "integer_power",
    "inverse",
    "is_left",
    "series_slope",
]

Series = Any  # arb_series or acb_series, or a number where the formula is constant
Compiled = Callable[[Series], Series]


def series_slope(expression: Expression) -> Callable[[arb], arb]:
    """f' of a formula without ``Piecewise`` at real balls, for the current working precision: the series up to s¹."""
    formula = compiled(expression)

    def slope(w: arb) -> arb:
        value = formula(arb_series([w, 1], 2))
        return value[1] if isinstance(value, arb_series) else arb(0)

    return slope


def complex_derivatives(formula: Compiled, x: acb, order: int) -> list[acb]:
    """Taylor coefficients 0 … order of a compiled formula on a complex ball, on which it is proven analytic."""
    value = formula(acb_series([x, 1], order + 1))
    if not isinstance(value, acb_series):
        return [acb(value), *[acb(0)] * order]
    if value.prec <= order:  # the library's own cap on the length of series
        raise EnclosureFailure(f"power series are cut off before order {order}")
    return [value[k] for k in range(order + 1)]


@remembered(512)
def _compiled_at(expression: Expression, bits: int) -> Compiled:
    del bits  # the key: rationals are enclosed at one precision
    return _compile(expression)


def compiled(expression: Expression) -> Compiled:
    """A formula without ``Piecewise`` as a function of series, for the current working precision.

    Guarantee
    ---------
    Every coefficient of the result contains the exact one for every point of the argument.

    May fail when
    -------------
    A divisor, or the argument of log or sqrt, is not certainly away from 0 and from the branch cut; the
    argument of atan is not certainly away from the branch cuts: :class:`EnclosureFailure`. A coefficient that needs
    the value of softplus beyond its branch points is not a number.

    Examples
    --------
    >>> from certificates.expression import parse_expression
    >>> compiled(parse_expression("z^2"))(arb_series([3, 1], 3))
    9.00000000000000 + 6.00000000000000*x + 1.00000000000000*x^2 + O(x^3)
    """
    return _compiled_at(expression, int(ctx.prec))


def _compile(expression: Expression) -> Compiled:
    match expression:
        case Number(value):
            return _constant(value)
        case Negative(operand):
            inner = _compile(operand)
            return lambda z: -inner(z)
        case Sum(left, right):
            first, second = _compile(left), _compile(right)
            return lambda z: first(z) + second(z)
        case Difference(left, right):
            first, second = _compile(left), _compile(right)
            return lambda z: first(z) - second(z)
        case Product(left, right):
            first, second = _compile(left), _compile(right)
            return lambda z: first(z) * second(z)
        case Quotient(left, right):
            first, second = _compile(left), _compile(right)
            return lambda z: first(z) * inverse(second(z))
        case Power(base, exponent):
            inner = _compile(base)
            return lambda z: integer_power(inner(z), exponent)
        case Apply("tanh", Apply("softplus", argument)):
            inner = _compile(argument)
            return lambda z: _tanh_of_softplus(inner(z))
        case Apply(function, argument):
            inner, outer = _compile(argument), _FUNCTIONS[function]
            return lambda z: outer(inner(z))
        case _:
            return lambda z: z


def _constant(value: Fraction) -> Compiled:
    number = arb(fmpq(value.numerator, value.denominator))
    return lambda _: number


_SERIES = (arb_series, acb_series)


def _head(u: Series) -> Any:
    """The constant term."""
    return u[0] if isinstance(u, _SERIES) else u


def inverse(u: Series) -> Series:
    """1/u; fails unless u is certainly nowhere 0."""
    if _head(u).contains(0):
        raise EnclosureFailure("division by an expression whose enclosure contains 0")
    return 1 / u


def integer_power(u: Series, exponent: int) -> Series:
    """u to an integer power, negative ones too."""
    return natural_power(u, exponent) if exponent >= 0 else inverse(natural_power(u, -exponent))


def _off_the_cut(u: Series) -> Series:
    """Refuse an argument that may meet (−∞, 0]."""
    head = _head(u)
    real, imaginary = (head.real, head.imag) if isinstance(head, acb) else (head, arb(0))
    if not (real > 0 or imaginary > 0 or imaginary < 0):
        raise EnclosureFailure("log or sqrt of an expression that may meet its branch cut")
    return u


def _log(u: Series) -> Series:
    return _off_the_cut(u).log()


def _sqrt(u: Series) -> Series:
    return _off_the_cut(u).sqrt()


def is_left(u: Series) -> bool:
    """Whether the midpoint lies left of 0: of two spellings of one function, which is the stable one."""
    head = _head(u)
    return bool((head.real if isinstance(head, acb) else head).mid() < 0)


def _sigmoid(u: Series) -> Series:
    """Meromorphic; both spellings are the same function, each stable on its side."""
    if is_left(u):
        power = u.exp()
        return power * inverse(1 + power)
    return inverse(1 + (-u).exp())


def _tanh(u: Series) -> Series:
    return 2 * _sigmoid(2 * u) - 1


def _softplus(u: Series) -> Series:
    """log(1 + e^u), analytic on |Im u| < π, where 1 + e^{±u} avoids (−∞, 0].

    Elsewhere only its derivative s(u)u' is analytic: the value alone is left undefined (not a number).
    """
    head = _head(u)
    if not isinstance(head, acb) or abs(head.imag) < arb.pi():
        return _log(1 + u.exp()) if is_left(u) else u + _log(1 + (-u).exp())
    if not isinstance(u, acb_series):
        return acb("nan")
    return (_sigmoid(u) * u.derivative()).integral() + acb("nan")


def _tanh_of_softplus(u: Series) -> Series:
    """((1 + q)² − 1)/((1 + q)² + 1) with q = e^u, or divided by q²: meromorphic, without the logarithm."""
    if is_left(u):
        q = u.exp()
        top = q * (q + 2)
        return top * inverse(top + 2)
    x = (-u).exp()
    top = 1 + 2 * x
    return top * inverse(top + 2 * x * x)


def _atan(u: Series) -> Series:
    """Analytic off the cuts i[1, ∞) and −i[1, ∞)."""
    head = _head(u)
    if isinstance(head, acb) and not (abs(head.imag) < 1 or head.real > 0 or head.real < 0):
        raise EnclosureFailure("atan of an expression that may meet its branch cuts")
    return u.atan()


def apply_function(function: str, u: Series) -> Series:
    """One of the functions of the grammar, on series or on numbers; see :func:`compiled`."""
    return _FUNCTIONS[function](u)


_FUNCTIONS: dict[str, Compiled] = {
    "exp": lambda u: u.exp(),
    "log": _log,
    "sqrt": _sqrt,
    "tanh": _tanh,
    "sigmoid": _sigmoid,
    "softplus": _softplus,
    "erf": lambda u: u.erf(),
    "atan": _atan,
    "sin": lambda u: u.sin(),
    "cos": lambda u: u.cos(),
}
