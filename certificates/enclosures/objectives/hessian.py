"""Value, gradient and Hessian of an objective at the weights, in balls (theory 6.4).

    ∇²f = Σ_i ω_i J_iᵀP_iJ_i + Σ_i Σ_c ω_i g_ic ∇²F_ic + diag(λ)

The first part is a Gram matrix of rows √ω_i S_iJ_i. The second is that of the scalar functions ψ_i = a_i·F_i with
a_i = ω_i g_i held fixed: with δ_ℓ = ∂ψ/∂z_ℓ, Γ_ℓ = ∂²ψ/∂z_ℓ², B_ℓj = ∂z_ℓ/∂z_j, the block of layers ℓ ≥ j is

    Σ_i [δ_ℓ,r ∂h_{ℓ−1,a}/∂z_j,s + h̃_{ℓ−1,a} (Γ_ℓ B_ℓj)_rs] h̃_{j−1,b}     (the first term for ℓ > j only)

for the entries (r, a) of layer ℓ and (s, b) of layer j, h̃ with a 1 for the bias. Γ of the last layer is 0.
"""

from __future__ import annotations

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact, upper
from certificates.arithmetic.ball_array import BallArray
from certificates.arithmetic.ball_matrix import BallMatrix, batch_times
from certificates.arithmetic.close_products import close_product
from certificates.arithmetic.effort import reserve
from certificates.arithmetic.rounding import UNIT_ROUNDOFF, FloatArray
from certificates.enclosures.objectives.jacobian import adjoints, blocks_of_samples, gram, part, row_products
from certificates.enclosures.objectives.point import Point
from certificates.errors import EnclosureFailure
from certificates.subjects import Decay

__all__ = ["gradient", "hessian", "objective_value"]


def objective_value(point: Point) -> arb:
    """An enclosure of f(w_0)."""
    terms = BallMatrix.of(point.loss.values * point.weights)
    total = terms.dot(BallMatrix.from_exact(np.ones(terms.shape)))
    for decay in point.network.objective.decay:
        squares = _displacement(point, decay)
        column = BallMatrix(squares.mid.reshape(-1, 1), np.broadcast_to(squares.rad, squares.shape).reshape(-1, 1))
        total += exact(decay.rate) / 2 * column.dot(column)
    return total


def gradient(point: Point) -> BallMatrix:
    """∇f(w_0) over the trained parameters, (1, p), every entry with its radius.

    Guarantee
    ---------
    Contains the exact gradient for every choice of points in ``point``.
    """
    sums: dict[int, tuple[BallArray, BallArray | None]] = {}
    seeds = BallMatrix.of(point.loss.gradient * _columns(point.weights, point.outputs.shape[1]))
    everything = slice(0, point.outputs.shape[0])
    ones = BallMatrix.from_exact(np.ones((1, everything.stop)))
    for index, found in adjoints(point, everything, seeds, close_product):
        layer = point.layers[index]
        if layer.trained:
            bias = None if layer.bias is None else close_product(ones, found)
            sums[index] = (close_product(found.T, point.inputs[index]), bias)
    rates = {decay.tensor: decay for decay in point.network.objective.decay}
    pieces: list[BallArray] = []
    for index in sorted(sums):
        for name, found_part in zip(("weight", "bias"), sums[index], strict=True):
            if found_part is not None:
                decay = rates.get(f"layers.{index}.{name}")
                full = found_part if decay is None else found_part + _displacement(point, decay) * decay.rate
                pieces.append(full)
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
    """∇²f(w_0) over the trained parameters, (p, p), symmetric bit for bit, with one radius.

    Guarantee
    ---------
    Contains the exact Hessian for every choice of points in ``point``.

    May fail when
    -------------
    Numbers overflow, or p² numbers are more than the check may hold.
    """
    first = gram(point, "loss", point.weights.sqrt())
    second = _SecondPart(point)
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
    places = dict(tensor_slices(point))
    for decay in point.network.objective.decay:
        ball = BallArray.from_arb(exact(decay.rate))
        diagonal[places[decay.tensor]] = float(ball.mid)
        spread = spread.max(exact(ball.radius))
    mid = total.mid.copy()
    with np.errstate(all="ignore"):
        mid.reshape(-1)[:: mid.shape[0] + 1] += diagonal
    largest = exact(float(np.max(np.abs(np.diagonal(mid)))))
    return BallMatrix(mid, upper(exact(total.radius) + spread + exact(UNIT_ROUNDOFF) * largest))


def tensor_slices(point: Point) -> list[tuple[str, slice]]:
    """Where each trained tensor stands among the parameters, in order."""
    found, at = [], 0
    for index, layer in enumerate(point.layers):
        if layer.trained:
            sizes = {"weight": layer.weight.mid.size, "bias": 0 if layer.bias is None else layer.bias.mid.size}
            for name, size in sizes.items():
                if size:
                    found.append((f"layers.{index}.{name}", slice(at, at + size)))
                    at += size
    return found


# ---- the part with second derivatives of the outputs ----------------------------------------------------------------


class _SecondPart:
    """Σ_i a_i·∇²F_i, accumulated over blocks of samples; what lies below the diagonal is mirrored at the end."""

    def __init__(self, point: Point) -> None:
        self.point = point
        size = point.parameter_count
        reserve(8.0 * size * size)
        self._mid = np.zeros((size, size))
        self._radii: dict[tuple[int, int, int], arb] = {}
        self._places = _places(point)

    def matrix(self) -> BallMatrix:
        """The sum, symmetric."""
        size = self._mid.shape[0]
        for start in range(0, size, 256):
            rows = slice(start, min(start + 256, size))
            self._mid[rows, rows.stop :] = self._mid[rows.stop :, rows].T
            square = self._mid[rows, rows]
            square[:] = np.tril(square) + np.tril(square, -1).T
        largest = exact(0)
        for radius in self._radii.values():
            largest = largest.max(radius)
        return BallMatrix(self._mid, upper(largest))

    def add(self, rows: slice) -> None:
        """Add a block of samples."""
        point = self.point
        weighted = part(point.loss.gradient, rows).hadamard(_columns(part(point.weights, rows), point.outputs.shape[1]))
        adjoint = dict(adjoints(point, rows, weighted))
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
        found[index] = BallArray(_squares(own.mid), own.radius) + turned
    return found


def _squares(rows: FloatArray) -> FloatArray:
    """The diagonal matrices, (b, d, d), of rows (b, d)."""
    return rows[:, :, None] * np.eye(rows.shape[1])


def _bent_times(bend: BallArray, flow: BallArray) -> BallArray:
    """Γ B, for a diagonal Γ, (b, d), or a full one."""
    if len(bend.shape) == 3:
        return batch_times(bend, flow)
    return BallArray(bend.mid[:, :, None] * np.ones(flow.shape), bend.radius) * flow


def _through_slopes(slopes: BallMatrix, flow: BallArray | None) -> BallArray:
    """diag(φ') B, (b, d, d_j)."""
    if flow is None:
        return BallArray(_squares(slopes.mid), slopes.radius)
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


def _columns(column: BallArray, width: int) -> BallMatrix:
    """A column, repeated."""
    rad = np.broadcast_to(column.rad, column.shape)
    return BallMatrix(np.repeat(column.mid, width, axis=1), np.repeat(rad, width, axis=1))


def _augmented(point: Point, index: int, rows: slice) -> BallMatrix:
    inputs = part(point.inputs[index], rows)
    return inputs if point.layers[index].bias is None else inputs.with_ones()


def _with_zeros(matrix: BallMatrix) -> BallMatrix:
    """A column of zeros: what a bias passes on; the radius of the others is kept."""
    return BallMatrix(np.hstack([matrix.mid, np.zeros((matrix.shape[0], 1))]), matrix.radius)


def _places(point: Point) -> dict[int, list[np.ndarray]]:
    """Of every trained layer and unit, where its weights and then its bias stand among the parameters."""
    found: dict[int, list[np.ndarray]] = {}
    slices = dict(tensor_slices(point))
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
