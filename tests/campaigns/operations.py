"""The operations on ball arrays, each with its exact value in Arb and the choice of points that strains it most."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import arb

from tests.campaigns.pool import FloatArray

__all__ = ["EXACT", "OPERATIONS", "Operation"]

Ball = Any  # a BallArray, or its twin with a planted fault

_LARGEST = 1e307


@dataclass(frozen=True)
class Operation:
    """One operation of one or two balls.

    Parameters
    ----------
    apply
        The result as a ball; the second operand is ``None`` for functions of one.
    truth
        The exact value at two points, or ``None`` where it has none there.
    feasible
        Which entries have a finite result, from (a, r_a, b, r_b), roughly.
    worst
        Signs of the deviations (of a, of b) from the midpoints that add up, from the signs of (a, b).
    bits
        The precision of ``truth``, if not 2,200 bits.
    binary
        Whether there is a second operand.
    """

    apply: Callable[[Ball, Ball], Ball]
    truth: Callable[[arb, arb], arb | None]
    feasible: Callable[..., Any]
    worst: Callable[[FloatArray, FloatArray], tuple[FloatArray, FloatArray]] = lambda a, b: (a, b)
    bits: int | None = None
    binary: bool = False


def _within_range(a: FloatArray, r: FloatArray, b: FloatArray, s: FloatArray) -> Any:
    return (np.abs(a) + r) + (np.abs(b) + s) < _LARGEST


def _product_in_range(a: FloatArray, r: FloatArray, b: FloatArray, s: FloatArray) -> Any:
    return (np.abs(a) + r) * (np.abs(b) + s) < _LARGEST


def _quotient_in_range(a: FloatArray, r: FloatArray, b: FloatArray, s: FloatArray) -> Any:
    distance, size = np.nextafter(np.abs(b) - s, 0), np.abs(a / b)
    return (distance > 0) & ((size * s + r) / distance < _LARGEST) & (size < _LARGEST)


def _binary(apply: Callable[[Ball, Ball], Ball], feasible: Any, worst: Any, truth: Any = None) -> Operation:
    return Operation(apply, truth or apply, feasible, worst, binary=True)


def _power(exponent: int) -> Operation:
    def truth(x: arb, _: arb) -> arb:
        value = arb(1)
        for _step in range(abs(exponent)):
            value = value * x
        return value if exponent >= 0 else 1 / value

    def feasible(a: FloatArray, r: FloatArray, _b: FloatArray, _s: FloatArray) -> Any:
        if exponent < 0:
            return (np.abs(a) - r > 2.0**-200) & (np.abs(a) + r < 2.0**200)
        return (np.abs(a) + r) ** exponent < _LARGEST

    return Operation(lambda a, _: a**exponent, truth, feasible)


def _function(name: str, feasible: Any, truth: Callable[[arb], arb]) -> Operation:
    return Operation(lambda a, _: getattr(a, name)(), lambda x, _: truth(x), feasible, bits=320)


def _anywhere(a: FloatArray, *_: FloatArray) -> Any:
    return np.abs(a) < _LARGEST


def _positive(a: FloatArray, r: FloatArray, *_: FloatArray) -> Any:
    return np.nextafter(a - r, 0) > 0


def _softplus(x: arb) -> arb:
    return x.exp().log1p() if x < 0 else x + (-x).exp().log1p()


def _sigmoid(x: arb) -> arb:
    return 1 / (1 + (-x).exp()) if x > -600 else x.exp()


def _clip(low: float, high: float) -> Operation:
    return Operation(
        lambda a, _: a.clip(low, high), lambda x, _: x if bool(x >= low) and bool(x <= high) else None, _anywhere
    )


def _union(which: int) -> Operation:
    return _binary(lambda a, b: a.union(b), _within_range, lambda a, b: (a, b), lambda x, y: (x, y)[which])


OPERATIONS: dict[str, Operation] = {
    "a + b": _binary(lambda a, b: a + b, _within_range, lambda a, b: (a, a)),
    "a - b": _binary(lambda a, b: a - b, _within_range, lambda a, b: (a, -a)),
    "a * b": _binary(lambda a, b: a * b, _product_in_range, lambda a, b: (b, a)),
    "a / b": _binary(lambda a, b: a / b, _quotient_in_range, lambda a, b: (a, -b)),
    "b / a": _binary(lambda a, b: b / a, lambda a, r, b, s: _quotient_in_range(b, s, a, r), lambda a, b: (-a, b)),
    "b - a": _binary(lambda a, b: b - a, _within_range, lambda a, b: (a, -a)),
    "a | b, a": _union(0),
    "a | b, b": _union(1),
    "clip a above": _clip(-np.inf, 0.75),
    "clip a below": _clip(-(2.0**-1060), np.inf),
    "clip a": _clip(-1e300, 2.0**1023),
    "-a": Operation(lambda a, _: -a, lambda x, _: -x, _anywhere),
    "a ** 2": _power(2),
    "a ** 3": _power(3),
    "a ** 5": _power(5),
    "a ** -1": _power(-1),
    "a ** -2": _power(-2),
    "a ** 0": _power(0),
    "tanh a": _function("tanh", _anywhere, arb.tanh),
    "sigmoid a": _function("sigmoid", _anywhere, _sigmoid),
    "softplus a": _function("softplus", _anywhere, _softplus),
    "erf a": _function("erf", _anywhere, arb.erf),
    "atan a": _function("atan", _anywhere, arb.atan),
    "sin a": _function("sin", lambda a, *_: np.abs(a) <= 2.0**20, arb.sin),
    "cos a": _function("cos", lambda a, *_: np.abs(a) <= 2.0**20, arb.cos),
    "exp a": _function("exp", lambda a, r, *_: (a <= 700) & (r <= 1), arb.exp),
    "log a": _function("log", _positive, arb.log),
    "sqrt a": _function("sqrt", _positive, arb.sqrt),
}

# Results of these may have the operand's own radius: their worst ratio is 1, and says nothing.
EXACT = frozenset(name for name in OPERATIONS if name.startswith(("a |", "clip", "-a", "uniform", "a ** 0")))
