"""One hidden layer of ReLU under a frozen output: its kernel at a start, and who may change sides (theory 5.3.6).

F(W) = v Σ_r a_r max(w_r·x̃, 0) + b with a_r = ±1, and only the w_r trained; x̃ = (x, 1) where the hidden layer has a
bias. P is the Jacobian over v, row i of block r being a_r 1_ir x̃_i, so that PPᵀ = G ∘ C with G = X̃X̃ᵀ and C_ij the
number of units that are active for both i and j. Units stream by in blocks; counts are exact.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from flint import arb
from numpy.typing import NDArray

from certificates.arithmetic.arb import exact
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.arithmetic.effort import reserve, spend, spend_flops
from certificates.arithmetic.rounding import UNDERFLOW, BoolArray, FloatArray, inflation
from certificates.memory import remembered
from certificates.subjects import Network

__all__ = ["ReluStart", "relu_start", "turned_kernel", "turning_of_all", "turning_of_units"]

Counts = NDArray[np.int64]

_BLOCK = 2**14  # units


@dataclass(frozen=True, eq=False)
class ReluStart:
    """A start W_0, and how the pattern of active units may change around it.

    Parameters
    ----------
    gram
        G, (n, n).
    lengths
        ‖x̃_i‖ from above, (n,).
    active
        C at a reference pattern: a pre-activation whose sign is not certain counts as negative.
    residual
        At least ‖F(W_0) − y‖.
    flips
        For each radius R that was asked for, the numbers N_ij(R) of units r with |w_r·x̃_i| ≤ R‖x̃_i‖ and likewise for
        j, from above; units of uncertain sign are among them.
    reached
        For each radius, from above, the largest number of units whose signs for one input can change when all of W
        moves by at most R in the Frobenius norm.
    """

    gram: BallMatrix
    lengths: FloatArray
    active: Counts
    residual: arb
    flips: tuple[Counts, ...]
    reached: tuple[int, ...]


@remembered(2)
def relu_start(problem: Network, radii: tuple[float, ...]) -> ReluStart:
    """Look at every unit once.

    Parameters
    ----------
    problem
        Of the form above, with given labels; the outer weights are equal but for their signs.
    radii
        Finite and not negative.

    Guarantee
    ---------
    The fields are what :class:`ReluStart` says, C and N in exact integers.
    """
    inputs, first = _inputs(problem), problem.layers[0]
    samples, count = BallMatrix.from_exact(inputs), len(inputs)
    lengths = _lengths(samples)
    active = np.zeros((count, count), dtype=np.int64)
    flips = [np.zeros((count, count), dtype=np.int64) for _ in radii]
    outputs, near = BallMatrix.from_exact(np.zeros((count, 1))), [_Nearest(max(radii, default=0.0)) for _ in inputs]
    reserve(8.0 * count * count * (len(radii) + 2))
    for part in _parts(len(first.weight)):
        rows = first.weight[part] if first.bias is None else np.hstack([first.weight[part], first.bias[part, None]])
        reached = BallMatrix.from_exact(rows).times(samples.T)
        signs = np.sign(problem.layers[1].weight[0, part])
        units = BallMatrix(np.maximum(reached.mid, 0.0), reached.rad)  # max(·, 0) moves nothing further apart
        outputs = outputs.add(units.T.times(BallMatrix.from_exact(signs[:, None])))
        distance = np.abs(reached.mid)
        active += _both((reached.mid > 0) & (distance > reached.radius))
        _count_flips(flips, [_at_most(radius, lengths, reached.radius) for radius in radii], distance)
        for sample, sorted_ones in enumerate(near):
            sorted_ones.add(distance[:, sample], reached.radius, lengths[sample])
    residual = _residual(problem, outputs)
    reached_units = tuple(max(each.within(radius) for each in near) for radius in radii)
    return ReluStart(samples.gram(), lengths, active, residual, tuple(flips), reached_units)


def turned_kernel(start: ReluStart) -> BallMatrix:
    """The kernel PPᵀ = G ∘ C at the reference pattern."""
    return start.gram.hadamard(BallMatrix.from_exact(start.active.astype(np.float64)))


def turning_of_units(start: ReluStart, index: int, norm: arb) -> arb:
    """At least κ = ‖P' − P''‖ for all convex combinations P', P'' of patterns within R of the start, unit by unit.

    Parameters
    ----------
    start
        With the radius at ``index``.
    norm
        At least ‖G‖.

    Guarantee
    ---------
    Lemma 5.3.6: κ² ≤ λ_max(|G| ∘ N) and κ² ≤ ‖G‖ max_i N_ii.
    """
    counts = start.flips[index]
    if not counts.any():
        return exact(0)
    sizes = np.maximum(np.abs(start.gram.lower()), np.abs(start.gram.upper()))
    both = BallMatrix.from_exact(sizes).hadamard(BallMatrix.from_exact(counts.astype(np.float64)))
    largest = norm * exact(int(counts.diagonal().max()))
    return both.nonnegative_spectral_radius().min(largest).sqrt()


def turning_of_all(start: ReluStart, index: int, norm: arb) -> arb:
    """At least ‖P' − P‖, P' a convex combination of patterns of weights within R of W_0 in the Frobenius norm.

    Guarantee
    ---------
    Lemma 5.3.7: its square is at most ‖G‖ max_i N_i, N_i the number of units that input i can turn.
    """
    return (norm * exact(start.reached[index])).sqrt()


class _Nearest:
    """The distances |w_r·x̃|/‖x̃‖ of one input's kinks that lie within the largest radius, from below."""

    def __init__(self, largest: float) -> None:
        self.largest, self.found = largest, [np.zeros(0)]

    def add(self, distance: FloatArray, radius: float, length: float) -> None:
        """Take those of a block of units."""
        with np.errstate(all="ignore"):
            below = np.nextafter(np.maximum(distance - radius, 0.0), 0.0) / length if length > 0 else 0.0 * distance
        below = np.nextafter(below, 0.0)
        kept = below[below <= self.largest]
        reserve(8.0 * kept.size)
        self.found.append(kept)

    def within(self, radius: float) -> int:
        """The largest N for which the N smallest squares may add up to R²."""
        ones = np.sort(np.concatenate(self.found))
        spend(10 + 0.1 * ones.size)
        with np.errstate(all="ignore"):
            sums = np.cumsum(ones * ones) / inflation(len(ones) + 4)  # of what does not underflow: from below
            return int(np.searchsorted(sums, radius * radius * inflation(4) + 4 * UNDERFLOW, side="right"))


def _parts(units: int) -> Iterator[slice]:
    return (slice(start, min(start + _BLOCK, units)) for start in range(0, units, _BLOCK))


def _inputs(problem: Network) -> FloatArray:
    given = problem.inputs
    return given if problem.layers[0].bias is None else np.hstack([given, np.ones((len(given), 1))])


def _lengths(samples: BallMatrix) -> FloatArray:
    with np.errstate(all="ignore"):
        squares: FloatArray = np.einsum("ij,ij->i", samples.mid, samples.mid) + samples.shape[1] * UNDERFLOW
        lengths: FloatArray = np.sqrt(squares * inflation(samples.shape[1] + 2)) * inflation(4)
        return lengths


def _at_most(radius: float, lengths: FloatArray, error: float) -> FloatArray:
    """R‖x̃_i‖ and the error of a pre-activation, from above."""
    with np.errstate(all="ignore"):
        bound: FloatArray = (radius * lengths + UNDERFLOW + error) * inflation(4)
        return bound


def _count_flips(totals: Sequence[Counts], bounds: Sequence[FloatArray], distance: FloatArray) -> None:
    """Add the units of a block within each bound; those beyond a larger one are not looked at again."""
    largest_first = sorted(zip(totals, bounds, strict=True), key=lambda pair: -float(np.max(pair[1])))
    left: FloatArray = distance
    last: FloatArray | float = np.inf
    for total, bound in largest_first:
        if bool(np.all(bound <= last)):
            marked = left <= bound
            kept = marked.any(axis=1)
            left, marked, last = left[kept], marked[kept], bound
        else:
            marked = distance <= bound
        total += _both(marked)


def _both(marked: BoolArray) -> Counts:
    """How many rows are marked in columns i and j; integers far below 2⁵³ are summed exactly in any order."""
    rows = marked.astype(np.float64)
    spend_flops(2.0 * rows.size * rows.shape[1] + 4.0 * marked.size)
    counts: Counts = (rows.T @ rows).astype(np.int64)
    return counts


def _residual(problem: Network, outputs: BallMatrix) -> arb:
    last = problem.layers[1]
    found = BallMatrix.of(outputs * float(np.abs(last.weight[0, 0])))
    if last.bias is not None:
        found = found.add_to_rows(last.bias)
    return found.add(BallMatrix.from_exact(-problem.given_targets)).frobenius_norm()
