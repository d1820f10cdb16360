"""Linear convergence to a planted model up to rotation (theorems 3.6.2 and 3.6.3).

For the loss 𝓛 = (1/4m)Σ(‖Wx_i‖² − ‖W°x_i‖²)² and h = dist(W, W°), one step W − μ∇𝓛(W) has a distance of at most ρ(h)h:

    β = h√(c₄/λ),  Γ = √Λ + √c₄ h,  ω = 1 − μΓ²,
    ρ_R² = [1 − μλ(2 − β)(ω(2 − β) − β)]₊                      if β < 1 and ω(2 − β) ≥ β,
    ρ_S  = max(|1 − 2μλ|, |1 − 2μΛ|) + μ(3√(Λc₄) h + c₄h²),    always,
    ρ    = min(ρ_R, ρ_S).

*Why.* Turn W so that H = W − W° is least: HW°ᵀ is symmetric (*horizontal*). With a_i = x_iᵀHᵀW°x_i and b_i = ‖Hx_i‖²
the residual is 2a + b, ⟨∇𝓛, H⟩ = ⟨(2a + b)(a + b)⟩, A = ‖a‖ ≥ √λ h and B = ‖b‖ ≤ √c₄ h² (root mean squares), and
‖∇𝓛‖ ≤ Γs with s = ‖2a + b‖ ≥ 2A − B. Hence h₊² ≤ h² − μs(ωs − B), which increases in s where ωs ≥ B: this gives ρ_R.
And ∇𝓛 = 2𝒬H + N, ‖N‖ ≤ 3√(Λc₄)h² + c₄h³, where 𝒬 maps into the horizontal space and has its spectrum there in
[λ, Λ]: this gives ρ_S. Both grow with h (β and Γ do, and the two factors of ρ_R² that shrink are not negative where it
is admitted), so ρ(ϱ) < 1 bounds every step from within the ball of radius ϱ.
"""

from __future__ import annotations

from dataclasses import dataclass

from flint import arb

from certificates.arithmetic.arb import root_above

__all__ = ["Regularity", "envelope_steps", "step_factor"]


@dataclass(frozen=True)
class Regularity:
    """Bounds of the loss near the teacher, as points.

    Parameters
    ----------
    lower
        λ > 0: 𝒬(H) ≥ λ‖H‖² for every horizontal H.
    upper
        Λ: 𝒬(H) ≤ Λ‖H‖² for every H.
    fourth
        c₄ ≥ sup_{‖a‖=1} (1/m)Σ(aᵀx_i)⁴.
    """

    lower: arb
    upper: arb
    fourth: arb


def step_factor(bounds: Regularity, step: arb, distance: arb) -> arb:
    """ρ(h) for the step μ.

    Guarantee
    ---------
    dist(W − μ∇𝓛(W), W°) ≤ r·dist(W, W°) for the point r returned and every W with dist(W, W°) ≤ ``distance``.

    May fail when
    -------------
    Never: where the conditions of ρ_R are not certain, ρ_S stands alone.
    """
    spread = abs(1 - 2 * step * bounds.lower).max(abs(1 - 2 * step * bounds.upper))
    bent = 3 * (bounds.upper * bounds.fourth).sqrt() * distance + bounds.fourth * distance * distance
    factor: arb = spread + step * bent
    beta = distance * (bounds.fourth / bounds.lower).sqrt()
    gain = bounds.upper.sqrt() + bounds.fourth.sqrt() * distance
    room = (1 - step * gain * gain) * (2 - beta) - beta
    if beta < 1 and room >= 0:
        squared = 1 - step * bounds.lower * (2 - beta) * room
        factor = factor.min(root_above(squared))
    end: arb = factor.upper()
    return end


def envelope_steps(bounds: Regularity, step: arb, distance: arb, target: arb, most: int) -> int | None:
    """After how many steps h ← ρ(h)h is certainly at most ``target``; ``None`` if not within ``most``."""
    for count in range(most + 1):
        if distance <= target:
            return count
        distance = (step_factor(bounds, step, distance) * distance).upper()
    return None
