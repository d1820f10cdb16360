"""What a framework may compute in floating point for a given network: every layer's values with a rounding bound.

With unit roundoff u (and accumulation in at least binary32), inner size k and the layer's input h ± r:

    affine      |ẑ − z| ≤ |W| r + (γ_{k+4} + 2u)(|W|(|h| + r) + |b|) + (k + 1)·tiny     (sums in any order, FMA or not)
    activation  |ĥ − φ(z)| ≤ rad φ(z ± r) + 16u (1 + |φ| + |z|(1 + sup|φ'|)) + tiny

The first is the standard bound. The second encloses φ by the judge's own formulas and grants the framework's formula
for φ a relative error of 16u in its argument, its result and one intermediate number of size 1 or |z|.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from certificates.arithmetic.ball_array import BallArray
from certificates.enclosures.intervals.array_derivatives import value_and_slope
from certificates.errors import EnclosureFailure, MalformedProblem
from certificates.expression import Activation
from certificates.subjects import FloatArray, Layer, Network

__all__ = ["NO_SLACK", "Format", "Range", "Slack", "coarsest", "evaluate"]

_ULPS = 16
_OWN = 1 + 1e-9  # the rounding of the bounds themselves
_IDENTITY = "identity"


@dataclass(frozen=True)
class Format:
    """A floating-point format: unit roundoff and the smallest normal number (frameworks may flush below it)."""

    name: str
    unit: float
    tiny: float


_FORMATS = {
    "float64": Format("float64", 2.0**-53, 2.0**-1022),
    "float32": Format("float32", 2.0**-24, 2.0**-126),
    "float16": Format("float16", 2.0**-11, 2.0**-14),
    "bfloat16": Format("bfloat16", 2.0**-8, 2.0**-126),
}


@dataclass(frozen=True)
class Slack:
    """An activation of the framework that deliberately errs by up to ``amount`` where z > ``beyond``."""

    beyond: float = np.inf
    amount: float = 0.0


NO_SLACK = Slack()


@dataclass(frozen=True)
class Range:
    """The values of one layer, shape (n, width), and how far from them a floating-point evaluation may be."""

    values: FloatArray
    allowed: FloatArray


def _dtype_name(array: Any) -> str:
    """The name of an array's or tensor's type; Python numbers are binary64."""
    return str(getattr(array, "dtype", "float64")).removeprefix("torch.")


def coarsest(*arrays: Any) -> Format:
    """The format with the largest roundoff among the floating types given; binary64 if there is none."""
    found = [_FORMATS[name] for name in map(_dtype_name, arrays) if name in _FORMATS]
    return max(found, key=lambda each: each.unit, default=_FORMATS["float64"])


def evaluate(network: Network, precision: Format, slacks: Sequence[Slack] = ()) -> list[Range]:
    """The ranges of the inputs, then of each layer's affine map and activation in turn, the outputs last.

    Parameters
    ----------
    network
        The problem.
    precision
        What the framework computes in.
    slacks
        One for each hidden layer, or none.

    Raises
    ------
    MalformedProblem
        A value overflows, or an activation is not defined there.

    Examples
    --------
    >>> from verify.problems.arrays import from_arrays
    >>> net = from_arrays([[[1.0], [2.0]], [[1.0, -1.0]]], None, "z^2", [[3.0]], [[0.0]])
    >>> ranges = evaluate(net, coarsest(net.inputs))
    >>> [each.values.tolist() for each in ranges], bool(ranges[-1].allowed.max() < 1e-12)
    ([[[3.0]], [[3.0, 6.0]], [[9.0, 36.0]], [[-27.0]]], True)
    """
    x = network.inputs
    exact = precision.unit == _FORMATS["float64"].unit
    ranges = [Range(x, np.zeros_like(x) if exact else precision.unit * np.abs(x))]
    try:
        with np.errstate(over="ignore", invalid="ignore"):
            for index, layer in enumerate(network.layers):
                ranges.append(_affine(layer, ranges[-1], precision))
                if index < len(network.activations):
                    slack = slacks[index] if slacks else NO_SLACK
                    ranges.append(_activation(network.activations[index], ranges[-1], precision, slack))
    except EnclosureFailure as error:
        raise MalformedProblem(
            f"cannot be evaluated: {error}", place=f"layers.{index}", remedy="check the weights and the inputs' scale"
        ) from error
    return ranges


def _affine(layer: Layer, at: Range, precision: Format) -> Range:
    weight, bias = layer.weight, 0.0 if layer.bias is None else layer.bias
    inner = weight.shape[1]
    values = at.values @ weight.T + bias
    size = (np.abs(at.values) + at.allowed) @ np.abs(weight).T + np.abs(bias)
    relative = _gamma(inner + 4, min(precision.unit, 2.0**-24)) + _gamma(inner + 4, 2.0**-53) + 2 * precision.unit
    return Range(values, (at.allowed @ np.abs(weight).T + relative * size + (inner + 1) * precision.tiny) * _OWN)


def _gamma(operations: int, unit: float) -> float:
    return operations * unit / (1 - operations * unit) if operations * unit < 1 else np.inf


def _activation(activation: Activation, at: Range, precision: Format, slack: Slack) -> Range:
    if activation.text == _IDENTITY:
        return at
    value, slope = value_and_slope(activation, BallArray(at.values, at.allowed))
    largest = np.abs(at.values) + at.allowed
    steepest = np.abs(slope.mid) + slope.rad
    rounding = _ULPS * precision.unit * (1 + np.abs(value.mid) + value.rad + largest * (1 + steepest))
    deliberate = np.where(at.values + at.allowed > slack.beyond, slack.amount, 0.0)
    return Range(value.mid, (value.rad + rounding + deliberate + precision.tiny) * _OWN)
