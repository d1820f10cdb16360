"""M₁, M₂, M₃ of a hidden layer over what its pre-activations reach on a ball around w_0 (theory 6.3, 6.7)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from certificates.arithmetic.arb import exact, lower, upper
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.arithmetic.effort import reserve, spend
from certificates.arithmetic.rounding import FloatArray
from certificates.enclosures.intervals.pieces import pieces_of
from certificates.enclosures.intervals.ranges import bend_change_bound, curvature_bound, slope_bound, supremum
from certificates.enclosures.intervals.smoothness import is_certainly_c2
from certificates.errors import EnclosureFailure
from certificates.expression import Activation

__all__ = ["ActivationBounds", "BreakpointReached", "activation_bounds", "reach", "slope_over_reach"]


@dataclass(frozen=True)
class ActivationBounds:
    """Lipschitz constants of φ, φ' and φ'' of a hidden layer: M₁, M₂, M₃, each an upper bound."""

    slope: float
    bend: float
    bend_change: float


class BreakpointReached(EnclosureFailure):
    """A pre-activation may reach a breakpoint of φ on the ball: f need not be twice differentiable there.

    Parameters
    ----------
    layer, sample, unit
        Which pre-activation, each counted from 0.
    breakpoint
        Which breakpoint.
    distance
        How far the pre-activation is from it, at least.
    movement
        How far it may move on the ball.
    """

    def __init__(
        self, *, layer: int, sample: int, unit: int, breakpoint: float, distance: float, movement: float
    ) -> None:
        self.layer, self.sample, self.unit = layer, sample, unit
        self.breakpoint, self.distance, self.movement = breakpoint, distance, movement
        super().__init__(
            f"layers.{layer}, unit {unit}, sample {sample}: a pre-activation {distance:.4g} from the breakpoint "
            f"z = {breakpoint:.4g} may move by {movement:.4g}"
        )


def activation_bounds(activation: Activation, pre: BallMatrix, moves: FloatArray, layer: int) -> ActivationBounds:
    """M₁, M₂, M₃ over what the pre-activations of a layer reach.

    Parameters
    ----------
    activation
        φ, certainly continuous.
    pre
        z at w_0, (n, d).
    moves
        How far any pre-activation of a sample may move, (n,).
    layer
        The layer's place, for messages.

    Guarantee
    ---------
    Along every path on which no pre-activation moves farther than ``moves``, φ^{(k)} at it is Lipschitz with M_{k+1},
    k = 0, 1, 2. Where φ is not proven C², no pre-activation meets a breakpoint of φ on such a path, and M₂, M₃ are
    those of the pieces: 0 for a piecewise affine φ.

    May fail when
    -------------
    φ is not C² and an entry's reach meets a breakpoint: :class:`BreakpointReached`, about the worst entry. φ has no
    finite bounds there: :class:`EnclosureFailure`.
    """
    low, high = reach(pre, moves)
    if is_certainly_c2(activation):
        bends = curvature_bound(activation, low, high), bend_change_bound(activation, low, high)
        return ActivationBounds(slope_bound(activation, low, high), *bends)
    _require_no_breakpoint(activation, pre, moves, layer)
    slope, ends = slope_bound(activation, low, high), (exact(low), exact(high))
    bends = supremum(activation.expression, 2, *ends), supremum(activation.expression, 3, *ends)
    return ActivationBounds(slope, *bends)


def slope_over_reach(activation: Activation, pre: BallMatrix, moves: FloatArray) -> ActivationBounds:
    """M₁ alone, breakpoints or not; M₂ and M₃ are left 0, and no bound of a higher derivative may be made of them."""
    return ActivationBounds(slope_bound(activation, *reach(pre, moves)), 0.0, 0.0)


def reach(pre: BallMatrix, moves: FloatArray) -> tuple[float, float]:
    """What all pre-activations stay between."""
    low, high = pre.entry_bounds()
    with np.errstate(all="ignore"):
        ends = float(np.min(np.min(low, axis=1) - moves)), float(np.max(np.max(high, axis=1) + moves))
    return float(np.nextafter(ends[0], -np.inf)), float(np.nextafter(ends[1], np.inf))


def _require_no_breakpoint(activation: Activation, pre: BallMatrix, moves: FloatArray, layer: int) -> None:
    """|z − b| > moves, entry by entry, for every breakpoint b."""
    low, high = pre.entry_bounds()
    for point in pieces_of(activation)[1]:
        reserve(8.0 * low.size)
        spend(100 + 0.2 * low.size)
        ball = exact(point)
        with np.errstate(all="ignore"):
            distance = np.nextafter(np.maximum(low - upper(ball), lower(ball) - high), -np.inf)
            spare = distance - moves[:, None]
        if not (distance > moves[:, None]).all():
            sample, unit = (int(index) for index in np.unravel_index(int(np.argmin(spare)), spare.shape))
            raise BreakpointReached(
                layer=layer,
                sample=sample,
                unit=unit,
                breakpoint=upper(ball),
                distance=max(float(distance[sample, unit]), 0.0),
                movement=float(moves[sample]),
            )
