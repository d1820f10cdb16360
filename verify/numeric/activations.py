"""Activations as plain numpy functions: value and slope from the expression, by forward differentiation."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.special import erf, expit

from certificates.expression import Activation
from certificates.expression.syntax import (
    Apply,
    Difference,
    Expression,
    Negative,
    Number,
    Piecewise,
    Power,
    Product,
    Quotient,
    Sum,
    Variable,
)

__all__ = ["ValueAndSlope", "compile_activation"]

Array = NDArray[np.float64]
ValueAndSlope = Callable[[Array], tuple[Array, Array]]

_FUNCTIONS: dict[str, Callable[[Array], tuple[Array, Array]]] = {
    "exp": lambda x: (np.exp(x), np.exp(x)),
    "log": lambda x: (np.log(x), 1 / x),
    "sqrt": lambda x: (np.sqrt(x), 0.5 / np.sqrt(x)),
    "sin": lambda x: (np.sin(x), np.cos(x)),
    "cos": lambda x: (np.cos(x), -np.sin(x)),
    "atan": lambda x: (np.arctan(x), 1 / (1 + x * x)),
    "erf": lambda x: (erf(x), 2 / np.sqrt(np.pi) * np.exp(-x * x)),
    "softplus": lambda x: (np.logaddexp(0, x), expit(x)),
}


def _tanh(x: Array) -> tuple[Array, Array]:
    value = np.tanh(x)
    return value, 1 - value * value


def _sigmoid(x: Array) -> tuple[Array, Array]:
    value = expit(x)
    return value, value * (1 - value)


_FUNCTIONS |= {"tanh": _tanh, "sigmoid": _sigmoid}


def compile_activation(activation: Activation) -> ValueAndSlope:
    """A function z ↦ (φ(z), φ'(z)) on float64 arrays.

    Parameters
    ----------
    activation
        Any activation of the language, piecewise ones included.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> value, slope = compile_activation(parse_activation("quadratic"))(np.array([3.0]))
    >>> float(value[0]), float(slope[0])
    (9.0, 6.0)
    """

    def evaluate(z: Array) -> tuple[Array, Array]:
        with np.errstate(all="ignore"):
            value, slope = _dual(activation.expression, z)
        return np.broadcast_to(value, z.shape), np.broadcast_to(slope, z.shape)

    return evaluate


def _dual(node: Expression, z: Array) -> tuple[Array, Array]:
    """Value and derivative with respect to z."""
    match node:
        case Number(number):
            return np.asarray(float(number)), np.asarray(0.0)
        case Variable():
            return z, np.asarray(1.0)
        case Negative(operand):
            value, slope = _dual(operand, z)
            return -value, -slope
        case Piecewise():
            return _piecewise(node, z)
        case Apply(function, argument):
            inner, inner_slope = _dual(argument, z)
            outer, outer_slope = _FUNCTIONS[function](inner)
            return outer, outer_slope * inner_slope
        case Power(base, exponent):
            inner, inner_slope = _dual(base, z)
            return inner**exponent, exponent * inner ** (exponent - 1) * inner_slope
    return _binary(node, z)


def _binary(node: Expression, z: Array) -> tuple[Array, Array]:
    if not isinstance(node, Sum | Difference | Product | Quotient):
        raise TypeError(f"no numpy form for {type(node).__name__}")
    left, left_slope = _dual(node.left, z)
    right, right_slope = _dual(node.right, z)
    match node:
        case Sum():
            return left + right, left_slope + right_slope
        case Difference():
            return left - right, left_slope - right_slope
        case Product():
            return left * right, left_slope * right + left * right_slope
    value = left / right
    return value, (left_slope - value * right_slope) / right


def _piecewise(node: Piecewise, z: Array) -> tuple[Array, Array]:
    """Each piece on its own interval, clipped there so that no piece overflows outside it."""
    ends = [-np.inf, *(float(b) for b in node.breakpoints), np.inf]
    value, slope = np.zeros_like(z), np.zeros_like(z)
    for piece, low, high in zip(node.pieces, ends, ends[1:], strict=False):
        inside = (z > low) & (z <= high)
        part, part_slope = _dual(piece, np.clip(z, low, high))
        value, slope = np.where(inside, part, value), np.where(inside, part_slope, slope)
    return value, slope
