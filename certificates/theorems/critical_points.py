"""From gradient and Hessian at a point, and how fast it turns, to what lies around (theorems 4.3.2 and 4.3.3).

f is twice differentiable on B = B(w_0, R), ‖∇²f(w) − ∇²f(w_0)‖ ≤ h there. It may be constant along a subspace 𝒩; then
all of this is about w_0 + 𝒩⊥, where gradient and Hessian live.

*No minimum.* If u·∇²f(w_0)u ≤ −c‖u‖² with c > h, then u·∇²f(w)u < 0 for every w in B: none is a local minimum.

*A critical point.* If no eigenvalue of H = ∇²f(w_0) lies in (−μ, μ), ‖∇f(w_0)‖ ≤ G, h < μ and G ≤ (μ − h)R, then
T(w) = w − H⁻¹∇f(w) has ‖DT‖ ≤ q = h/μ on B and ‖T(w_0) − w_0‖ ≤ δ = G/μ ≤ (1 − q)R: it maps B into itself, and Banach
gives exactly one critical point ŵ in B, with ‖ŵ − w_0‖ ≤ δ/(1 − q) = G/(μ − h). Where h < μ alone is known there is at
most one. Eigenvalues move by at most h (Weyl): all the way the same number of them is negative.

*Its value.* With d = ŵ − w_0, H₁ = ∫∇²f(w_0 + td)dt and H₂ = 2∫(1 − t)∇²f(w_0 + td)dt, 0 = ∇f(w_0) + H₁d and
f(ŵ) = f(w_0) + ∇f(w_0)·d + ½d·H₂d = f(w_0) + ½∇f(w_0)·d + ½d·(H₂ − H₁)d, and ‖H₂ − H₁‖ ≤ 2h: f(ŵ) lies within
½G‖d‖ + h‖d‖² of f(w_0).
"""

from __future__ import annotations

from flint import arb

__all__ = ["critical_distance", "value_margin"]


def critical_distance(curvature: arb, turning: arb, gradient_norm: arb, radius: arb) -> arb | None:
    """How far the critical point in the ball is from its centre at most; ``None`` where none is proved.

    Parameters
    ----------
    curvature
        A lower bound of μ.
    turning, gradient_norm
        Upper bounds of h on the ball of this radius, and of G.
    radius
        R.

    Examples
    --------
    >>> critical_distance(arb(2), arb(1), arb(1), arb(3))
    1.00000000000000
    >>> critical_distance(arb(2), arb(1), arb(1), arb("0.5")) is None
    True
    """
    margin = curvature - turning
    if not margin > 0:
        return None
    distance = gradient_norm / margin
    return distance if distance <= radius else None


def value_margin(gradient_norm: arb, turning: arb, distance: arb) -> arb:
    """A bound of |f(ŵ) − f(w_0)|; ``turning`` bounds h on the ball whose radius is ``distance``, or on a larger one."""
    return gradient_norm * distance / 2 + turning * distance * distance
