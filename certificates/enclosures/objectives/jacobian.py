"""Jacobians of samples in balls, streamed, and their norms (theory 6.4).

A row belongs to a sample i and a seed c: Σ_c' S_{i,cc'} ∂F_{ic'}/∂w, with S_i a root of the loss's Hessian ("loss"), or
the identity ("outputs"). Columns are parameters: layer by layer those that are trained, weight row by row, then bias.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.arithmetic.effort import reserve
from certificates.arithmetic.rounding import UNDERFLOW, UNIT_ROUNDOFF, FloatArray, inflation
from certificates.enclosures.objectives.point import Point
from certificates.enclosures.objectives.rows import part, row_norms_above, row_products

__all__ = ["JacobianRows", "Seeds", "adjoints", "blocks_of_samples", "jacobian_norms", "jacobian_rows", "seeds_of"]

Seeds = Literal["loss", "outputs"]
Product = Callable[[BallMatrix, BallMatrix], BallMatrix]

_BLOCK_ENTRIES = 1 << 22  # of a block of the Jacobian: 32 MiB


def blocks_of_samples(point: Point, columns: int) -> Iterator[slice]:
    """Samples in order, so many at once that a block with so many columns a sample stays small."""
    count = point.outputs.shape[0]
    step = max(1, min(count, _BLOCK_ENTRIES // max(1, columns)))
    for start in range(0, count, step):
        yield slice(start, min(start + step, count))


def adjoints(
    point: Point, rows: slice, seeds: BallMatrix, times: Product = BallMatrix.times
) -> Iterator[tuple[int, BallMatrix]]:
    """∂(seed · F)/∂z_ℓ for every layer from the last one back, rows ordered (seed, sample).

    Parameters
    ----------
    point, rows
        The network at its weights, and which samples.
    seeds
        (seeds a sample · samples, o), ordered likewise.
    times
        Forms the products: fast, with one radius, or close.
    """
    copies = seeds.shape[0] // (rows.stop - rows.start)
    first = min(index for index, layer in enumerate(point.layers) if layer.trained)
    found = seeds
    for index in range(len(point.layers) - 1, first - 1, -1):
        yield index, found
        if index > first:
            slopes = part(point.slopes[index - 1], rows).tile(copies, 1)
            found = times(found, point.layers[index].weight).hadamard(slopes)


@dataclass(frozen=True)
class JacobianRows:
    """Rows of a Jacobian, (k, p), and one radius for each of its columns, (p,): inputs differ in size."""

    mid: FloatArray
    radii: FloatArray


def jacobian_rows(point: Point, rows: slice, seeds: BallMatrix) -> JacobianRows:
    """The rows of the Jacobian of a block of samples, (seeds a sample · samples, p)."""
    copies = seeds.shape[0] // (rows.stop - rows.start)
    reserve(24.0 * seeds.shape[0] * point.parameter_count)
    found: list[JacobianRows] = []
    for index, adjoint in adjoints(point, rows, seeds):
        layer = point.layers[index]
        if layer.trained:
            bias = [] if layer.bias is None else [JacobianRows(adjoint.mid, np.full(adjoint.shape[1], adjoint.radius))]
            inputs = part(point.inputs[index], rows).tile(copies, 1)
            mid = row_products(adjoint, inputs).mid
            found = [JacobianRows(mid, _product_radii(adjoint, inputs)), *bias, *found]
    mid = np.concatenate([one.mid for one in found], axis=1)
    return JacobianRows(mid, np.concatenate([one.radii for one in found]))


def _product_radii(left: BallMatrix, right: BallMatrix) -> FloatArray:
    """|l|β + |r|α + αβ + u|l||r| + ν of every column of row products, |l| and |r| the largest of their columns."""
    sizes = [np.max(np.abs(matrix.mid), axis=0) for matrix in (left, right)]
    first, second = sizes[0][:, None], sizes[1][None]
    alpha, beta = left.radius, right.radius
    with np.errstate(all="ignore"):
        spread = first * beta + second * alpha + alpha * beta + UNIT_ROUNDOFF * (first * second)
        radii: FloatArray = (spread * inflation(8) + 16 * UNDERFLOW).ravel()
    return radii


def seeds_of(point: Point, rows: slice, kind: Seeds) -> BallMatrix:
    """Roots of the Hessians of the losses, or the identity, for a block of samples, ordered (seed, sample)."""
    count, outputs = rows.stop - rows.start, point.outputs.shape[1]
    if kind == "outputs":
        return BallMatrix.from_exact(np.repeat(np.eye(outputs), count, axis=0))
    roots = point.loss.roots
    rad = np.broadcast_to(roots.rad, roots.shape)[rows].transpose(1, 0, 2).reshape(-1, outputs)
    return BallMatrix(roots.mid[rows].transpose(1, 0, 2).reshape(-1, outputs), rad)


def jacobian_norms(point: Point) -> FloatArray:
    """Upper bounds of ‖J_i‖, (n,), from the o × o Gram matrices of every sample."""
    outputs = point.outputs.shape[1]
    found = np.empty(point.outputs.shape[0])
    for rows in blocks_of_samples(point, outputs * max(point.network.widths)):
        found[rows] = _norms_of_block(point, rows, outputs)
    return found


def _norms_of_block(point: Point, rows: slice, outputs: int) -> FloatArray:
    """J_iJ_iᵀ = Σ_ℓ (‖h_i‖² + 1) Δ_iΔ_iᵀ: a norm of the sum is at most the sum of the norms of its PSD parts.

    That sum is attained where one layer leads; the Gram matrices are added before the norm is taken.
    """
    total: BallMatrix | None = None
    for index, found in adjoints(point, rows, seeds_of(point, rows, "outputs")):
        layer = point.layers[index]
        if layer.trained:
            lengths = row_norms_above(part(point.inputs[index], rows))
            bias = 0.0 if layer.bias is None else 1.0
            with np.errstate(all="ignore"):
                lengths = np.sqrt((lengths * lengths + bias) * inflation(4)) * inflation(4)
            scaled = found.hadamard(BallMatrix.from_exact(np.tile(lengths, outputs)[:, None]).tile(1, found.shape[1]))
            grams = scaled.sample_grams(outputs)
            total = grams if total is None else total.add(grams)
    if total is None:  # pragma: no cover - some layer is trained
        raise ValueError("no layer is trained")
    return total.sample_norms(outputs)
