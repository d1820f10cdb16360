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
from certificates.arithmetic.effort import reserve, spend_flops
from certificates.arithmetic.rounding import UNDERFLOW, BoolArray, FloatArray, inflation
from certificates.memory import remembered
from certificates.subjects import Network

__all__ = ["ReluStart", "relu_start", "turned_kernel", "turning_of_all", "turning_of_units"]

Counts = NDArray[np.int64]

_BLOCK = 2**14  # units
_FLOPS_OF_A_ROW, _FLOPS_OF_AN_ENTRY, _FLOPS_OF_SORTING = 300.0, 50.0, 300.0  # what numpy does, in flops of products


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
        For each radius R of units that was asked for, the numbers N_ij(R) of units r with |w_r·x̃_i| ≤ R‖x̃_i‖ and
        likewise for j, from above; units of uncertain sign are among them.
    reached
        For each radius of all weights that was asked for, from above, the largest number of units whose signs for one
        input can change when W moves by at most R in the Frobenius norm.
    """

    gram: BallMatrix
    lengths: FloatArray
    active: Counts
    residual: arb
    flips: tuple[Counts, ...]
    reached: tuple[int, ...]


@remembered(2)
def relu_start(problem: Network, radii: tuple[float, ...], together: tuple[float, ...] = ()) -> ReluStart:
    """Look at every unit once.

    Parameters
    ----------
    problem
        Of the form above, with given labels; the outer weights are equal but for their signs.
    radii, together
        Of units alone and of all weights; finite and not negative.

    Guarantee
    ---------
    The fields are what :class:`ReluStart` says, C and N in exact integers.
    """
    inputs, first = _inputs(problem), problem.layers[0]
    samples, count = BallMatrix.from_exact(inputs), len(inputs)
    lengths = _lengths(samples)
    active = np.zeros((count, count), dtype=np.int64)
    flips = [np.zeros((count, count), dtype=np.int64) for _ in radii]
    outputs, near = BallMatrix.from_exact(np.zeros((count, 1))), _Nearest(lengths, together)
    reserve(8.0 * count * count * (len(radii) + 2))
    for part in _parts(len(first.weight)):
        rows = first.weight[part] if first.bias is None else np.hstack([first.weight[part], first.bias[part, None]])
        reached = BallMatrix.from_exact(rows).times(samples.T)
        signs = np.sign(problem.layers[1].weight[0, part])
        units = BallMatrix(np.maximum(reached.mid, 0.0).T, reached.rad)  # max(·, 0) moves nothing further apart
        outputs = outputs.add(units.times(BallMatrix.from_exact(signs[:, None])))
        distance = np.abs(reached.mid)
        active += _both((reached.mid > 0) & (distance > reached.radius))
        _count_flips(flips, [_at_most(radius, lengths, reached.radius) for radius in radii], distance)
        near.add(distance, reached.radius)
    return ReluStart(samples.gram(), lengths, active, _residual(problem, outputs), tuple(flips), near.reached())


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
    """The distances |w_r·x̃_i|/‖x̃_i‖ of kinks that lie within the largest radius, from below, input by input."""

    def __init__(self, lengths: FloatArray, radii: tuple[float, ...]) -> None:
        self.lengths, self.radii = lengths, radii
        self.found: list[list[FloatArray]] = [[] for _ in lengths]

    def add(self, distance: FloatArray, radius: float) -> None:
        """Take those of a block of units."""
        if not self.radii:
            return
        spend_flops(_FLOPS_OF_SORTING * distance.size)
        with np.errstate(all="ignore"):
            below = np.nextafter(np.nextafter(np.maximum(distance - radius, 0.0), 0.0) / self.lengths, 0.0)
        for found, column in zip(self.found, below.T, strict=True):
            kept = column[column <= max(self.radii)]
            reserve(8.0 * kept.size)
            found.append(kept)

    def reached(self) -> tuple[int, ...]:
        """For each radius, the largest N for which the N smallest squares of an input may add up to R²."""
        if not self.radii:
            return ()
        most = [self._within(np.concatenate(found)) for found in self.found]
        return tuple(int(count) for count in np.max(most, axis=0))

    def _within(self, ones: FloatArray) -> Counts:
        """Sums are from below, but for what underflows: each square is then at most ν too large."""
        spend_flops(_FLOPS_OF_SORTING * ones.size)
        ones = np.sort(ones)
        with np.errstate(all="ignore"):
            sums = np.cumsum(ones * ones) / inflation(len(ones) + 4)
            squares = np.square(self.radii) * inflation(4) + (len(ones) + 4) * UNDERFLOW
        return np.searchsorted(sums, squares, side="right")


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
    """Add the units of a block within each bound; those beyond all of a larger one are not looked at again."""
    closest: FloatArray = distance.min(axis=1)
    largest_first = sorted(zip(totals, bounds, strict=True), key=lambda pair: -float(pair[1].max()))
    for total, bound in largest_first:
        kept = closest <= bound.max()
        if np.count_nonzero(kept) < 0.8 * len(kept):
            distance, closest = distance[kept], closest[kept]
        total += _both(distance <= bound)


def _both(marked: BoolArray) -> Counts:
    """How many rows of a block are marked in columns i and j: integers below 2²⁴ are summed exactly in any order."""
    rows = marked.astype(np.float32)
    spend_flops(_FLOPS_OF_A_ROW * len(rows) + (rows.shape[1] + _FLOPS_OF_AN_ENTRY) * rows.size)
    counts: Counts = (rows.T @ rows).astype(np.int64)
    return counts


def _residual(problem: Network, outputs: BallMatrix) -> arb:
    last = problem.layers[1]
    found = BallMatrix.of(outputs * float(np.abs(last.weight[0, 0])))
    if last.bias is not None:
        found = found.add_to_rows(last.bias)
    return found.add(BallMatrix.from_exact(-problem.given_targets)).frobenius_norm()
