"""The nodes of an activation: a closed, typed language instead of Python code.

An expression denotes a function of one real variable z. :func:`smooth_pieces` is the view that rigorous code
works on: finitely many analytic formulas, each on an interval between consecutive breakpoints.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

__all__ = [
    "FUNCTIONS",
    "Apply",
    "Difference",
    "Expression",
    "Negative",
    "Number",
    "Piecewise",
    "Power",
    "Product",
    "Quotient",
    "Sum",
    "Variable",
    "children",
    "depends_on_variable",
    "smooth_pieces",
    "walk",
]

FUNCTIONS = ("exp", "log", "sqrt", "tanh", "sigmoid", "softplus", "erf", "atan", "sin", "cos")


@dataclass(frozen=True)
class Expression:
    """A node; every node is immutable, compares by structure and can be hashed."""


@dataclass(frozen=True)
class Number(Expression):
    """An exact rational."""

    value: Fraction


@dataclass(frozen=True)
class Variable(Expression):
    """The variable z."""


@dataclass(frozen=True)
class Negative(Expression):
    """−operand."""

    operand: Expression


@dataclass(frozen=True)
class Sum(Expression):
    """left + right."""

    left: Expression
    right: Expression


@dataclass(frozen=True)
class Difference(Expression):
    """left − right."""

    left: Expression
    right: Expression


@dataclass(frozen=True)
class Product(Expression):
    """left · right."""

    left: Expression
    right: Expression


@dataclass(frozen=True)
class Quotient(Expression):
    """left / right; undefined where right vanishes."""

    left: Expression
    right: Expression


@dataclass(frozen=True)
class Power(Expression):
    """base to an integer power; x⁰ = 1."""

    base: Expression
    exponent: int


@dataclass(frozen=True)
class Apply(Expression):
    """One of :data:`FUNCTIONS` at an argument."""

    function: str
    argument: Expression


@dataclass(frozen=True)
class Piecewise(Expression):
    """pieces[0] for z ≤ breakpoints[0], pieces[k] for breakpoints[k−1] < z ≤ breakpoints[k], the last one beyond.

    Parameters
    ----------
    pieces
        One more than there are breakpoints.
    breakpoints
        Strictly increasing; they divide the line of z, also where the node is nested in other nodes.
    """

    pieces: tuple[Expression, ...]
    breakpoints: tuple[Fraction, ...]


def children(expression: Expression) -> tuple[Expression, ...]:
    """The direct operands, from left to right."""
    match expression:
        case Negative(operand):
            return (operand,)
        case Sum(left, right) | Difference(left, right) | Product(left, right) | Quotient(left, right):
            return (left, right)
        case Power(base, _):
            return (base,)
        case Apply(_, argument):
            return (argument,)
        case Piecewise(pieces, _):
            return pieces
        case _:
            return ()


def walk(expression: Expression) -> Iterator[Expression]:
    """The node and everything below it, in no particular order; needs no stack depth."""
    waiting = [expression]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(children(node))


def depends_on_variable(expression: Expression) -> bool:
    """Whether z, or a choice between pieces by z, occurs in the formula."""
    return any(isinstance(node, Variable | Piecewise) for node in walk(expression))


def smooth_pieces(expression: Expression) -> tuple[tuple[Expression, ...], tuple[Fraction, ...]]:
    """Rewrite an expression as formulas without ``Piecewise``, one for each interval of the line.

    All ``Piecewise`` nodes choose by the same z, so between two consecutive breakpoints of *any* of them each
    node has one active piece.

    Guarantee
    ---------
    ``pieces[k]`` equals the expression for every z with breakpoints[k−1] < z ≤ breakpoints[k] (first piece:
    z ≤ breakpoints[0]; last piece: z > breakpoints[−1]) and contains no ``Piecewise``.

    Examples
    --------
    >>> relu = Piecewise((Number(Fraction(0)), Variable()), (Fraction(0),))
    >>> smooth_pieces(Sum(relu, Variable()))[0][0]
    Sum(left=Number(value=Fraction(0, 1)), right=Variable())
    """
    points = {b for node in walk(expression) if isinstance(node, Piecewise) for b in node.breakpoints}
    breakpoints = tuple(sorted(points))
    active_at = (*breakpoints, None)
    return tuple(_active(expression, end) for end in active_at), breakpoints


def _active(expression: Expression, end: Fraction | None) -> Expression:
    """The formula in force on the interval whose right end (``None``: +∞) is ``end``."""
    match expression:
        case Piecewise(pieces, breakpoints):
            index = len(breakpoints) if end is None else bisect_left(breakpoints, end)
            return _active(pieces[index], end)
        case Negative(operand):
            return Negative(_active(operand, end))
        case Sum(left, right) | Difference(left, right) | Product(left, right) | Quotient(left, right):
            return type(expression)(_active(left, end), _active(right, end))
        case Power(base, exponent):
            return Power(_active(base, end), exponent)
        case Apply(function, argument):
            return Apply(function, _active(argument, end))
        case _:
            return expression
