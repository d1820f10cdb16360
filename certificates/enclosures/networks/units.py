"""β(ρ) of one hidden layer, unit by unit (theory 1.4.2): Σ a_i D²F_i is block diagonal, a block for each unit.

For unit l, with a_il ≥ |φ'| and b_il ≥ the Lipschitz constant of φ' on z⁰_il ± ρ‖x̃_i‖, and v_l its outer weights,

    β(ρ) ≤ max_l ½(c₂ + √(c₂² + 4c₁²)),   c₁ = ‖diag(a_·l) X̃‖,   c₂ = (‖v_l‖ + ρ) λ_max([b_il b_jl (x̃_i · x̃_j)²])^{1/2}.

No third derivative is asked for: φ' need be Lipschitz only. The c₁ of the centre grow by ρM_2‖diag(‖x̃_i‖)X̃‖.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Generic

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact, upper
from certificates.arithmetic.ball_array import BallArray
from certificates.arithmetic.effort import spend, spend_flops
from certificates.arithmetic.matrix import M, sizes_above
from certificates.arithmetic.rounding import FloatArray
from certificates.enclosures.intervals.envelopes import Envelope, largest_bend, largest_bend_arb
from certificates.enclosures.networks.layers import activate
from certificates.enclosures.networks.weighted_norms import row_scaled_norms
from certificates.errors import EnclosureFailure
from certificates.expression import Activation
from certificates.subjects import Network

__all__ = ["MOST_REFINED", "UNIT_STEPS", "Units", "unit_norms"]

UNIT_STEPS = 8  # of power iteration at the weights; one more at every radius
MOST_REFINED = 64  # units whose c₁ is found by a factorisation of its own

_WORTH = 0.8  # of the largest: what is below cannot become the largest on a small ball
_CELLS = 4_096


@dataclass(frozen=True)
class Units(Generic[M]):
    """What the bound needs of the network at w_0, n samples and m units.

    Parameters
    ----------
    outer
        ‖v_l‖ from above, (m,).
    slope_norms
        ‖diag(|φ'_·l|) X̃‖ from above, (m,).
    slope_growth
        ‖diag(‖x̃_i‖) X̃‖ from above.
    rows
        ‖x̃_i‖ from above, (n,).
    affine
        The pre-activations, (n, m).
    squares
        [(x̃_i · x̃_j)²].
    vectors
        Where the power iteration of each unit ended, (n, m).
    envelope
        Bounds of |φ''| over intervals; ``None`` where they could not be found, and the largest serves.
    """

    outer: FloatArray
    slope_norms: FloatArray
    slope_growth: arb
    rows: FloatArray
    affine: M
    squares: M
    vectors: FloatArray
    envelope: Envelope | None

    def bends(self, radius: arb, largest: arb) -> FloatArray:
        """b_il on the ball, (n, m); never above the bound for the whole layer."""
        limit = upper(largest)
        if self.envelope is None:
            return np.full(self.affine.shape, limit)
        reach = np.array([upper(radius * exact(row)) for row in self.rows.tolist()])
        reaches = np.repeat(reach[:, None], self.affine.shape[1], axis=1)
        low = self.affine.add(self.affine.from_exact(-reaches)).entry_bounds()[0]
        high = self.affine.add(self.affine.from_exact(reaches)).entry_bounds()[1]
        return np.minimum(self.envelope.over(low, high), limit)

    def turning(self, radius: arb, *, outer_moves: bool, bend: arb, most_coupled: arb, most_bent: arb) -> arb:
        """Bound β(ρ) when the first layer is trained.

        Parameters
        ----------
        radius
            ρ.
        outer_moves
            Whether the outer weights are trained too.
        bend, most_coupled, most_bent
            M_2, M_1‖X̃‖ and M_2κ₄(X̃) over the reachable range: no unit exceeds them.
        """
        radii, _ = self.squares.scaled_spectral_radii(self.bends(radius, bend), self.vectors, 1)
        moved = radius if outer_moves else exact(0)
        spend(4.0 * len(radii))
        total = exact(0)
        units = zip(self.outer.tolist(), self.slope_norms.tolist(), radii.tolist(), strict=True)
        for outer, slope, squared in units:
            bent = (exact(outer) + moved) * exact(squared).sqrt().min(most_bent)
            coupled = (exact(slope) + radius * bend * self.slope_growth).min(most_coupled) if outer_moves else exact(0)
            total = total.max((bent + (bent**2 + 4 * coupled**2).sqrt()) / 2)
        return total


def unit_norms(network: Network, arithmetic: type[M]) -> Units[M]:
    """Enclose what :class:`Units` holds, for a network of one hidden layer.

    Guarantee
    ---------
    Every number bounds, or encloses, the exact quantity of the exact network.

    May fail when
    -------------
    An activation is not enclosed at some pre-activation, or numbers overflow: :class:`EnclosureFailure`.
    """
    first, last = network.layers
    ones = np.ones((network.sample_count, 1))
    data = network.inputs if first.bias is None else np.hstack([network.inputs, ones])
    weights = first.weight if first.bias is None else np.hstack([first.weight, first.bias[:, None]])
    inputs = arithmetic.from_exact(data)
    affine = inputs.times(arithmetic.from_exact(weights).T)
    activation = network.activations[0]
    _, slope = activate(activation, affine)
    gram = inputs.gram()
    rows = inputs.T.group_column_norms(data.shape[1])[0]
    outer = arithmetic.from_exact(last.weight).group_column_norms(len(last.weight))[0]
    units = Units(
        outer=outer,
        slope_norms=np.zeros(len(weights)),
        slope_growth=inputs.scale_rows(rows).operator_norm(),
        rows=rows,
        affine=affine,
        squares=gram.hadamard(gram),
        vectors=np.ones(affine.shape),
        envelope=_envelope(activation, affine),
    )
    bends = np.nan_to_num(units.bends(exact(0), exact(math.inf)), posinf=1.0)  # for guesses: what is unknown is 1
    radii, vectors = units.squares.scaled_spectral_radii(bends, units.vectors, UNIT_STEPS)
    units = replace(units, vectors=vectors)
    return _with_norms(units, outer * np.sqrt(radii), data, sizes_above(slope), arithmetic) if last.trained else units


def _with_norms(
    units: Units[M], bent: FloatArray, data: FloatArray, slopes: FloatArray, arithmetic: type[M]
) -> Units[M]:
    """c₁ from above: a cheap bound for all units, a sharp one for those that matter by their c₂."""
    norms = row_scaled_norms(data, units.squares, slopes, arithmetic)
    inputs, best = arithmetic.from_exact(data), 0.0
    values = (bent + np.hypot(bent, 2 * norms)) / 2
    for unit in np.argsort(-values)[:MOST_REFINED].tolist():
        if values[unit] <= _WORTH * best:
            break
        norms[unit] = min(float(norms[unit]), _sharp_norm(inputs.scale_rows(slopes[:, unit])))
        best = max(best, float(bent[unit] + np.hypot(bent[unit], 2 * norms[unit])) / 2)
    return replace(units, slope_norms=norms)


def _sharp_norm(matrix: M) -> float:
    """‖A‖ from above by one factorisation, or infinity where its guess fails."""
    gram = matrix.gram() if matrix.shape[0] <= matrix.shape[1] else matrix.T.gram()
    low, high = gram.entry_bounds()
    spend_flops(10.0 * len(low) ** 3)
    middle = low / 2 + high / 2
    guess = math.inf
    if np.isfinite(middle).all():
        with suppress(np.linalg.LinAlgError):  # no convergence: no guess
            guess = float(np.linalg.eigvalsh(middle)[-1])
    found = gram.largest_eigenvalue(guess * (1 + 2.0**-24)) if math.isfinite(guess) else None
    return math.inf if found is None else upper(found.sqrt())


def _envelope(activation: Activation, affine: M) -> Envelope | None:
    """Cells over the range of the pre-activations and a little beyond, or just over it, or none."""
    low, high = affine.range()
    width = max(high - low, 2.0**-20, 2.0**-30 * max(abs(low), abs(high)))
    if not math.isfinite(width):
        return None
    step = 2.0 ** math.ceil(math.log2(width / _CELLS))
    for spare in (_CELLS // 8, 0):
        first = math.floor(low / step) - spare
        last = max(math.ceil(high / step), first + spare + 1) + spare
        middles = (np.arange(first, last, dtype=np.float64) + 0.5) * step  # exact, like the edges: few bits
        cells = affine.from_exact(middles[None])
        try:
            bounds, _ = cells.map_pair(*_on_cells(activation, step / 2))
        except EnclosureFailure:  # a singularity just outside
            continue
        return Envelope.of(np.arange(first, last + 1, dtype=np.float64) * step, bounds.entry_bounds()[1][0])
    return None


def _on_cells(
    activation: Activation, half: float
) -> tuple[Callable[[BallArray], tuple[BallArray, BallArray]], Callable[[arb], tuple[arb, arb]]]:
    """The largest |φ''| on the cell around a middle, for arrays and for single balls."""

    def array(middles: BallArray) -> tuple[BallArray, BallArray]:
        found = largest_bend(activation, BallArray(middles.mid, half))
        return found, found

    def ball(middle: arb) -> tuple[arb, arb]:
        found = largest_bend_arb(activation, middle + arb(0, half))
        return found, found

    return array, ball
