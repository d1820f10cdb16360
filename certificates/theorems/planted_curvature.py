"""How convex the population loss is at the planted weights, from their singular values alone (theorem 4.1.1).

Let f(W) = ½E(Σ_j v_jφ(w_j·x) − Σ_j v_jφ(w_j*·x))², x ~ N(0, I_d), with W* of full row rank k and singular values
σ_1 ≥ … ≥ σ_k. With ρ̃(t) = min(T₁, T₂) at t, for every 0 < t ≤ σ_k,

    λ_min(∇²f(W*)) ≥ min_j v_j² · ρ̃(t) · t^{k+2} / (σ_1² · σ_1⋯σ_k).

At t = σ_k this is v_min² ρ̃(σ_k)/(κ²λ), κ = σ_1/σ_k, λ = Π σ_i/σ_k^k: the bound of Zhong et al. with constant 1, and
without their third term. T₁ and T₂ are squared distances, so the bound is never negative.

*Why.* s = W*x has a density ≥ t^k/(σ_1⋯σ_k) times that of N(0, t²I_k). Split a_j along the span of the rows and
orthogonally to it: the parts do not mix, as what is orthogonal is independent of s with mean 0. Along: with s = tz and
b_j = t(W*ᵀ)⁺a_j, ‖b_j‖ ≥ (t/σ_1)‖a_j‖, the form at orthogonal rows of norm t is at least ρ̃(t)Σ‖v_jb_j‖² (theorem
2.2). Orthogonally: E‖Σ_j v_jφ'(tz_j)a_j‖² ≥ (α₂₀ − α₁₀²)(t) Σ‖v_ja_j‖², and (t/σ_1)² ≤ 1.
"""

from __future__ import annotations

from flint import arb

from certificates.arithmetic.powers import natural_power

__all__ = ["planted_curvature"]


def planted_curvature(
    squared_outer: arb, distance: arb, scale: arb, largest_square: arb, volume: arb, units: int
) -> arb:
    """The bound of the theorem.

    Parameters
    ----------
    squared_outer
        min_j v_j².
    distance
        ρ̃(t) = min(T₁, T₂) at t.
    scale
        t, certainly at most σ_k and positive.
    largest_square
        σ_1².
    volume
        σ_1⋯σ_k = √det(W*W*ᵀ), positive.
    units
        k.

    Guarantee
    ---------
    The ball's lower end is at most λ_min.

    Examples
    --------
    >>> one = arb(1)
    >>> planted_curvature(one * 4, one / 8, one, one, one, 3)
    0.500000000000000
    """
    return squared_outer * distance * natural_power(scale, units + 2) / (largest_square * volume)
