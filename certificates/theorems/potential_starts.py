"""Where the distance potential finds its zero z_0: from the weights or from a foot nearby (theorems 1.10.6 and 1.10.7).

Both have a zero z' by Newton's method of least norm (theorem 1.5.1) at the point ŵ where J was enclosed, and take
the zero nearest to the start, among those in the closed ball of radius ϱ around ŵ on which β is a Lipschitz constant of
J. It is inside that ball and J has full rank there, so the start sees it at a right angle to ker J.
"""

from __future__ import annotations

from dataclasses import dataclass

from flint import arb

from certificates.arithmetic.arb import exact
from certificates.theorems.interpolation import interpolate
from certificates.theorems.potential_descent import Start

__all__ = ["Foot", "start_at_foot", "start_at_weights"]


def start_at_weights(step: arb, singular_value: arb, curvature: arb, reach: float, slack: arb) -> Start | None:
    """Variant A: every start within E of the weights w̃ themselves.

    Parameters
    ----------
    step, singular_value
        ξ ≥ ‖J⁺e‖ and σ̃ ≤ σ_min(J) at w̃.
    curvature, reach
        β on the ball of radius ϱ around w̃.
    slack
        E ≥ 0.

    Returns
    -------
    Start
        D_0 = r + E, σ_* = σ̃ − β(r + 2E) and r + 2E with r of theorem 1.5.1; ``None`` where that does not hold.
    """
    newton = interpolate(step, singular_value, curvature, reach)
    if not newton.holds:
        return None
    offset = newton.radius + 2 * slack
    return Start.of(newton.radius + slack, singular_value - curvature * offset, offset)


@dataclass(frozen=True)
class Foot:
    """How the weights w̃ lie, seen from ŵ: upper bounds.

    Parameters
    ----------
    distance
        ‖w̃ − ŵ‖.
    missed
        ‖w̃ − ŵ − J(ŵ)ᵀν‖, for some ν.
    normal
        ‖ν‖.
    """

    distance: arb
    missed: arb
    normal: arb


def start_at_foot(step: arb, singular_value: arb, curvature: arb, reach: float, foot: Foot, slack: arb) -> Start | None:
    """Variant B: every start within E of weights w̃ which lie nearly along J(ŵ)ᵀ from ŵ.

    Parameters
    ----------
    step, singular_value, curvature, reach
        As for :func:`start_at_weights`, at ŵ.
    foot
        The position of w̃.
    slack
        E.
    """
    newton = interpolate(step, singular_value, curvature, reach)
    bent = curvature * foot.normal
    if not (newton.holds and bent < 1):
        return None
    missed = foot.missed + newton.radius * (1 + bent) + slack
    distance = foot.distance + newton.radius + slack
    move = 2 * missed / (1 - bent)
    first = Start.of(distance, singular_value - curvature * (newton.radius + move), newton.radius + move)
    if not (first.singular_value > 0 and first.offset < exact(reach)):
        return None
    ratio = curvature * first.distance / first.singular_value
    if not ratio < 1:  # the second pass is then no better
        return first
    move = missed / (1 - (ratio + bent) / 2)
    return Start.of(distance, singular_value - curvature * (newton.radius + move), newton.radius + move)
