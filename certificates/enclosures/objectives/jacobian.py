"""Jacobians of samples in balls, streamed, and the Gram matrices that are made of them (theory 6.4).

A row belongs to a sample i and a seed c: Σ_c' S_{i,cc'} ∂F_{ic'}/∂w, with S_i a root of the loss's Hessian ("loss"), or
the identity ("outputs"). Columns are parameters: layer by layer those that are trained, weight row by row, then bias.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact, upper
from certificates.arithmetic.ball_array import BallArray
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.arithmetic.effort import reserve, spend, spend_flops
from certificates.arithmetic.rounding import UNDERFLOW, UNIT_ROUNDOFF, FloatArray, gamma, inflation
from certificates.enclosures.objectives.loss_terms import row_norms_above
from certificates.enclosures.objectives.point import Point
from certificates.errors import EnclosureFailure

__all__ = [
    "GramSum",
    "Seeds",
    "adjoints",
    "blocks_of_samples",
    "gram",
    "gram_norm",
    "jacobian_norms",
    "part",
    "row_products",
]

Seeds = Literal["loss", "outputs"]
Product = Callable[[BallMatrix, BallMatrix], BallMatrix]

_BLOCK_ENTRIES = 1 << 22  # of a block of the Jacobian: 32 MiB
_POWER_STEPS = 40


def blocks_of_samples(point: Point, columns: int) -> Iterator[slice]:
    """Samples in order, so many at once that a block with so many columns a sample stays small."""
    count = point.outputs.shape[0]
    step = max(1, min(count, _BLOCK_ENTRIES // max(1, columns)))
    for start in range(0, count, step):
        yield slice(start, min(start + step, count))


def part(matrix: BallArray, rows: slice) -> BallMatrix:
    """Some of the rows."""
    return BallMatrix(matrix.mid[rows], matrix.rad if matrix.is_uniform else matrix.rad[rows])


def columns_of(column: BallArray, width: int) -> BallMatrix:
    """A column, repeated."""
    rad = np.broadcast_to(column.rad, column.shape)
    return BallMatrix(np.repeat(column.mid, width, axis=1), np.repeat(rad, width, axis=1))


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
class _Rows:
    """Rows of a Jacobian, and one radius for each of its columns: inputs differ in size."""

    mid: FloatArray
    radii: FloatArray


def jacobian_rows(point: Point, rows: slice, seeds: BallMatrix) -> _Rows:
    """The rows of the Jacobian of a block of samples, (seeds a sample · samples, p)."""
    copies = seeds.shape[0] // (rows.stop - rows.start)
    reserve(24.0 * seeds.shape[0] * point.parameter_count)
    found: list[_Rows] = []
    for index, adjoint in adjoints(point, rows, seeds):
        layer = point.layers[index]
        if layer.trained:
            bias = [] if layer.bias is None else [_Rows(adjoint.mid, np.full(adjoint.shape[1], adjoint.radius))]
            inputs = part(point.inputs[index], rows).tile(copies, 1)
            mid = row_products(adjoint, inputs).mid
            found = [_Rows(mid, _product_radii(adjoint, inputs)), *bias, *found]
    mid = np.concatenate([one.mid for one in found], axis=1)
    return _Rows(mid, np.concatenate([one.radii for one in found]))


def _product_radii(left: BallMatrix, right: BallMatrix) -> FloatArray:
    """|l|β + |r|α + αβ + u|l||r| + ν of every column of row products, |l| and |r| the largest of their columns."""
    sizes = [np.max(np.abs(matrix.mid), axis=0) for matrix in (left, right)]
    first, second = sizes[0][:, None], sizes[1][None]
    alpha, beta = left.radius, right.radius
    with np.errstate(all="ignore"):
        spread = first * beta + second * alpha + alpha * beta + UNIT_ROUNDOFF * (first * second)
        radii: FloatArray = (spread * inflation(8) + 16 * UNDERFLOW).ravel()
    return radii


def row_products(left: BallMatrix, right: BallMatrix) -> BallMatrix:
    """Row by row the outer product l rᵀ, flattened; one radius for all."""
    with np.errstate(all="ignore"):
        mid = (left.mid[:, :, None] * right.mid[:, None, :]).reshape(left.shape[0], -1)
    a, b = exact(left.magnitude), exact(right.magnitude)
    alpha, beta = exact(left.radius), exact(right.radius)
    spread = a * beta + b * alpha + alpha * beta
    return BallMatrix(mid, upper(spread + exact(UNIT_ROUNDOFF) * a * b + exact(UNDERFLOW)))


def seeds_of(point: Point, rows: slice, kind: Seeds) -> BallMatrix:
    """Roots of the Hessians of the losses, or the identity, for a block of samples, ordered (seed, sample)."""
    count, outputs = rows.stop - rows.start, point.outputs.shape[1]
    if kind == "outputs":
        return BallMatrix.from_exact(np.repeat(np.eye(outputs), count, axis=0))
    roots = point.loss.roots
    rad = np.broadcast_to(roots.rad, roots.shape)[rows].transpose(1, 0, 2).reshape(-1, outputs)
    return BallMatrix(roots.mid[rows].transpose(1, 0, 2).reshape(-1, outputs), rad)


class GramSum:
    """A sum of matrices AᵀA in balls, in place; A's columns have a radius each.

    With a the norms of the columns and β their radii, AᵀA of k rows errs by at most γ_k a aᵀ + kν for its products, and
    by √k(aβᵀ + βaᵀ) + kββᵀ for the radii: sums of outer products, which are added up at the end.
    """

    def __init__(self, size: int) -> None:
        reserve(16.0 * size * size)
        self._mid = np.zeros((size, size))
        self._rounded = exact(0)
        self._left: list[FloatArray] = []
        self._right: list[FloatArray] = []

    def add(self, rows: _Rows) -> None:
        """Add AᵀA; the sum errs by at most u of its result, which no sum underflows."""
        count, size = rows.mid.shape
        spend(300)
        spend_flops(1.0 * count * size * size)  # BLAS forms one triangle
        with np.errstate(all="ignore"):
            self._mid += rows.mid.T @ rows.mid
            largest = max(float(np.max(self._mid)), -float(np.min(self._mid)))
            squares = np.einsum("ij,ij->j", rows.mid, rows.mid)
            norms = np.sqrt((squares + count * UNDERFLOW) * inflation(count + 2)) * inflation(2)
        if not np.isfinite(largest):
            raise EnclosureFailure("a sum of Gram matrices overflowed")
        self._rounded += exact(count * UNDERFLOW) + exact(UNIT_ROUNDOFF) * exact(largest)
        share, root = upper(gamma(count)), np.nextafter(np.sqrt(float(count)), np.inf)
        with np.errstate(all="ignore"):
            self._left += [norms, rows.radii]
            # what underflows here is multiplied by the left factor: its ν stands inside
            spread = share * norms + (root * rows.radii + UNDERFLOW), root * norms + (count * rows.radii + UNDERFLOW)
            self._right += spread

    def matrix(self) -> BallMatrix:
        """The sum, symmetric bit for bit, with a radius for each entry."""
        left, right = np.array(self._left).T, np.array(self._right)
        terms = len(self._left)
        spend_flops(2.0 * terms * left.shape[0] ** 2)
        with np.errstate(all="ignore"):
            rad = left @ right * inflation(terms + 8) + upper(self._rounded) + 4 * terms * UNDERFLOW
            rad = np.maximum(rad, rad.T)
        return BallMatrix(self._mid, np.nextafter(rad, np.inf))


def gram(point: Point, kind: Seeds, scales: BallArray) -> BallMatrix:
    """Σ_i c_i² A_iᵀA_i, (p, p), A_i the rows of sample i and c = ``scales``, (n, 1)."""
    outputs, size = point.outputs.shape[1], point.parameter_count
    total = GramSum(size)
    for rows in blocks_of_samples(point, outputs * size):
        scale = part(scales, rows).tile(outputs, outputs)
        total.add(jacobian_rows(point, rows, seeds_of(point, rows, kind).hadamard(scale)))
    return total.matrix()


def gram_norm(point: Point, kind: Seeds, weights: FloatArray) -> arb:
    """An upper bound of λ_max(Σ_i a_i A_iᵀA_i) for all 0 ≤ a_i ≤ ``weights``, (n,)."""
    scales = BallArray.from_exact(np.nextafter(np.sqrt(weights), np.inf)[:, None])
    return _largest_eigenvalue(gram(point, kind, scales))


def _largest_eigenvalue(matrix: BallMatrix) -> arb:
    """By the residual form at an estimate of untrusted power iterations; by squaring where that fails."""
    size = matrix.shape[0]
    spend_flops(2.0 * _POWER_STEPS * size * size)
    vector = np.ones(size)
    estimate = 0.0
    with np.errstate(all="ignore"):
        for _ in range(_POWER_STEPS):
            image = matrix.mid @ vector
            estimate = float(np.sqrt(image @ image))
            if not 0 < estimate < np.inf:
                break
            vector = image / estimate
    for margin in (1.02, 1.3):
        if 0 < estimate < np.inf:
            bound = matrix.largest_eigenvalue(margin * estimate)
            if bound is not None:
                return bound
    return matrix.operator_norm()


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
