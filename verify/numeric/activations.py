"""Activations as plain numpy functions: φ, φ' and φ'' from the expression, by forward differentiation.

They compute in the precision of their argument: binary64, or the platform's ``longdouble``.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

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

__all__ = ["TwoSlopes", "ValueAndSlope", "compile_activation", "compile_twice", "rational"]

Array = NDArray[Any]
ValueAndSlope = Callable[[Array], tuple[Array, Array]]
TwoSlopes = Callable[[Array], tuple[Array, Array, Array]]
_Jet = tuple[Array, Array, Array]

_ERF_TERMS = 200  # of its series at 7 in 64 bits


def rational(value: Fraction, dtype: np.dtype[Any]) -> Any:
    """A rational in a precision, a rounding or two away."""
    if dtype == np.float64:
        return np.float64(float(value))
    return dtype.type(value.numerator) / dtype.type(value.denominator)


def _exp(x: Array) -> _Jet:
    value = np.exp(x)
    return value, value, value


def _sqrt(x: Array) -> _Jet:
    value = np.sqrt(x)
    return value, 0.5 / value, -0.25 / (value * x)


def _tanh(x: Array) -> _Jet:
    value = np.tanh(x)
    slope = 1 - value * value
    return value, slope, -2 * value * slope


def _sigmoid(x: Array) -> _Jet:
    value = expit(x)
    slope = value * (1 - value)
    return value, slope, slope * (1 - 2 * value)


def _softplus(x: Array) -> _Jet:
    slope, complement = expit(x), expit(-x)
    return np.logaddexp(0, x), slope, slope * complement


def _erf(x: Array) -> _Jet:
    slope = 2 / np.sqrt(np.arccos(x.dtype.type(-1))) * np.exp(-x * x)
    value = erf(x) if x.dtype == np.float64 else _wide_erf(x)
    return value, slope, -2 * x * slope


def _wide_erf(x: Array) -> Array:
    """2/√π exp(−x²) Σ_k 2^k x^(2k+1)/(2k+1)!!, without cancellation; beyond 7 erf is 1 up to 1e-22."""
    near = np.clip(x, -7, 7)
    term = near.copy()
    total = near.copy()
    for k in range(1, _ERF_TERMS):
        term = term * (2 * near * near / (2 * k + 1))
        total = total + term
    value: Array = 2 / np.sqrt(np.arccos(x.dtype.type(-1))) * np.exp(-near * near) * total
    return value


def _atan(x: Array) -> _Jet:
    slope = 1 / (1 + x * x)
    return np.arctan(x), slope, -2 * x * slope * slope


_FUNCTIONS: dict[str, Callable[[Array], _Jet]] = {
    "exp": _exp,
    "log": lambda x: (np.log(x), 1 / x, -1 / (x * x)),
    "sqrt": _sqrt,
    "sin": lambda x: (np.sin(x), np.cos(x), -np.sin(x)),
    "cos": lambda x: (np.cos(x), -np.sin(x), -np.cos(x)),
    "atan": _atan,
    "erf": _erf,
    "softplus": _softplus,
    "tanh": _tanh,
    "sigmoid": _sigmoid,
}


def compile_activation(activation: Activation) -> ValueAndSlope:
    """A function z ↦ (φ(z), φ'(z)) on arrays.

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
    evaluate = compile_twice(activation)
    return lambda z: evaluate(z)[:2]


def compile_twice(activation: Activation) -> TwoSlopes:
    """A function z ↦ (φ(z), φ'(z), φ''(z)) on arrays; at a breakpoint, of the piece that ends there.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> [float(each[0]) for each in compile_twice(parse_activation("quadratic"))(np.array([3.0]))]
    [9.0, 6.0, 2.0]
    """

    def evaluate(z: Array) -> _Jet:
        z = np.asarray(z, np.result_type(z, np.float64))
        with np.errstate(all="ignore"):
            value, slope, bend = _jet(activation.expression, z)
        return np.broadcast_to(value, z.shape), np.broadcast_to(slope, z.shape), np.broadcast_to(bend, z.shape)

    return evaluate


def _jet(node: Expression, z: Array) -> _Jet:
    """Value and two derivatives with respect to z."""
    zero = np.zeros((), z.dtype)
    match node:
        case Number(number):
            return np.asarray(rational(number, z.dtype)), zero, zero
        case Variable():
            return z, np.ones((), z.dtype), zero
        case Negative(operand):
            value, slope, bend = _jet(operand, z)
            return -value, -slope, -bend
        case Piecewise():
            return _piecewise(node, z)
        case Apply(function, argument):
            inner = _jet(argument, z)
            return _chain(_FUNCTIONS[function](inner[0]), inner)
        case Power(base, exponent):
            inner = _jet(base, z)
            return _chain(_power(inner[0], exponent), inner)
    return _binary(node, z)


def _chain(outer: _Jet, inner: _Jet) -> _Jet:
    value, slope, bend = outer
    return value, slope * inner[1], bend * inner[1] ** 2 + slope * inner[2]


def _power(x: Array, exponent: int) -> _Jet:
    zero = np.zeros_like(x)  # where the factor vanishes; 0 · x⁻¹ is NaN at 0
    slope = exponent * x ** (exponent - 1) if exponent else zero
    return x**exponent, slope, exponent * (exponent - 1) * x ** (exponent - 2) if exponent not in (0, 1) else zero


def _binary(node: Expression, z: Array) -> _Jet:
    if not isinstance(node, Sum | Difference | Product | Quotient):
        raise TypeError(f"no numpy form for {type(node).__name__}")
    left, right = _jet(node.left, z), _jet(node.right, z)
    match node:
        case Sum():
            return left[0] + right[0], left[1] + right[1], left[2] + right[2]
        case Difference():
            return left[0] - right[0], left[1] - right[1], left[2] - right[2]
        case Product():
            bend = left[2] * right[0] + 2 * left[1] * right[1] + left[0] * right[2]
            return left[0] * right[0], left[1] * right[0] + left[0] * right[1], bend
    value = left[0] / right[0]
    slope = (left[1] - value * right[1]) / right[0]
    return value, slope, (left[2] - 2 * slope * right[1] - value * right[2]) / right[0]


def _piecewise(node: Piecewise, z: Array) -> _Jet:
    """Each piece on its own interval, clipped there so that no piece overflows outside it."""
    ends = [-np.inf, *(rational(b, z.dtype) for b in node.breakpoints), np.inf]
    value, slope, bend = np.zeros_like(z), np.zeros_like(z), np.zeros_like(z)
    for piece, low, high in zip(node.pieces, ends, ends[1:], strict=False):
        inside = (z > low) & (z <= high)
        part = _jet(piece, np.clip(z, low, high))
        value, slope, bend = (np.where(inside, new, old) for new, old in zip(part, (value, slope, bend), strict=True))
    return value, slope, bend
