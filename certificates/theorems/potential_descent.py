"""Descent and flow from one start, by the distance to the nearest zero (theorems 1.10.4 and 1.10.3).

e = F − y, J = DF, N ≤ p; β a Lipschitz constant of J and Λ ≥ ‖J‖² on a ball that holds the one of radius R around z_0,
where F(z_0) = y, w_0 − z_0 ⟂ ker J(z_0), ‖w_0 − z_0‖ ≤ D_0 and σ_min(J(z_0)) ≥ σ_* > 0. Descent is
w_(k+1) = w_k − η_k J(w_k)ᵀ e(w_k) with 0 < η_k ≤ η and divergent sum; u_0 = βD_0/σ_*, b = βη√Λ D_0, γ = 1 − ηΛ/2, and

    c(u) = γ − (1 + γ)u/2,   u⁺ = u/(1 − 2bu/(1 − u − b)),   v = (u + u⁺ + b)/2,   Ψ(u) = c − u²/(1 − v).

If γ > 0, 2bu < 1 − u − b, v < 1 and Ψ > 0 at u_0, then D_k, the distance of w_k to the zeros of F − y, tends to 0 with
D_(k+1)² ≤ (1 − κη_k) D_k², and w_k converges to a zero within Y of z_0. The loss need not decrease at every step.
The flow w' = −J(w)ᵀe(w) does the same if u_0 < ½, with D(t)² ≤ e^(−κt) D(0)².
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from flint import arb

from certificates.arithmetic.arb import exact, lower, upper
from certificates.theorems.distance_potential import potential

__all__ = ["Approach", "Start", "descend", "flow"]


@dataclass(frozen=True)
class Start:
    """Where descent starts, seen from a zero z_0; exact numbers, the same in every formula.

    Parameters
    ----------
    distance
        D_0.
    singular_value
        σ_*; where it is not positive, no theorem holds.
    offset
        How far z_0 may be from the point around which β holds.
    """

    distance: arb
    singular_value: arb
    offset: arb

    @classmethod
    def of(cls, distance: arb, singular_value: arb, offset: arb) -> Start:
        """Ends of the balls, each in its weak direction."""
        return cls(exact(upper(distance)), exact(lower(singular_value)), exact(upper(offset)))


@dataclass(frozen=True)
class Approach:
    """The quantities of a theorem, as balls.

    Parameters
    ----------
    ratio, margin
        u_0, and what has to be positive: Ψ(u_0), for the flow 1 − 2u_0.
    singular_value
        σ_∞: a lower bound of σ_min(J) at the nearest zero of every iterate.
    travel
        Y: how far the nearest zero moves from z_0.
    reach
        R; β has to hold on a ball that is larger.
    rate
        κ.
    drift
        The limit lies within (1 + drift) D_k of w_k.
    holds
        Whether the hypotheses certainly hold, up to the ball of radius R.
    """

    ratio: arb
    margin: arb
    singular_value: arb
    travel: arb
    reach: arb
    rate: arb
    drift: arb
    holds: bool


def descend(start: Start, curvature: arb, largest: arb, step: arb, shares: Sequence[Fraction] = ()) -> Approach:
    """Evaluate theorem 1.10.4.

    Parameters
    ----------
    start
        D_0 and σ_*.
    curvature, largest, step
        β, Λ and η > 0; η is the step for ½‖e‖².
    shares
        Nodes p_j/u_0 in (0, 1) of the grid value of Γ = ln(σ_*/σ_∞); without any, Γ = g(u_0)u_0. The lesser is taken.

    Guarantee
    ---------
    If it ``holds`` and β and Λ hold on the ball, so does the conclusion, for every point of the balls.
    """
    b = curvature * step * largest.sqrt() * start.distance
    u, zeta = curvature * start.distance / start.singular_value, step * largest
    here = potential(u, b, zeta)
    sound = bool(start.singular_value > 0) and here.holds
    loss = here.drift * u
    if shares and sound:
        loss = loss.min(_grid_loss(u, b, zeta, shares))
    kept = start.singular_value * (-loss).exp()
    travel = _travel(start.singular_value, loss, curvature)
    reach = exact(max(upper(start.distance + travel), upper(travel + here.jump * start.distance)))
    rate = 2 * kept**2 * here.slope * (1 - u / 2)
    return Approach(u, here.margin, kept, travel, reach, rate, here.drift, sound)


def _grid_loss(u: arb, b: arb, zeta: arb, shares: Sequence[Fraction]) -> arb:
    """Γ, cell by cell: each with its own b, and one step that begins in it and ends below."""
    total, before = exact(0), exact(0)
    for share in sorted({share for share in shares if 0 < share < 1} | {Fraction(1)}):
        after, step = u * exact(share), b * exact(share)
        left, right = potential(before, step, zeta), potential(after, step, zeta)
        shrunk = 1 - step * right.drift * right.margin  # gΨ = u/(1 − v)
        if not (left.holds and right.holds and shrunk > 0):
            return arb("inf")
        total += right.drift * (after - before + step * left.margin / shrunk)
        before = after
    return total


def flow(start: Start, curvature: arb) -> Approach:
    """Evaluate theorem 1.10.3: u_0 < ½, Γ = −u_0/2 − ¼ ln(1 − 2u_0).

    Guarantee
    ---------
    As :func:`descend`, for the gradient flow of ½‖e‖².
    """
    u = curvature * start.distance / start.singular_value
    sound = bool(start.singular_value > 0) and bool(2 * u < 1)
    loss = -u / 2 - (-2 * u).log1p() / 4
    kept, travel = start.singular_value * (-loss).exp(), _travel(start.singular_value, loss, curvature)
    rate = 2 * kept**2 * (1 - u) * (1 - u / 2)
    drift = (1 - (-loss).exp()) / u if u > 0 else exact(0)
    return Approach(u, 1 - 2 * u, kept, travel, start.distance + travel, rate, drift, sound)


def _travel(singular_value: arb, loss: arb, curvature: arb) -> arb:
    """(σ_* − σ_∞)/β; zeros of affine equations stay where they are."""
    if curvature == 0:
        return exact(0)
    travelled: arb = -singular_value * (-loss).expm1() / curvature
    return travelled
