"""Random formulas as trees of our own: their text for the judge, and Taylor coefficients for the truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from flint import arb
from scipy.special import erf

__all__ = ["ARB", "FLOATS", "Z", "Node", "call", "num", "over", "plus", "power", "series", "text", "times"]

Series = list[Any]


@dataclass(frozen=True)
class Node:
    """An operation on nodes; ``value`` is the number, the exponent or the function's name."""

    kind: str
    parts: tuple[Node, ...] = ()
    value: Any = None


Z = Node("z")


def num(value: Fraction | int) -> Node:
    """A rational."""
    return Node("number", (), Fraction(value))


def plus(*terms: Node) -> Node:
    """The sum."""
    return Node("plus", terms)


def times(*factors: Node) -> Node:
    """The product."""
    return Node("times", factors)


def over(left: Node, right: Node) -> Node:
    """The quotient."""
    return Node("over", (left, right))


def power(base: Node, exponent: int) -> Node:
    """A power."""
    return Node("power", (base,), exponent)


def call(function: str, argument: Node) -> Node:
    """One of the functions of the grammar."""
    return Node("call", (argument,), function)


def text(node: Node) -> str:
    """The formula as the judge reads it."""
    inner = [text(part) for part in node.parts]
    match node.kind:
        case "z":
            return "z"
        case "number":
            return f"({node.value})"
        case "plus":
            return f"({'+'.join(inner)})"
        case "times":
            return "*".join(inner)
        case "over":
            return f"({inner[0]})/({inner[1]})"
        case "power":
            return f"({inner[0]})^{node.value}"
        case _:
            return f"{node.value}({inner[0]})"


# ---- numbers -------------------------------------------------------------------------------------------------------


class ARB:
    """Balls at the working precision."""

    @staticmethod
    def number(value: Fraction) -> arb:
        """A rational."""
        return arb(value.numerator) / value.denominator

    @staticmethod
    def apply(name: str, x: arb) -> arb:
        """A function without recurrence."""
        return getattr(x, name)()


class FLOATS:
    """Arrays of doubles."""

    @staticmethod
    def number(value: Fraction) -> Any:
        """A rational, rounded."""
        return np.float64(float(value))

    @staticmethod
    def apply(name: str, x: Any) -> Any:
        """A function without recurrence."""
        return erf(x) if name == "erf" else getattr(np, {"atan": "arctan"}.get(name, name))(x)


# ---- Taylor coefficients -------------------------------------------------------------------------------------------


def series(node: Node, z: Any, order: int, numbers: Any) -> Series:
    """Coefficients 0 … order of the formula at z."""
    inner = [series(part, z, order, numbers) for part in node.parts]
    zero = z * 0
    match node.kind:
        case "z":
            return [z, zero + 1, *[zero] * (order - 1)][: order + 1]
        case "number":
            return [zero + numbers.number(node.value), *[zero] * order]
        case "plus":
            return [sum(column[1:], column[0]) for column in zip(*inner, strict=True)]
        case "times":
            return _product(inner)
        case "over":
            return _quotient(*inner)
        case "power":
            return _product([inner[0]] * node.value) if node.value else [zero + 1, *[zero] * order]
        case _:
            return _call(node.value, inner[0], numbers)


def _convolved(u: Series, v: Series) -> Series:
    return [sum((u[j] * v[k - j] for j in range(1, k + 1)), u[0] * v[k]) for k in range(len(u))]


def _product(factors: Sequence[Series]) -> Series:
    total = list(factors[0])
    for factor in factors[1:]:
        total = _convolved(total, factor)
    return total


def _quotient(u: Series, v: Series) -> Series:
    q: Series = []
    for k in range(len(u)):
        q.append((u[k] - sum((v[j] * q[k - j] for j in range(1, k + 1)), u[k] * 0)) / v[0])
    return q


def _solved(u: Series, start: Any, rate: Any) -> Series:
    """F with F(0) = start and F' = rate(F)·u', coefficient by coefficient."""
    found = [start]
    for k in range(1, len(u)):
        slope = rate(found)
        found.append(sum((j * u[j] * slope[k - j] for j in range(1, k + 1)), u[0] * 0) / k)
    return found


def _call(name: str, u: Series, numbers: Any) -> Series:
    if name in ("sin", "cos"):
        return _sine(name, u, numbers)
    one = [u[0] * 0 + 1, *[u[0] * 0] * (len(u) - 1)]
    if name == "exp":
        return _solved(u, numbers.apply("exp", u[0]), lambda f: f)
    if name == "tanh":
        return _solved(u, numbers.apply("tanh", u[0]), lambda f: _minus(one, _convolved(f, f)))
    if name == "sigmoid":
        half = [part / 2 for part in _call("tanh", [part / 2 for part in u], numbers)]
        return [half[0] + numbers.number(Fraction(1, 2)), *half[1:]]
    if name == "softplus":
        stable = numbers.apply("log1p", numbers.apply("exp", -abs(u[0])))
        start = stable + (abs(u[0]) + u[0]) / 2
        return _solved(u, start, lambda f: _call("sigmoid", u[: len(f)], numbers))
    if name == "sqrt":
        return _solved(u, numbers.apply("sqrt", u[0]), lambda f: _quotient(one[: len(f)], [2 * part for part in f]))
    if name == "log":
        return _solved(u, numbers.apply("log", u[0]), lambda f: _quotient(one[: len(f)], u[: len(f)]))
    if name == "atan":
        square = _convolved(u, u)
        bent = [1 + square[0], *square[1:]]
        return _solved(u, numbers.apply("atan", u[0]), lambda f: _quotient(one, bent)[: len(f)])
    bell = _call("exp", [-part for part in _convolved(u, u)], numbers)
    scale = 2 / numbers.apply("sqrt", u[0] * 0 + (arb.pi() if numbers is ARB else np.pi))
    return _solved(u, numbers.apply("erf", u[0]), lambda f: [scale * part for part in bell[: len(f)]])


def _minus(u: Series, v: Series) -> Series:
    return [a - b for a, b in zip(u, v, strict=False)]


def _sine(name: str, u: Series, numbers: Any) -> Series:
    s, c = [numbers.apply("sin", u[0])], [numbers.apply("cos", u[0])]
    for k in range(1, len(u)):
        up = sum((j * u[j] * c[k - j] for j in range(1, k + 1)), u[0] * 0) / k
        down = sum((j * u[j] * s[k - j] for j in range(1, k + 1)), u[0] * 0) / k
        s.append(up)
        c.append(-down)
    return s if name == "sin" else c
