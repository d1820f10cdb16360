"""The losses of samples in balls: their sum, their gradients, and roots of their Hessians (theory 6.1, 6.2).

Scales and sample weights are not in here. With p the probabilities,

    squared      g = 2(z − y)    P = 2I                      S = √2 I
    logistic     g = p − q       P = diag(p(1 − p))          S = diag(√(p(1 − p)))
    softmax      g = p − q       P = diag(p) − ppᵀ           S = diag(√p)(I − 1pᵀ)

and P = SᵀS. No digit of a saturated probability is lost: 1 − p_c is a sum of the others, √p an exponential of halves,
and p_c − q_c = p_c(1 − q_c) − q_c(1 − p_c).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias, assert_never

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact
from certificates.arithmetic.ball_array import BallArray
from certificates.arithmetic.effort import reserve
from certificates.arithmetic.rounding import UNDERFLOW, UNIT_ROUNDOFF, FloatArray, inflation
from certificates.arithmetic.spectra import operator_norms
from certificates.enclosures.objectives.rows import diagonal_matrices, repeated, row_norms_above, row_sums
from certificates.subjects import Logistic, Loss, SoftmaxCrossEntropy, Squared

__all__ = ["LossTerms", "band", "exact_fit", "largest_curvature", "loss_terms", "squared_terms"]

_Pair: TypeAlias = tuple[BallArray, BallArray]


@dataclass(frozen=True)
class LossTerms:
    """What every ℓ_i is at its outputs, without scale and weight.

    Parameters
    ----------
    values
        ℓ_i, (n, 1).
    gradient
        g_i, (n, o).
    roots
        S_i, (n, o, o).
    gradient_norms, curvature_norms
        Upper bounds of ‖g_i‖ and ‖P_i‖, (n,).
    """

    values: BallArray
    gradient: BallArray
    roots: BallArray
    gradient_norms: FloatArray
    curvature_norms: FloatArray


def band(loss: Loss) -> arb:
    """The least ς of theory 6.2: e^{−ςδ} P(z) ⪯ P(z') ⪯ e^{ςδ} P(z) for ‖z' − z‖ = δ."""
    match loss:
        case Squared():
            return exact(0)
        case Logistic():
            return exact(1)
        case SoftmaxCrossEntropy():
            return exact(2).sqrt()
        case _:
            assert_never(loss)


def largest_curvature(loss: Loss) -> arb:
    """The largest ‖P‖ at any outputs."""
    match loss:
        case Squared():
            return exact(2)
        case Logistic():
            return exact(0.25)
        case SoftmaxCrossEntropy():
            return exact(0.5)
        case _:
            assert_never(loss)


def loss_terms(loss: Loss, outputs: BallArray, targets: FloatArray) -> LossTerms:
    """Enclose the losses of all samples.

    Parameters
    ----------
    loss
        Which one; its scale is left to the caller.
    outputs
        z, (n, o).
    targets
        y or q, (n, o), exact; for softmax with ``class_labels`` rows of the identity.

    Guarantee
    ---------
    Every field contains, or bounds from above, the exact quantity for every choice of points in ``outputs``.

    May fail when
    -------------
    Outputs are known to within more than 1 only, or overflow: :class:`EnclosureFailure`.
    """
    count, width = outputs.shape
    reserve(40.0 * count * width * width)
    entries = BallArray(outputs.mid, np.broadcast_to(outputs.rad, outputs.shape))  # small numbers keep small radii
    match loss:
        case Squared():
            return squared_terms(entries - BallArray.from_exact(targets))
        case Logistic():
            return _logistic(entries, _labels(targets))
        case SoftmaxCrossEntropy():
            return _softmax(entries, _distributions(loss, targets))
        case _:
            assert_never(loss)


def exact_fit(count: int, width: int) -> LossTerms:
    """Those of the squared loss where z = y is known exactly: values and gradients are 0 without a radius."""
    none = np.zeros(count)
    value, gradient = (BallArray.from_exact(np.zeros((count, columns))) for columns in (1, width))
    return LossTerms(value, gradient, _squared_roots(count, width), none, np.full(count, 2.0))


def squared_terms(error: BallArray) -> LossTerms:
    """Those of the squared loss for an error z − y, (n, o), in balls; as :func:`loss_terms`."""
    gradient = error * 2
    norms, count = row_norms_above(gradient), error.shape[0]
    return LossTerms(row_sums(error * error), gradient, _squared_roots(*error.shape), norms, np.full(count, 2.0))


def _squared_roots(count: int, width: int) -> BallArray:
    reserve(40.0 * count * width * width)
    root = np.broadcast_to(np.eye(width) * np.sqrt(2.0), (count, width, width))
    return BallArray(root, np.broadcast_to(np.eye(width) * 2.0**-52, root.shape))


def _logistic(outputs: BallArray, labels: _Pair) -> LossTerms:
    """Two classes with the logits 0 and z: p = e^{z−m}/(e^{−m} + e^{z−m}), m = max(0, mid z)."""
    shift = BallArray.from_exact(np.maximum(outputs.mid, 0.0))
    low, high = -shift, outputs - shift  # logits of the two classes, about 0 the larger
    zero, one = low.exp(), high.exp()
    total = zero + one
    probability, complement = one / total, zero / total
    gradient = _difference((probability, complement), labels)
    root = (low * 0.5).exp() * (high * 0.5).exp() / total
    roots = BallArray(diagonal_matrices(root.mid), diagonal_matrices(np.broadcast_to(root.rad, root.shape)))
    values = row_sums(shift + total.log() - labels[0] * outputs)
    curvature = np.minimum(np.max((probability * complement).upper(), axis=1), 0.25)
    return LossTerms(values, gradient, roots, row_norms_above(gradient), curvature)


def _softmax(outputs: BallArray, labels: _Pair) -> LossTerms:
    width = outputs.shape[1]
    shift = BallArray.from_exact(np.broadcast_to(np.max(outputs.mid, axis=1, keepdims=True), outputs.shape))
    logits = outputs - shift
    powers = logits.exp()
    total = row_sums(powers)
    totals = repeated(total, width)
    probability, complement = powers / totals, _sums_of_others(powers) / totals
    gradient = _difference((probability, complement), labels)
    half = (logits * 0.5).exp() / repeated(total.sqrt(), width)
    roots = _softmax_roots(half, probability, complement)
    values = _column(shift, 0) + total.log() - row_sums(labels[0] * outputs)
    curvature = np.minimum(_closed_norms(probability, complement), _norms_by_roots(roots))
    return LossTerms(values, gradient, roots, row_norms_above(gradient), curvature)


def _softmax_roots(half: BallArray, probability: BallArray, complement: BallArray) -> BallArray:
    """√p_c (δ_cj − p_j)."""
    count, width = half.shape
    square = (count, width, width)
    diagonal = np.broadcast_to(np.eye(width, dtype=bool), square)
    rows = _broadcast(half, (count, width, 1), square)
    others = _broadcast(-probability, (count, 1, width), square)
    own = _broadcast(complement, (count, width, 1), square)
    return rows * BallArray.where(diagonal, own, others)


def _closed_norms(probability: BallArray, complement: BallArray) -> FloatArray:
    """‖P‖ ≤ max p_c, as P ⪯ diag(p); ≤ max 2p_c(1 − p_c), its row sums; ≤ ½ by theory 6.2."""
    sums = np.max((probability * complement * 2).upper(), axis=1)
    norms: FloatArray = np.minimum(np.minimum(sums, np.max(probability.upper(), axis=1)), 0.5)
    return norms


def _norms_by_roots(roots: BallArray) -> FloatArray:
    """‖P‖ = ‖S‖²."""
    norms = operator_norms(roots.mid, roots.radius)
    squares: FloatArray = np.nextafter(norms * norms, np.inf)
    return squares


def _difference(probability: _Pair, label: _Pair) -> BallArray:
    """P − q = p(1 − q) − q(1 − p), whose two terms are small where the difference is."""
    return probability[0] * label[1] - label[0] * probability[1]


def _labels(targets: FloatArray) -> _Pair:
    """Q and 1 − q."""
    labels = BallArray(targets, np.zeros(targets.shape))  # a radius an entry: 1 − 1 is 0
    return labels, 1 - labels


def _distributions(loss: SoftmaxCrossEntropy, targets: FloatArray) -> _Pair:
    """The q_i and 1 − q_i: the rows themselves, or what their classes stand for."""
    if not loss.class_labels:
        return _labels(targets)
    classes = np.argmax(targets, axis=1)
    return _rationals(loss.class_labels, classes, 0), _rationals(loss.class_labels, classes, 1)


def _rationals(rows: tuple[tuple[Fraction, ...], ...], classes: np.ndarray, one: int) -> BallArray:
    """Q, or 1 − q, of every sample's class."""
    balls = [[BallArray.from_arb(exact(1 - entry if one else entry)) for entry in row] for row in rows]
    mid = np.array([[float(ball.mid) for ball in row] for row in balls])
    rad = np.array([[float(ball.rad) for ball in row] for row in balls])
    return BallArray(mid[classes], rad[classes])


def _sums_of_others(array: BallArray) -> BallArray:
    """Σ_{j≠c} x_j of non-negative numbers, entry by entry: no difference is taken."""
    count = array.shape[1]
    others = 1.0 - np.eye(count)
    with np.errstate(all="ignore"):
        mid = array.mid @ others
        spread = np.broadcast_to(array.rad, array.shape) @ others
        rad = (spread + count * UNIT_ROUNDOFF * np.abs(array.mid) @ others) * inflation(2 * count + 8) + (
            count * UNDERFLOW
        )
    return BallArray(mid, rad)


def _column(array: BallArray, index: int) -> BallArray:
    rad = array.rad if array.is_uniform else array.rad[:, [index]]
    return BallArray(array.mid[:, [index]], rad)


def _broadcast(array: BallArray, axes: tuple[int, ...], shape: tuple[int, ...]) -> BallArray:
    """Repeated along axes of length 1 that are put in."""
    rad = np.broadcast_to(array.rad, array.shape).reshape(axes)
    return BallArray(np.broadcast_to(array.mid.reshape(axes), shape), np.broadcast_to(rad, shape))
