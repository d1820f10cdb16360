"""Rows of arrays of balls: some of them, their sums, lengths and outer products; columns repeated."""

from __future__ import annotations

import numpy as np

from certificates.arithmetic.arb import exact, upper
from certificates.arithmetic.ball_array import BallArray
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.arithmetic.rounding import UNDERFLOW, UNIT_ROUNDOFF, FloatArray, inflation

__all__ = ["diagonal_matrices", "part", "repeated", "row_norms_above", "row_products", "row_sums"]


def part(matrix: BallArray, rows: slice) -> BallMatrix:
    """Some of the rows."""
    return BallMatrix(matrix.mid[rows], matrix.rad if matrix.is_uniform else matrix.rad[rows])


def repeated(column: BallArray, width: int) -> BallMatrix:
    """A column, (n, 1), as many times side by side."""
    shape = column.shape[0], width
    rad = np.broadcast_to(column.rad, column.shape)
    return BallMatrix(np.broadcast_to(column.mid, shape), np.broadcast_to(rad, shape))


def diagonal_matrices(rows: FloatArray) -> FloatArray:
    """A diagonal matrix of every row, (n, d, d)."""
    return rows[:, :, None] * np.eye(rows.shape[1])


def row_sums(array: BallArray) -> BallArray:
    """Σ_c x_c as a column: k terms pass through k − 1 roundings in any order, which never underflow."""
    count = array.shape[1]
    with np.errstate(all="ignore"):
        mid = np.sum(array.mid, axis=1, keepdims=True)
        size = np.sum(np.abs(array.mid), axis=1, keepdims=True)
        spread = np.sum(np.broadcast_to(array.rad, array.shape), axis=1, keepdims=True)
        rad = (spread + count * UNIT_ROUNDOFF * size) * inflation(count + 8) + count * UNDERFLOW
    return BallArray(mid, rad)


def row_norms_above(array: BallArray) -> FloatArray:
    """Upper bounds of the Euclidean norms of the rows, (n,)."""
    sizes = np.maximum(np.abs(array.lower()), np.abs(array.upper()))
    count = array.shape[1]
    with np.errstate(all="ignore"):
        squares = (np.sum(sizes * sizes, axis=1) + count * UNDERFLOW) * inflation(count + 2)
        norms: FloatArray = np.nextafter(np.sqrt(squares), np.inf)
    return norms


def row_products(left: BallMatrix, right: BallMatrix) -> BallMatrix:
    """Row by row the outer product l rᵀ, flattened; one radius for all."""
    with np.errstate(all="ignore"):
        mid = (left.mid[:, :, None] * right.mid[:, None, :]).reshape(left.shape[0], -1)
    a, b = exact(left.magnitude), exact(right.magnitude)
    alpha, beta = exact(left.radius), exact(right.radius)
    spread = a * beta + b * alpha + alpha * beta
    return BallMatrix(mid, upper(spread + exact(UNIT_ROUNDOFF) * a * b + exact(UNDERFLOW)))
