"""Where the distance potential finds its zero z_0: from the weights, from a foot nearby, or for a ball (theory 1.10.3).

All three have a zero z' by Newton's method of least norm (theorem 1.5.1) at the point ŵ where J was enclosed, and take
the zero nearest to the start, among those in the closed ball of radius ϱ around ŵ on which β is a Lipschitz constant of
J. It is inside that ball and J has full rank there, so the start sees it at a right angle to ker J.
"""

from __future__ import annotations

from dataclasses import dataclass

from flint import arb

from certificates.arithmetic.arb import exact, lower, upper
from certificates.theorems.distance_potential import Potential, Start, at_ratio, flow_loss, largest_of
from certificates.theorems.interpolation import interpolate

__all__ = ["Basin", "Foot", "basin", "basin_descent", "basin_flow", "start_at_foot", "start_at_weights"]


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


@dataclass(frozen=True)
class Basin:
    """A ball of starts about a zero z'.

    Parameters
    ----------
    radius
        ρ: starts within ρ of z'; exact.
    ratio
        u_c: every start has u_0 < u_c; exact.
    singular_value
        σ' ≤ σ_min(J(z')); exact.
    offset
        √2 ρ + ‖z' − ŵ‖: how far nearest zeros may be from ŵ; exact.
    """

    radius: arb
    ratio: arb
    singular_value: arb
    offset: arb


def basin(step: arb, singular_value: arb, curvature: arb, reach: float, radius: float, ratio: float) -> Basin | None:
    """Variant C: every start within ρ of ŵ.

    Parameters
    ----------
    step, singular_value, curvature, reach
        As for :func:`start_at_weights`, at ŵ.
    radius
        ρ > 0.
    ratio
        u_c in (0, ½].

    Returns
    -------
    Basin
        With ρ + r for ρ, as z' lies within r of ŵ; ``None`` unless ρ + r < x_c σ'/β, x_c = u_c/√(1 + u_c²/(1 − u_c)).
    """
    newton, u = interpolate(step, singular_value, curvature, reach), exact(ratio)
    found = Basin(
        exact(upper(exact(radius) + newton.radius)),
        u,
        exact(lower(singular_value - curvature * newton.radius)),
        exact(upper((exact(radius) + newton.radius) * exact(2).sqrt() + newton.radius)),
    )
    allowed = u / (1 + u * u / (1 - u)).sqrt() * found.singular_value
    sound = newton.holds and 0 < ratio <= 0.5 and bool(curvature * found.radius < allowed)
    return found if sound else None


def basin_descent(ball: Basin, curvature: arb, largest: arb, step: arb) -> Potential:
    """The conclusion of theorem 1.10.2 for every start of the ball at once: its hypotheses at u_c.

    Parameters
    ----------
    ball, curvature
        As found, with the same β.
    largest, step
        Λ and η.
    """
    b, gamma = curvature * step * largest.sqrt() * ball.radius, 1 - step * largest / 2
    here, u = at_ratio(ball.ratio, b, gamma), ball.ratio
    travel = ball.radius * here.spread
    kept = _kept(ball, curvature, here.spread * u)
    reach = largest_of(ball.radius + travel, travel + 2 * b * ball.radius / (1 - u - b))
    rate = 2 * kept**2 * here.decrease * (1 - u / 2)
    return Potential(u, here.margin, kept, travel, reach, rate, here.holds)


def basin_flow(ball: Basin, curvature: arb) -> Potential:
    """The same of theorem 1.10.1; at u_c = ½ the flow converges without a uniform rate."""
    u = ball.ratio
    shrunk = exact(0) if 2 * u == 1 else (-flow_loss(u)).exp()
    travel = ball.radius * (1 - shrunk) / u
    kept = (ball.singular_value - exact(2).sqrt() * curvature * ball.radius) * shrunk
    rate = 2 * kept**2 * (1 - u) * (1 - u / 2)
    return Potential(u, 1 - 2 * u, kept, travel, ball.radius + travel, rate, bool(2 * u <= 1))


def _kept(ball: Basin, curvature: arb, loss: arb) -> arb:
    """(σ' − √2 βρ) e^−Γ: √2 ρ is the farthest nearest zero of a start."""
    least: arb = (ball.singular_value - exact(2).sqrt() * curvature * ball.radius) * (-loss).exp()
    return least
