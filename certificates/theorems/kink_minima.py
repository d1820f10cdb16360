"""A strict minimum on kinks, from one Hessian and one gradient beside them (theorem 6.4.1).

E = {w : C w = 0} are the weights at which the held units are 0, w_0 any point, B its ball of radius R. f_θ is smooth,
equal to f on E ∩ B, and f − f_θ ≥ Σ_a s_a |C_a w| on B. Let

    ∇²f_θ(w_0) + CᵀΣC ⪰ μ I,    ‖∇²f_θ(w) − ∇²f_θ(w_0)‖ ≤ h on B,    m = μ − h,    M ≥ ‖∇²f_θ(w_0)‖ + h,

G ≥ ‖∇f_θ(w_0)‖, σ ≤ σ_min(C), c ≥ ‖C w_0‖. With δ = c/σ and G' = G + Mδ: if m > 0, δ < R and G' < m(R − δ),

(a) f on E ∩ B has exactly one critical point ŵ; ‖ŵ − w_0‖ ≤ ρ = δ + G'/m, and |f(ŵ) − f_θ(w_0)| ≤ Gρ + ½Mρ²;
(b) ∇f_θ(ŵ) = Cᵀν with ‖ν‖ ≤ (G + Mρ)/σ, and if (|C_aw_0| + ‖C_a‖R) Σ_a ≤ 2(s_a − |ν_a|) for all a, then
    f(w) ≥ f(ŵ) + ½m‖w − ŵ‖² for all w in B.

*Proof.* (a) The point w_1 of E nearest to w_0 is δ away at most; from there theorem 4.2.3 on E, where CᵀΣC vanishes,
with the ball of radius R − δ inside B; on E ∩ B f_θ is strongly convex, so there is no second critical point. The value
by Taylor from w_0. (b) ŵ is critical on E, so ∇f_θ(ŵ) is in the range of Cᵀ, and its norm is at most G + Mρ. For w in B
and D = w − ŵ: C_aw = C_aD, and |C_aD| ≤ |C_aw_0| + ‖C_a‖R, hence

    f(w) − f(ŵ) ≥ Σ_a (s_a − |ν_a|)|C_aD| + ½Dᵀ((μ − h)I − CᵀΣC)D ≥ ½m‖D‖². ∎
"""

from __future__ import annotations

from dataclasses import dataclass

from flint import arb

from certificates.arithmetic.arb import exact

__all__ = ["KinkMinimum", "kink_minimum"]


@dataclass(frozen=True)
class KinkMinimum:
    """The quantities of the theorem, as balls.

    Parameters
    ----------
    growth
        m.
    offset
        δ.
    gradient_norm
        G', at the nearest point of E.
    available
        m(R − δ), which G' is to be below.
    distance
        ρ.
    multiplier
        A bound of ‖ν‖.
    value_error
        Gρ + ½Mρ².
    """

    growth: arb
    offset: arb
    gradient_norm: arb
    available: arb
    distance: arb
    multiplier: arb
    value_error: arb

    @property
    def holds(self) -> bool:
        """Whether m > 0 and G' < m(R − δ), hence δ < R, certainly hold."""
        return bool(self.growth > 0) and bool(self.gradient_norm < self.available)


def kink_minimum(
    *,
    lowest: arb,
    largest: arb,
    turning: arb,
    gradient_norm: arb,
    violation: arb,
    independence: arb | None,
    radius: float,
) -> KinkMinimum:
    """Evaluate (a), and the bound of ‖ν‖ in (b).

    Parameters
    ----------
    lowest, largest
        μ, and a bound of ‖∇²f_θ(w_0)‖.
    turning
        h.
    gradient_norm
        G.
    violation
        c ≥ ‖C w_0‖.
    independence
        σ > 0; ``None`` where nothing is held, so that E is everything.
    radius
        R > 0.

    Guarantee
    ---------
    If :attr:`KinkMinimum.holds`, (a) holds, and ‖ν‖ ≤ ``multiplier``, for every point of the balls.

    Examples
    --------
    >>> kept = {"lowest": exact(2), "largest": exact(3), "turning": exact(1), "gradient_norm": exact(0.125)}
    >>> found = kink_minimum(**kept, violation=exact(0), independence=exact(1), radius=1.0)
    >>> found.holds, float(found.growth), float(found.distance), float(found.multiplier)
    (True, 1.0, 0.125, 0.625)
    """
    growth, steepest = lowest - turning, largest + turning
    offset = exact(0) if independence is None else violation / independence
    moved = gradient_norm + steepest * offset
    distance = offset + moved / growth
    pulled = gradient_norm + steepest * distance
    return KinkMinimum(
        growth=growth,
        offset=offset,
        gradient_norm=moved,
        available=growth * (exact(radius) - offset),
        distance=distance,
        multiplier=exact(0) if independence is None else pulled / independence,
        value_error=gradient_norm * distance + steepest * distance**2 / 2,
    )
