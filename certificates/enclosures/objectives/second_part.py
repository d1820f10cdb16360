"""The part of a Hessian with second derivatives of outputs, Σ_i a_i·∇²F_i with a_i = ω_i g_i held fixed (theory 6.4).

With δ_ℓ = ∂ψ/∂z_ℓ, Γ_ℓ = ∂²ψ/∂z_ℓ², B_ℓj = ∂z_ℓ/∂z_j for ψ_i = a_i·F_i, the block of layers ℓ ≥ j is

    Σ_i [δ_ℓ,r ∂h_{ℓ−1,a}/∂z_j,s + h̃_{ℓ−1,a} (Γ_ℓ B_ℓj)_rs] h̃_{j−1,b}     (the first term for ℓ > j only)

for the entries (r, a) of layer ℓ and (s, b) of layer j, h̃ with a 1 for the bias. Γ of the last layer is 0, that of the
last hidden layer diagonal, and Γ_k = diag(∂ψ/∂h_k ∘ φ''_k) + VᵀΓ_{k+1}V with V = W_{k+1} diag(φ'_k). Layers are 0-based
in code.
"""

from __future__ import annotations

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact, upper
from certificates.arithmetic.ball_array import BallArray
from certificates.arithmetic.ball_matrix import BallMatrix, batch_times
from certificates.arithmetic.effort import reserve
from certificates.arithmetic.rounding import UNIT_ROUNDOFF, FloatArray
from certificates.enclosures.objectives.jacobian import adjoints
from certificates.enclosures.objectives.parameters import tensor_slices
from certificates.enclosures.objectives.point import Point
from certificates.enclosures.objectives.rows import diagonal_matrices, part, row_products
from certificates.errors import EnclosureFailure

__all__ = ["SecondPart"]


class SecondPart:
    """Σ_i a_i·∇²F_i, accumulated over blocks of samples; what lies below the diagonal is mirrored at the end."""

    def __init__(self, point: Point) -> None:
        self.point = point
        size = point.parameter_count
        reserve(24.0 * size * size)
        self._mid = np.zeros((size, size))
        self._radii: dict[tuple[int, int, int], arb] = {}
        self._places = _places(point)
        self._output_gradients = point.output_gradients

    def matrix(self) -> BallMatrix:
        """The sum, symmetric."""
        size = self._mid.shape[0]
        for start in range(0, size, 256):
            rows = slice(start, min(start + 256, size))
            self._mid[rows, rows.stop :] = self._mid[rows.stop :, rows].T
            square = self._mid[rows, rows]
            square[:] = np.tril(square) + np.tril(square, -1).T
        return BallMatrix(self._mid, self._radius_of_entries())

    def _radius_of_entries(self) -> FloatArray:
        """The larger of an entry's radius and that of its mirror image."""
        rad = np.zeros(self._mid.shape)
        for (index, j, s), radius in self._radii.items():
            rows = np.concatenate(self._places[index])
            place = np.ix_(rows, self._places[j][s])
            rad[place] = np.maximum(rad[place], upper(radius))
        return np.maximum(rad, rad.T)

    def add(self, rows: slice) -> None:
        """Add a block of samples."""
        point = self.point
        adjoint = dict(adjoints(point, rows, part(self._output_gradients, rows)))
        trained = [index for index, layer in enumerate(point.layers) if layer.trained]
        last = len(point.layers) - 1
        bends = _bends(point, rows, adjoint)
        for j in trained:
            if j == last:
                continue
            self._add_own(j, rows, bends[j])
            flow: BallArray | None = None  # ∂z_ℓ/∂z_j; None is the identity
            for index in range(j + 1, last + 1):
                passed = _through_slopes(part(point.slopes[index - 1], rows), flow)
                flow = _times_weight(point.layers[index].weight, passed) if index < last else None
                if point.layers[index].trained:
                    turned = None if index == last or flow is None else _bent_times(bends[index], flow)
                    self._add_pair(index, j, rows, adjoint[index], passed, turned)

    def _add_own(self, j: int, rows: slice, bend: BallArray) -> None:
        """H̃ᵀ diag(Γ_rs) H̃ for each pair of units; one unit at a time, all of its partners at once."""
        inputs = _augmented(self.point, j, rows)
        units = self.point.layers[j].weight.shape[0]
        diagonal = len(bend.shape) == 2
        for s in range(units):
            if diagonal:
                block = inputs.T.times(BallMatrix.of(inputs.hadamard(_column(bend, s).tile(1, inputs.shape[1]))))
                self._put(j, [s], j, s, block)
                continue
            products = row_products(_slice(bend, s), inputs)
            self._put(j, list(range(units)), j, s, products.T.times(inputs))

    def _add_pair(
        self, index: int, j: int, rows: slice, adjoint: BallMatrix, passed: BallArray, turned: BallArray | None
    ) -> None:
        inputs, before = _augmented(self.point, j, rows), _augmented(self.point, index, rows)
        units = list(range(self.point.layers[index].weight.shape[0]))
        for s in range(self.point.layers[j].weight.shape[0]):
            moved = _slice(passed, s)  # ∂h/∂z_js, (b, d)
            moved = moved if self.point.layers[index].bias is None else _with_zeros(moved)
            left = row_products(adjoint, moved)
            if turned is not None:
                left = left.add(row_products(_slice(turned, s), before))
            self._put(index, units, j, s, left.T.times(inputs))

    def _put(self, index: int, units: list[int], j: int, s: int, block: BallMatrix) -> None:
        """Add a block whose rows are (r, a), r in ``units``, and whose columns are the parameters of unit s."""
        rows = np.concatenate([self._places[index][r] for r in units])
        place = np.ix_(rows, self._places[j][s])
        with np.errstate(all="ignore"):
            found = self._mid[place] + block.mid
            largest = float(np.max(np.abs(found)))
        if not np.isfinite(largest):
            raise EnclosureFailure("a part of the Hessian overflowed")
        self._mid[place] = found
        # an entry belongs to one such place, whose radii add up over the blocks of samples
        growth = exact(block.radius) + exact(UNIT_ROUNDOFF) * exact(largest)
        self._radii[index, j, s] = self._radii.get((index, j, s), exact(0)) + growth


def _bends(point: Point, rows: slice, adjoint: dict[int, BallMatrix]) -> dict[int, BallArray]:
    """Γ_k of every hidden layer from the last one back: (b, d) of a diagonal, or (b, d, d)."""
    found: dict[int, BallArray] = {}
    first, last = min(adjoint), len(point.layers) - 1
    for index in range(last - 1, first - 1, -1):
        back = adjoint[index + 1].times(point.layers[index + 1].weight)  # ∂ψ/∂h
        own = back.hadamard(part(point.bends[index], rows))
        if index == last - 1:
            found[index] = own
            continue
        step = _times_weight(point.layers[index + 1].weight, _through_slopes(part(point.slopes[index], rows), None))
        turned = batch_times(_transposed(step), _bent_times(found[index + 1], step))
        found[index] = BallArray(diagonal_matrices(own.mid), own.radius) + turned
    return found


def _bent_times(bend: BallArray, flow: BallArray) -> BallArray:
    """Γ B, for a diagonal Γ, (b, d), or a full one."""
    if len(bend.shape) == 3:
        return batch_times(bend, flow)
    return BallArray(bend.mid[:, :, None] * np.ones(flow.shape), bend.radius) * flow


def _through_slopes(slopes: BallMatrix, flow: BallArray | None) -> BallArray:
    """diag(φ') B, (b, d, d_j)."""
    if flow is None:
        return BallArray(diagonal_matrices(slopes.mid), slopes.radius)
    return BallArray(slopes.mid[:, :, None] * np.ones(flow.shape), slopes.radius) * flow


def _times_weight(weight: BallMatrix, passed: BallArray) -> BallArray:
    """W B for every sample."""
    count = passed.shape[0]
    return batch_times(BallArray(np.broadcast_to(weight.mid, (count, *weight.shape)), weight.radius), passed)


def _transposed(batch: BallArray) -> BallArray:
    return BallArray(batch.mid.transpose(0, 2, 1), batch.radius)


def _slice(batch: BallArray, s: int) -> BallMatrix:
    """Column s of every sample's matrix, (b, d)."""
    return BallMatrix(np.ascontiguousarray(batch.mid[:, :, s]), batch.radius)


def _column(matrix: BallArray, index: int) -> BallMatrix:
    return BallMatrix(matrix.mid[:, [index]], matrix.radius)


def _augmented(point: Point, index: int, rows: slice) -> BallMatrix:
    inputs = part(point.inputs[index], rows)
    return inputs if point.layers[index].bias is None else inputs.with_ones()


def _with_zeros(matrix: BallMatrix) -> BallMatrix:
    """A column of zeros: what a bias passes on; the radius of the others is kept."""
    return BallMatrix(np.hstack([matrix.mid, np.zeros((matrix.shape[0], 1))]), matrix.radius)


def _places(point: Point) -> dict[int, list[np.ndarray]]:
    """Of every trained layer and unit, where its weights and then its bias stand among the parameters."""
    found: dict[int, list[np.ndarray]] = {}
    slices = tensor_slices(point.network)
    for index, layer in enumerate(point.layers):
        if not layer.trained:
            continue
        rows, columns = layer.weight.shape
        weights = np.arange(rows * columns).reshape(rows, columns) + slices[f"layers.{index}.weight"].start
        if layer.bias is not None:
            bias = np.arange(rows)[:, None] + slices[f"layers.{index}.bias"].start
            weights = np.hstack([weights, bias])
        found[index] = list(weights)
    return found
