"""What holds units at their kinks: κ_il = (b − a) ω_i g_i·v_l on a ball, and its share on both sides (theory 6.7).

At w in the ball of radius R, with g_i at the outputs of f_θ, at most T¹_iR away, and v_l at most R,

    |κ_il(w) − κ_il(w_0)| ≤ |b − a| ω_i R (‖g_i‖ + P̄_iT¹_i(‖v_l‖ + R)),

from g·v − g_0·v_0 = (g − g_0)·v + g_0·(v − v_0).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact, upper
from certificates.arithmetic.ball_array import BallArray
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.arithmetic.close_products import close_product
from certificates.arithmetic.effort import spend
from certificates.arithmetic.rounding import BoolArray, FloatArray, require_finite
from certificates.enclosures.objectives.kinks import Sides, extended_inputs
from certificates.enclosures.objectives.point import Point
from certificates.enclosures.objectives.rows import row_norms_above
from certificates.enclosures.objectives.turning import Turning
from certificates.enclosures.objectives.upward import plus, times

__all__ = ["HeldRow", "crossing_rates", "distances_from_kinks", "held_rows", "least_rates", "movements"]


@dataclass(frozen=True)
class HeldRow:
    """One row C_a: the kink of a unit on a sample, and on all samples equal to it.

    Parameters
    ----------
    sample, unit
        The first of those samples, and the unit.
    strength
        s_a ≤ Σ inf κ min(θ, 1 − θ) over them: f − f_θ ≥ Σ_a s_a|C_aw| on the ball.
    """

    sample: int
    unit: int
    strength: arb


def crossing_rates(point: Point, sides: Sides) -> BallArray:
    """κ at the outputs of f_θ at w_0, (n, units)."""
    return close_product(point.output_gradients, point.layers[1].weight) * sides.jump


def least_rates(point: Point, sides: Sides, reach: Turning, radius: float) -> FloatArray:
    """Lower bounds of κ on the ball, (n, units); ``reach`` holds on it."""
    rates, jump = crossing_rates(point, sides), upper(abs(exact(sides.jump)))
    lengths = plus(row_norms_above(point.layers[1].weight.T)[None], radius)
    turned = times(times(reach.curvature, reach.first)[:, None], lengths)
    moved = plus(np.broadcast_to(point.loss.gradient_norms[:, None], turned.shape), turned)
    spread = times(moved, radius, jump, point.weights.upper())
    bounds: FloatArray = (rates - BallArray.from_exact(require_finite(spread, "a bound of κ"))).lower()
    return bounds


def distances_from_kinks(point: Point) -> FloatArray:
    """Lower bounds of |u_il(w_0)|, (n, units)."""
    pre = point.pre[0]
    nearest: FloatArray = np.maximum(pre.lower(), -pre.upper())
    return nearest


def movements(point: Point, radius: float) -> FloatArray:
    """Upper bounds of ‖x̃_i‖R, (n,): how far units move on the ball; 0 where x̃_i is."""
    samples = extended_inputs(point.network)
    lengths = times(row_norms_above(BallMatrix.from_exact(samples)), radius)
    return np.where(samples.any(axis=1), lengths, 0.0)


def held_rows(samples: FloatArray, held: BoolArray, shares: FloatArray, rates: FloatArray) -> list[HeldRow]:
    """The rows of C, equal ones of a unit once.

    Parameters
    ----------
    samples
        x̃, (n, d).
    held, shares, rates
        A; θ in (0, 1) on it; positive lower bounds of κ on it.
    """
    found: list[HeldRow] = []
    for unit in range(held.shape[1]):
        chosen = np.flatnonzero(held[:, unit])
        spend(20 + 10 * chosen.size)
        if not chosen.size:
            continue
        _, group, sizes = np.unique(samples[chosen] + 0.0, axis=0, return_inverse=True, return_counts=True)
        in_groups = chosen[np.argsort(group.reshape(-1), kind="stable")]
        found.extend(
            HeldRow(int(members[0]), unit, _strength(shares[members, unit], rates[members, unit]))
            for members in np.split(in_groups, np.cumsum(sizes)[:-1])
        )
    return found


def _strength(shares: FloatArray, rates: FloatArray) -> arb:
    """Σ κ min(θ, 1 − θ)."""
    total = exact(0)
    for share, rate in zip(shares.tolist(), rates.tolist(), strict=True):
        total += exact(rate) * (exact(share) if share <= 0.5 else 1 - exact(share))
    return total
