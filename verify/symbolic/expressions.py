"""Activations as SymPy formulas, with a guard on their size: SymPy expands what it is given, however large."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import sympy as sp

from certificates.expression import Activation, Expression, smooth_pieces
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
    children,
)

__all__ = ["SIGMA", "NoClosedForm", "SlopePiece", "Z", "slope_pieces", "to_sympy"]

Z = sp.Symbol("z", real=True)
SIGMA = sp.Symbol("sigma", positive=True)

_MOST_TERMS = 200
_HIGHEST_DEGREE = 32

_FUNCTIONS: dict[str, Callable[[sp.Expr], sp.Expr]] = {
    "exp": sp.exp,
    "log": sp.log,
    "sqrt": sp.sqrt,
    "tanh": sp.tanh,
    "sigmoid": lambda x: 1 / (1 + sp.exp(-x)),
    "softplus": lambda x: sp.log(1 + sp.exp(x)),
    "erf": sp.erf,
    "atan": sp.atan,
    "sin": sp.sin,
    "cos": sp.cos,
}


class NoClosedForm(Exception):
    """The formula is outside the classes whose Gaussian integrals are known here; says why."""


@dataclass(frozen=True)
class SlopePiece:
    """φ' = ``formula`` (in :data:`Z`) for lower < z ≤ upper."""

    formula: sp.Expr
    lower: sp.Expr
    upper: sp.Expr


def to_sympy(expression: Expression) -> sp.Expr:
    """The same function of :data:`Z` in SymPy.

    Parameters
    ----------
    expression
        Without ``Piecewise``: one of the formulas of ``smooth_pieces``.

    May fail when
    -------------
    Multiplied out it could have more than 200 terms or a degree above 32: :class:`NoClosedForm`.

    Examples
    --------
    >>> from certificates.expression import parse_expression
    >>> to_sympy(parse_expression("z/2*(1+erf(z/sqrt(2)))"))
    z*(erf(sqrt(2)*z/2) + 1)/2
    """
    _expanded_size(expression)
    return _converted(expression)


def slope_pieces(activation: Activation) -> tuple[SlopePiece, ...]:
    """φ' by SymPy's differentiation, on each interval between breakpoints.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> [piece.formula for piece in slope_pieces(parse_activation("elu"))]
    [exp(z), 1]
    """
    pieces, breakpoints = smooth_pieces(activation.expression)
    if len(pieces) > _MOST_TERMS:
        raise NoClosedForm(f"the activation has {len(pieces)} pieces")
    ends = [-sp.oo, *(sp.Rational(b.numerator, b.denominator) for b in breakpoints), sp.oo]
    slopes = [sp.diff(to_sympy(piece), Z) for piece in pieces]
    if any(slope.has(sp.zoo, sp.nan, sp.oo) for slope in slopes):
        raise NoClosedForm("the formula is not defined")
    return tuple(SlopePiece(slope, *ends[k : k + 2]) for k, slope in enumerate(slopes))


def _expanded_size(expression: Expression) -> tuple[int, int]:
    """Bounds of the number of terms and of the degree when everything is multiplied out, or a refusal."""
    sizes = [_expanded_size(child) for child in children(expression)]
    terms, degree = 1, 1
    match expression:
        case Sum() | Difference():
            terms, degree = sum(t for t, _ in sizes), max(d for _, d in sizes)
        case Product() | Quotient():
            terms, degree = sizes[0][0] * sizes[1][0], sizes[0][1] + sizes[1][1]
        case Power(_, exponent):
            degree = sizes[0][1] * max(1, abs(exponent))
            terms = 1 if degree > _HIGHEST_DEGREE else sizes[0][0] ** abs(exponent)
        case Negative():
            terms, degree = sizes[0]
    if terms > _MOST_TERMS or degree > _HIGHEST_DEGREE:
        raise NoClosedForm("multiplied out, the formula is too large for a symbolic derivation")
    return terms, degree


def _converted(expression: Expression) -> sp.Expr:
    operands = [_converted(child) for child in children(expression)]
    match expression:
        case Number(value):
            return sp.Rational(value.numerator, value.denominator)
        case Variable():
            return Z
        case Negative():
            return -operands[0]
        case Sum():
            return operands[0] + operands[1]
        case Difference():
            return operands[0] - operands[1]
        case Product():
            return operands[0] * operands[1]
        case Quotient():
            return operands[0] / operands[1]
        case Power(_, exponent):
            return operands[0] ** exponent
        case Apply(function, _):
            return _FUNCTIONS[function](operands[0])
        case _:
            raise NoClosedForm(f"no SymPy form for {type(expression).__name__}")
