"""‖diag(a) X‖ for many weight vectors a at once, at the price of a few products (theory 1.4.2).

With A = Xᵀdiag(a)²X and any vector v, every unit u is c v/‖v‖ + q with q ⊥ v. In a basis that begins with v/‖v‖ the
entries of A are s = vᵀAv/‖v‖², a column of norm at most r = ‖Av − τv‖/‖v‖ for any number τ, and a block of norm at
most (‖A‖_F² − s²)^{1/2}, and ‖A‖_F² = Σ_{ij} a_i²a_j²(x_i · x_j)². Hence

    ‖diag(a) X‖² ≤ max(s, (‖A‖_F² − s²)^{1/2}) + r,

which is s + r where the first eigenvalue outweighs the others together; v is a guess.
"""

from __future__ import annotations

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact, root_above, upper
from certificates.arithmetic.effort import spend, spend_flops
from certificates.arithmetic.matrix import M
from certificates.arithmetic.rounding import FloatArray

__all__ = ["row_scaled_norms"]

_STEPS = 24


def row_scaled_norms(rows: FloatArray, squares: M, weights: FloatArray, arithmetic: type[M]) -> FloatArray:
    """Bound ‖diag(a) X‖ from above for each column a of the weights.

    Parameters
    ----------
    rows
        X, (n, k), exact.
    squares
        An enclosure of [(x_i · x_j)²], (n, n).
    weights
        (n, m), exact and non-negative.
    arithmetic
        Where the bounds are evaluated.

    Guarantee
    ---------
    Entry l is ≥ ‖diag(a_l) X‖.

    Examples
    --------
    >>> from certificates.arithmetic.ball_matrix import BallMatrix
    >>> rows = np.array([[3.0, 0.0], [0.0, 1.0]])
    >>> squares = BallMatrix.from_exact((rows @ rows.T) ** 2)
    >>> found = row_scaled_norms(rows, squares, np.array([[1.0], [2.0]]), BallMatrix)
    >>> bool(3 <= found[0] < 3.0001)
    True
    """
    guesses = _guesses(rows, weights)
    matrix, directions = arithmetic.from_exact(rows), arithmetic.from_exact(guesses)
    scales = arithmetic.from_exact(weights)
    scaled = matrix.times(directions).hadamard(scales)
    low, high = _column_sums(scaled.hadamard(scaled), arithmetic)
    parts = -np.einsum("kl,kl->l", guesses, _finite(rows.T @ (weights * weights * (rows @ guesses))))[None]
    image = matrix.T.times(scaled.hadamard(scales))
    residuals = image.add(directions.scale_columns(arithmetic.from_exact(parts))).group_column_norms(len(guesses))[0]
    lengths = _column_sums(directions.hadamard(directions), arithmetic)
    doubled = scales.hadamard(scales)
    whole = _column_sums(squares.times(doubled).hadamard(doubled), arithmetic)[1]
    table = zip(low, high, residuals.tolist(), *lengths, whole, strict=True)
    return np.array([upper(_bound(*(exact(number) for number in row))) for row in table])


def _bound(low: arb, high: arb, residual: arb, short: arb, long: arb, whole: arb) -> arb:
    """From bounds of vᵀAv, ‖Av − τv‖, ‖v‖² and ‖A‖_F²."""
    if not (short > 0 and low >= 0):
        return root_above(whole.sqrt())
    rest = root_above(whole - (low / long) ** 2)
    return root_above((high / short).max(rest) + residual / short.sqrt())


def _column_sums(matrix: M, arithmetic: type[M]) -> tuple[list[float], list[float]]:
    low, high = arithmetic.from_exact(np.ones((1, matrix.shape[0]))).times(matrix).entry_bounds()
    return low[0].tolist(), high[0].tolist()


def _guesses(rows: FloatArray, weights: FloatArray) -> FloatArray:
    """Unit vectors near the leading right singular vector of each diag(a) X, by power iteration."""
    samples, inputs, units = *rows.shape, weights.shape[1]
    spend(100 + _STEPS * (60 + 0.1 * units * (samples + inputs)))
    spend_flops(4.0 * _STEPS * samples * inputs * units)
    scaled = rows / max(float(np.max(np.abs(rows), initial=0.0)), 2.0**-1000)
    vectors = np.ones((inputs, units))
    with np.errstate(all="ignore"):
        for _ in range(_STEPS):
            vectors = _normed(scaled.T @ (weights * weights * (scaled @ vectors)))
    return vectors


def _normed(vectors: FloatArray) -> FloatArray:
    lengths = np.sqrt(np.einsum("kl,kl->l", vectors, vectors))
    usable = np.isfinite(lengths) & (lengths > 0)
    return np.where(usable, _finite(vectors / np.where(usable, lengths, 1.0)), 1.0 / np.sqrt(len(vectors)))


def _finite(array: FloatArray) -> FloatArray:
    return np.nan_to_num(array, nan=0.0, posinf=0.0, neginf=0.0)
