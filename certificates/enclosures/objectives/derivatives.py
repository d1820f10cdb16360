"""T¹, T², T³: bounds of the first three derivatives of every sample's outputs on a ball around w_0 (theory 6.3).

With a = M₁T¹, U² = M₂(T¹)² + M₁T², U³ = M₃(T¹)³ + 3M₂T¹T² + M₁T³ of the layer before, ĥ ≥ sup ‖h̃‖ of its outputs, and
c ≥ sup ‖W‖_{1→2}, s ≥ sup ‖W‖ on the ball, a trained layer has

    T¹ = √(ĥ² + (sa)²),    T² = ½(σ² + √((σ²)² + 4a²)),    T³ = ⟨3U², σ³⟩,
    σ² = c M₂(T¹)² + s M₁T²,    σ³ = c (M₃(T¹)³ + 3M₂T¹T²) + s M₁T³,

and a frozen one T¹ = sa, T² = σ², T³ = σ³. The column norm c meets products of two or three movements of the layer
before, entry by entry: ‖x ∘ y‖₁ ≤ ‖x‖‖y‖, and ‖W x‖ ≤ ‖W‖_{1→2}‖x‖₁.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from certificates.arithmetic.arb import upper
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.arithmetic.rounding import FloatArray, require_finite
from certificates.enclosures.intervals.array_derivatives import derivatives
from certificates.enclosures.objectives.point import BallLayer, Point, affine, ball_layers
from certificates.enclosures.objectives.reach import ActivationBounds, activation_bounds, slope_over_reach
from certificates.enclosures.objectives.rows import row_norms_above
from certificates.enclosures.objectives.upward import cubic_maximum, length, plus, times
from certificates.subjects import Network

__all__ = ["OutputDerivatives", "output_derivatives", "outputs_and_movements"]

Bounding = Callable[[int, BallMatrix, FloatArray], ActivationBounds]


@dataclass(frozen=True)
class OutputDerivatives:
    """Upper bounds on the ball.

    Parameters
    ----------
    first, second, third
        T¹, T², T³ ≥ sup ‖D^k F_i‖ in the operator norm of k-linear maps, (n,).
    activations
        M₁, M₂, M₃ of every hidden layer.
    """

    first: FloatArray
    second: FloatArray
    third: FloatArray
    activations: tuple[ActivationBounds, ...]


def output_derivatives(
    point: Point, radius: float, prescribed: Sequence[ActivationBounds] | None = None
) -> OutputDerivatives:
    """Bound the derivatives of every sample's outputs on the ball of a radius around w_0.

    Parameters
    ----------
    point
        The network at w_0.
    radius
        R ≥ 0, distance over the trained parameters.
    prescribed
        M₁, M₂, M₃ of every hidden layer where the caller knows them, as for a fixed pattern of slopes (theory 6.7);
        then nothing is asked of activations.

    Guarantee
    ---------
    ‖D^k F_i(w)[u, …, u]‖ ≤ T^k_i for ‖w − w_0‖ ≤ R and unit u; where φ'' is only Lipschitz, D²F_i is, with T³_i.

    May fail when
    -------------
    A pre-activation may reach a breakpoint (:class:`BreakpointReached`), an activation has no finite bounds on the
    reach, or numbers overflow: :class:`EnclosureFailure`.
    """

    def bounding(index: int, pre: BallMatrix, moves: FloatArray) -> ActivationBounds:
        if prescribed is not None:
            return prescribed[index]
        return activation_bounds(point.network.activations[index], pre, moves, index)

    return _through_layers(point.layers, point.inputs, point.pre, radius, bounding)


def outputs_and_movements(network: Network, inputs: FloatArray, radius: float) -> tuple[BallMatrix, FloatArray]:
    """F(x; w_0) at any inputs, and T¹(x): how far F(x; ·) moves per distance on the ball.

    Parameters
    ----------
    network
        Its weights are w_0; its own data do not matter.
    inputs
        (k, d), exact.
    radius
        R ≥ 0.

    Guarantee
    ---------
    ‖F(x; w) − F(x; w')‖ ≤ T¹(x) ‖w − w'‖ for all w, w' of the ball; breakpoints of φ may lie between.

    May fail when
    -------------
    φ is not proven continuous, or numbers overflow: :class:`EnclosureFailure`.
    """
    layers = ball_layers(network)
    values, pre = [BallMatrix.from_exact(inputs)], list[BallMatrix]()
    for layer, activation in zip(layers[:-1], network.activations, strict=True):
        pre.append(affine(layer, values[-1]))
        values.append(BallMatrix.of(derivatives(activation, pre[-1], 0)[0]))

    def bounding(index: int, pre: BallMatrix, moves: FloatArray) -> ActivationBounds:
        return slope_over_reach(network.activations[index], pre, moves)

    return affine(layers[-1], values[-1]), _through_layers(layers, values, pre, radius, bounding).first


@dataclass(frozen=True)
class _Orders:
    """Bounds of the first three derivatives of a layer's pre-activations, (n,) each."""

    first: FloatArray
    second: FloatArray
    third: FloatArray


@dataclass(frozen=True)
class _Activated:
    """Those of its activations, apart by whether φ'' and φ''' take part ("bent"), or φ' alone ("passed")."""

    first: FloatArray
    second_bent: FloatArray
    second_passed: FloatArray
    third_bent: FloatArray
    third_passed: FloatArray


def _through_layers(
    layers: Sequence[BallLayer],
    inputs: Sequence[BallMatrix],
    pre: Sequence[BallMatrix],
    radius: float,
    bounding: Bounding,
) -> OutputDerivatives:
    """In order: the reach of a layer needs T¹ of it, which needs M₁ of those before."""
    zero = np.zeros(inputs[0].shape[0])
    activated, bounds = _Activated(zero, zero, zero, zero, zero), list[ActivationBounds]()
    for index, layer in enumerate(layers):
        orders = _affine(layer, inputs[index], activated, radius)
        _require_finite(orders, index)
        if index < len(layers) - 1:
            bounds.append(bounding(index, pre[index], times(orders.first, radius)))
            activated = _activated(orders, bounds[-1])
    return OutputDerivatives(orders.first, orders.second, orders.third, tuple(bounds))


def _require_finite(orders: _Orders, index: int) -> None:
    for number, order in enumerate((orders.first, orders.second, orders.third), 1):
        require_finite(order, f"a bound of derivatives of order {number} of layers.{index}")


def _activated(z: _Orders, m: ActivationBounds) -> _Activated:
    """h = φ(z): dh = φ'dz, d²h = φ''dz dz + φ'd²z, d³h = φ'''dz dz dz + 3φ''dz d²z + φ'd³z."""
    return _Activated(
        times(z.first, m.slope),
        times(z.first, z.first, m.bend),
        times(z.second, m.slope),
        plus(times(z.first, z.first, z.first, m.bend_change), times(z.first, z.second, m.bend, 3.0)),
        times(z.third, m.slope),
    )


def _affine(layer: BallLayer, inputs: BallMatrix, h: _Activated, radius: float) -> _Orders:
    """z = W h̃: dz = dW h̃ + W dh, d²z = 2 dW dh + W d²h, d³z = 3 dW d²h + W d³h at equal directions."""
    move = radius if layer.trained else 0.0
    spectral = plus(upper(layer.weight.operator_norm()), move)
    column = plus(upper(layer.weight.largest_column_norm()), move)
    first = times(h.first, spectral)
    second = plus(times(h.second_bent, column), times(h.second_passed, spectral))
    third = plus(times(h.third_bent, column), times(h.third_passed, spectral))
    if not layer.trained:
        return _Orders(first, second, third)
    bent = plus(h.second_bent, h.second_passed)
    return _Orders(
        length(_input_lengths(layer, inputs, h.first, radius), first),
        times(plus(second, length(second, times(h.first, 2.0))), 0.5),
        cubic_maximum(times(bent, 3.0), third),
    )


def _input_lengths(layer: BallLayer, inputs: BallMatrix, first: FloatArray, radius: float) -> FloatArray:
    """ĥ: ‖h̃‖ at w_0, with a 1 for the bias, and how far h moves."""
    lengths = row_norms_above(inputs)
    if layer.bias is not None:
        lengths = length(lengths, np.ones_like(lengths))
    return plus(lengths, times(first, radius))
