"""The formulas of an activation, one an interval; and what evaluating a formula costs."""

from __future__ import annotations

from fractions import Fraction

from certificates.arithmetic.effort import spend
from certificates.expression import Activation, Expression, smooth_pieces
from certificates.expression.syntax import Apply, Piecewise, children, walk
from certificates.memory import remembered

__all__ = ["evaluation_effort", "pieces_of", "split"]

Pieces = tuple[tuple[Expression, ...], tuple[Fraction, ...]]

_EFFORT_OF_A_NODE = 5
# What a function costs at up to 4,096 bits, in multiplications there or more.
_WEIGHTS = {"erf": 20, "atan": 4, "softplus": 6, "tanh": 4, "sigmoid": 4}
_WEIGHT = 3


@remembered(8)
def pieces_of(activation: Activation) -> Pieces:
    """Formulas without ``Piecewise`` and the breakpoints between them; see :func:`split`."""
    return split(activation.expression)


def split(expression: Expression) -> Pieces:
    """:func:`certificates.expression.smooth_pieces`, with its work counted: a tree for every breakpoint of any node.

    Examples
    --------
    >>> from certificates.expression import parse_expression
    >>> split(parse_expression("piecewise(0, 0, z)"))[1]
    (Fraction(0, 1),)
    """
    nodes = list(walk(expression))
    points = {b for node in nodes if isinstance(node, Piecewise) for b in node.breakpoints}
    spend(_EFFORT_OF_A_NODE * (len(nodes) + (len(points) + 1) * _active_size(expression)))
    return smooth_pieces(expression)


def _active_size(expression: Expression) -> int:
    """How many nodes a piece has at most."""
    sizes = [_active_size(child) for child in children(expression)]
    return 1 + (max(sizes) if isinstance(expression, Piecewise) else sum(sizes))


@remembered(64)
def evaluation_effort(piece: Expression) -> int:
    """Multiplications that one evaluation of a formula is worth, at any precision.

    Examples
    --------
    >>> from certificates.expression import parse_expression
    >>> evaluation_effort(parse_expression("z*erf(z)"))
    23
    """
    return sum(_WEIGHTS.get(node.function, _WEIGHT) if isinstance(node, Apply) else 1 for node in walk(piece))
