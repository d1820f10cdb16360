"""Value, gradient and Hessian of an objective at the weights, in balls (theory 6.4).

    ∇²f = Σ_i ω_i J_iᵀP_iJ_i + Σ_i Σ_c ω_i g_ic ∇²F_ic + diag(λ)

The first part is a Gram matrix of rows √ω_i S_iJ_i; the second is that of :mod:`second_part`.
"""

from __future__ import annotations

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact, lower
from certificates.arithmetic.ball_array import BallArray
from certificates.arithmetic.ball_matrix import BallMatrix, widened
from certificates.arithmetic.close_products import close_product
from certificates.arithmetic.rounding import UNIT_ROUNDOFF
from certificates.enclosures.objectives.gram import gram
from certificates.enclosures.objectives.jacobian import adjoints, blocks_of_samples
from certificates.enclosures.objectives.parameters import tensor_slices
from certificates.enclosures.objectives.point import Point, stands_at_teacher
from certificates.enclosures.objectives.second_part import SecondPart
from certificates.errors import EnclosureFailure
from certificates.subjects import Decay

__all__ = ["gradient", "gradient_norms", "hessian", "loss_sum", "objective_value"]


def objective_value(point: Point) -> arb:
    """An enclosure of f(w_0)."""
    total = loss_sum(point)
    for decay in point.network.objective.decay:
        squares = _displacement(point, decay)
        column = BallMatrix(squares.mid.reshape(-1, 1), np.broadcast_to(squares.rad, squares.shape).reshape(-1, 1))
        total += exact(decay.rate) / 2 * column.dot(column)
    return total


def loss_sum(point: Point) -> arb:
    """Σ ω_iℓ_i(F_i), f without its penalties; exactly 0 where the network stands at its teacher."""
    if stands_at_teacher(point.network):
        return exact(0)
    terms = BallMatrix.of(point.loss.values * point.weights)
    return terms.dot(BallMatrix.from_exact(np.ones(terms.shape)))


def gradient_norms(point: Point) -> tuple[arb, arb]:
    """Bounds of ‖∇f(w_0)‖ from below and from above; both exactly 0 at the teacher, without penalties."""
    if stands_at_teacher(point.network) and not point.network.objective.decay:
        return exact(0), exact(0)
    found = gradient(point)
    middle = BallMatrix.from_exact(found.mid)
    spread = BallMatrix.from_exact(np.broadcast_to(found.rad, found.shape)).frobenius_norm()
    least = exact(max(0.0, lower(middle.dot(middle)))).sqrt() - spread
    return exact(max(0.0, lower(least))), found.frobenius_norm()


def gradient(point: Point) -> BallMatrix:
    """∇f(w_0) over the trained parameters, (1, p), every entry with its radius.

    Guarantee
    ---------
    Contains the exact gradient for every choice of points in ``point``.
    """
    everything = slice(0, point.outputs.shape[0])
    ones = BallMatrix.from_exact(np.ones((1, everything.stop)))
    sums: dict[str, BallArray] = {}
    for index, found in adjoints(point, everything, point.output_gradients, close_product):
        layer = point.layers[index]
        if layer.trained:
            sums[f"layers.{index}.weight"] = close_product(found.T, point.inputs[index])
            if layer.bias is not None:
                sums[f"layers.{index}.bias"] = close_product(ones, found)
    for decay in point.network.objective.decay:
        sums[decay.tensor] += _displacement(point, decay) * decay.rate
    pieces = [sums[name] for name in tensor_slices(point.network)]
    mid = np.concatenate([piece.mid.ravel() for piece in pieces])[None]
    rad = np.concatenate([np.broadcast_to(piece.rad, piece.shape).ravel() for piece in pieces])[None]
    return BallMatrix(mid, rad)


def _displacement(point: Point, decay: Decay) -> BallArray:
    """w_t − c_t, in the tensor's shape; a bias as a row."""
    _, index, name = decay.tensor.split(".")
    layer = point.layers[int(index)]
    tensor = layer.weight if name == "weight" else layer.bias
    if tensor is None:  # pragma: no cover - the problem has checked that the tensor is there
        raise EnclosureFailure(f"{decay.tensor} is not there")
    if decay.centre is None:
        return tensor
    return tensor - BallArray.from_exact(decay.centre.reshape(tensor.shape))


def hessian(point: Point) -> BallMatrix:
    """∇²f(w_0) over the trained parameters, (p, p), symmetric bit for bit, with a radius for each entry.

    Guarantee
    ---------
    Contains the exact Hessian for every choice of points in ``point``.

    May fail when
    -------------
    Numbers overflow, or p² numbers are more than the check may hold.
    """
    first = gram(point, "loss", point.weights.sqrt())
    second = SecondPart(point)
    for rows in blocks_of_samples(point, _entries_of_a_sample(point)):
        second.add(rows)
    total = BallMatrix.of(first + second.matrix())
    return _with_penalties(point, total)


def _entries_of_a_sample(point: Point) -> int:
    """What the second part holds for one sample: square matrices of the layers, and a column of a block."""
    widths = point.network.widths
    hidden = max(widths[1:-1])
    return 6 * hidden * hidden * (len(widths) - 2) + max(widths[1:]) * (max(widths[:-1]) + 1)


def _with_penalties(point: Point, total: BallMatrix) -> BallMatrix:
    """Add λ_t on the diagonal: λ is rounded, and the sum."""
    diagonal = np.zeros(total.shape[0])
    spread = exact(0)
    places = tensor_slices(point.network)
    for decay in point.network.objective.decay:
        ball = BallArray.from_arb(exact(decay.rate))
        diagonal[places[decay.tensor]] = float(ball.mid)
        spread = spread.max(exact(ball.radius))
    mid = total.mid.copy()
    with np.errstate(all="ignore"):
        mid.reshape(-1)[:: mid.shape[0] + 1] += diagonal
    largest = exact(float(np.max(np.abs(np.diagonal(mid)))))
    return widened(BallMatrix(mid, total.rad), spread + exact(UNIT_ROUNDOFF) * largest)
