"""The second derivative of an objective along one direction, from forward passes, without a Hessian (theory 6.4).

With dots for derivatives along u, whose part in layer ℓ is (U, a) and 0 where the layer is frozen,

    ż = ḣWᵀ + hUᵀ + a,    z̈ = ḧWᵀ + 2ḣUᵀ,    ḣ = φ'(z)ż,    ḧ = φ''(z)ż² + φ'(z)z̈,

and uᵀ∇²f u = Σ ω_i (‖S_iḞ_i‖² + g_i·F̈_i) + Σ_t λ_t ‖u_t‖², P_i = S_iᵀS_i: no Jacobian and no Hessian of the outputs.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact
from certificates.arithmetic.ball_array import BallArray
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.arithmetic.effort import reserve
from certificates.arithmetic.rounding import FloatArray
from certificates.enclosures.objectives.point import Point
from certificates.enclosures.objectives.rows import row_sums

__all__ = ["curvature_along", "slope_along", "squared_length"]


def curvature_along(point: Point, direction: FloatArray) -> arb:
    """uᵀ∇²f(w_0)u.

    Parameters
    ----------
    point
        The network at w_0, its activations twice differentiable there.
    direction
        u, exact, in the order of the trained parameters: layer by layer, weights by rows, then biases.

    Guarantee
    ---------
    The ball contains the exact number.

    May fail when
    -------------
    Numbers overflow: :class:`~certificates.errors.EnclosureFailure`.
    """
    first, second = _derivatives(point, direction)
    terms = _rooted_squares(point, first) + row_sums(point.loss.gradient * second)
    return BallMatrix.of(point.weights).dot(BallMatrix.of(terms)) + _penalty(point, direction)


def slope_along(point: Point, direction: FloatArray) -> arb:
    """‖J u‖² of a squared loss at the weights, J the Jacobian of r in f = ½‖r‖² + penalties."""
    first = _derivatives(point, direction)[0]
    return BallMatrix.of(point.weights).dot(BallMatrix.of(_rooted_squares(point, first)))


def squared_length(vector: FloatArray) -> arb:
    """‖v‖² of an exact vector."""
    column = BallMatrix.from_exact(np.ascontiguousarray(vector).reshape(-1, 1))
    return column.dot(column)


def _parts(point: Point, direction: FloatArray) -> Iterator[tuple[FloatArray, FloatArray | None] | None]:
    """(U, a) of every layer, a as a row; ``None`` for a frozen one."""
    start = 0
    for layer in point.layers:
        if not layer.trained:
            yield None
            continue
        rows, columns = layer.weight.shape
        weight = direction[start : start + rows * columns].reshape(rows, columns)
        start += rows * columns
        if layer.bias is None:
            yield weight, None
        else:
            yield weight, direction[start : start + rows]
            start += rows


def _derivatives(point: Point, direction: FloatArray) -> tuple[BallArray, BallArray]:
    """Ḟ and F̈, (n, o)."""
    count = point.outputs.shape[0]
    zeros = BallMatrix.from_exact(np.zeros((count, point.inputs[0].shape[1])))
    first, second = zeros, zeros
    for index, (layer, part) in enumerate(zip(point.layers, _parts(point, direction), strict=True)):
        moved, bent = first.times(layer.weight.T), second.times(layer.weight.T)
        if part is not None:
            matrix = BallMatrix.from_exact(np.ascontiguousarray(part[0].T))
            moved = moved.add(point.inputs[index].times(matrix))
            bent = bent.add(BallMatrix.of(first.times(matrix) * 2))
            if part[1] is not None:
                moved = moved.add_to_rows(part[1])
        if index == len(point.layers) - 1:
            break
        first = point.slopes[index].hadamard(moved)
        second = point.bends[index].hadamard(moved.hadamard(moved)).add(point.slopes[index].hadamard(bent))
    return moved, bent


def _rooted_squares(point: Point, first: BallArray) -> BallArray:
    """‖S_iḞ_i‖² as a column."""
    roots = point.loss.roots
    count, width, _ = roots.shape
    reserve(64.0 * roots.mid.size)
    products = roots * _repeated(first, roots.shape)
    images = row_sums(BallArray(products.mid.reshape(-1, width), products.rad.reshape(-1, width)))
    squares = images * images
    rad = np.broadcast_to(squares.rad, squares.shape)
    return row_sums(BallArray(squares.mid.reshape(count, width), rad.reshape(count, width)))


def _repeated(rows: BallArray, shape: tuple[int, ...]) -> BallArray:
    """Row i for every row of S_i."""
    rad = np.broadcast_to(rows.rad, rows.shape)
    return BallArray(np.broadcast_to(rows.mid[:, None, :], shape), np.broadcast_to(rad[:, None, :], shape))


def _penalty(point: Point, direction: FloatArray) -> arb:
    """Σ λ_t‖u_t‖²."""
    rates = {decay.tensor: decay.rate for decay in point.network.objective.decay}
    total = exact(0)
    for index, part in enumerate(_parts(point, direction)):
        for name, values in zip(("weight", "bias"), part or (), strict=False):
            rate = rates.get(f"layers.{index}.{name}")
            if rate is not None and values is not None:
                total += exact(rate) * squared_length(values)
    return total
