"""Upper bounds of L(W) − L* for quadratic networks, from dual points and from least squares (theory 3.2.5, 3.3).

*Weak duality.* For outer weights v > 0 every M(W') is positive semidefinite, so for every ν with 𝒜*(ν) ⪰ 0 and α ≥ 0

    L(W) − L(W') ≤ L(W) + (1/n)(ανᵀy + α²‖ν‖²/2) = ‖r − αν‖²/(2n) + (α/n) νᵀq.

*Least squares.* For every symmetric M° with residual r° and G° = (1/n)𝒜*(r°), and 0 < s ≤ λ_min(T),

    L(W) − L(W') ≤ ℓ(M) − ℓ(M°) + ‖G°‖_F²/(2s) = (1/n) r°ᵀδ + ‖δ‖²/(2n) + ‖G°‖_F²/(2s),   δ = q − 𝒜(M°),

because ℓ(M') = ℓ(M°) + ⟨G°, M' − M°⟩ + ½⟨M' − M°, T(M' − M°)⟩ ≥ ℓ(M°) − ‖G°‖_F²/(2s) for every symmetric M'.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact, upper
from certificates.arithmetic.matrix import M
from certificates.enclosures.quadratic.network import (
    Point,
    QuadraticNetwork,
    label_column,
    weighted_covariance,
)
from certificates.subjects import FloatArray

__all__ = ["duality_gap", "least_squares_gap", "symmetric_from_triangle"]


def duality_gap(network: QuadraticNetwork, point: Point[M], dual: M) -> float:
    """The least of three upper bounds of L(W) − L*: α = 0, α = 1, and α near −νᵀy/‖ν‖².

    Parameters
    ----------
    network
        With outer weights v > 0.
    point
        Its enclosure at W.
    dual
        ν as a column; 𝒜*(ν) ⪰ 0 has been proven.

    Guarantee
    ---------
    ≥ L(W) − L(W') for every W'. α = 0 gives L(W) itself: the lower bound of L* is cut at 0.
    """
    labels = label_column(network, type(dual))
    size = dual.dot(dual)
    best = -dual.dot(labels) / size if size > 0 else exact(0)
    guess = float(best.mid()) if best.is_finite() else 0.0
    scales = {0.0, 1.0, guess if 0 < guess < float("inf") else 0.0}
    return min(upper(_gap_at(network, point, dual, Fraction(scale))) for scale in sorted(scales))


def _gap_at(network: QuadraticNetwork, point: Point[M], dual: M, scale: Fraction) -> arb:
    """‖r − αν‖²/(2n) + (α/n) νᵀq."""
    left = point.residual if scale == 0 else point.residual.add(dual.scale(-scale))
    slack = exact(0) if scale == 0 else exact(scale) * dual.dot(point.outputs)
    return (left.dot(left) / 2 + slack) / network.sample_count


def symmetric_from_triangle(triangle: FloatArray, size: int) -> FloatArray:
    """The symmetric matrix with this upper triangle, row by row."""
    matrix = np.zeros((size, size))
    matrix[np.triu_indices(size)] = triangle
    return matrix + np.triu(matrix, 1).T


def least_squares_gap(network: QuadraticNetwork, point: Point[M], matrix: FloatArray, smallest: arb) -> float:
    """An upper bound of L(W) − min over all symmetric M of ℓ(M), which is ≥ L(W) − L*.

    Parameters
    ----------
    network, point
        Outer weights of any signs, and the enclosure at W.
    matrix
        M°, symmetric, exact.
    smallest
        A positive lower bound of λ_min(T).
    """
    arithmetic, n = type(point.residual), network.sample_count
    data = arithmetic.from_exact(network.inputs)
    values = data.times(arithmetic.from_exact(matrix)).hadamard(data)
    outputs = values.times(arithmetic.from_exact(np.ones((network.dimension, 1))))
    difference = point.outputs.add(outputs.scale(Fraction(-1)))
    residual = outputs.add(label_column(network, arithmetic).scale(Fraction(-1)))
    force = weighted_covariance(network, residual).frobenius_norm() / n
    gained = (residual.dot(difference) + difference.dot(difference) / 2) / n
    return upper(gained + force * force / (2 * smallest))
