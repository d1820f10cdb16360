"""What Xia and Shi print, *Learning shallow neural networks via provable gradient descent with random initialization*.

Setting: M, M♮ ∈ ℝ^{n×r}, x_i ~ N(0, I_n), y_i = ‖x_iᵀM♮‖², ℒ(M) = (1/4m) Σ (y_i − ‖x_iᵀM‖²)² (3), gradient descent (6)
from columns N(0, n⁻¹I), dist(M, M♮) = min over orthogonal P of ‖MP − M♮‖_F (4), κ = σ₁²/σ_r² of M♮. ≲ hides an
unspecified constant; c and δ of Theorem 1 are not given, and only an outline of its proof is printed.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

__all__ = [
    "COLUMNS",
    "SAMPLES_PER_DIMENSION",
    "SOURCE",
    "STATEMENTS",
    "STEP",
    "contraction",
    "radius_over_delta",
]

SOURCE = "Xia, Shi, Learning shallow neural networks via provable gradient descent with random initialization"

STATEMENTS: Mapping[str, str] = {
    "Theorem 1, hypotheses": "m ≳ n r⁴ κ³ log¹³ m and μ = c / (r² κ² σ_r²(M♮)) for a sufficiently small constant c",
    "Theorem 1, Stage 1": "dist(M_{T_δ}, M♮) ≤ δ σ_r²(M♮)/‖M♮‖_F for some T_δ = O(r² log n)",
    "Theorem 1, Stage 2": "dist(M_t, M♮) ≤ (1 − 0.5 μ σ_r²(M♮))^{t−T_δ} · δ σ_r²(M♮)/‖M♮‖_F, t ≥ 0",
    "after Theorem 1": "GD will take O(r² log(1/ε)) iterations to reach ε-accuracy; resampling is not required",
    "Stage 1, in words": "a local region with strong convexity and smoothness surrounding M♮",
    "(8)": "n_{i,∥} = (e_iᵀ Mᵀ M♮ e_i / ‖m_i♮‖²) m♮",
    "(9)": "m_{i,⊥} = m_i − (e_iᵀ Mᵀ M♮ e_i / ‖m_i♮‖²) m_i♮",
    "(10)": "α_t = √(r⁻¹ Σ‖m_{i,∥}‖²), β_t = √(r⁻¹ Σ‖m_{i,⊥}‖²)",
    "4.1": "Without loss of generality, we assume M♮ = [e₁, …, e₁]",
    "(12)": "A = [1 + μ(3r − ‖M‖²)]I − 2μMᵀM, B = [1 + μ(r − ‖M‖²)]I − 2μMᵀM",
    "(13)": "√r σ_r(A) α_t ≤ α_{t+1} ≤ √r σ₁(A) α_t, √r σ_r(B) β_t ≤ β_{t+1} ≤ √r σ₁(B) β_t",
    "(15)": "as (13) with ≲, for finitely many samples, assuming that M_t and the x_i are independent",
    "(16)": "|α_t − 1| ≤ δ/2r and |β_t| ≤ δ/2r imply dist(M_t, M♮) ≤ √r|α_t − 1| + √r|β_t| ≤ δ/√r",
    "4.3, last display": "dist(M_t, M♮) ≤ (1 − ρ)^{t−T_δ} ‖M_t − M♮‖_F for all t ≥ T_δ",
    "Fig. 2(b), (c)": "the ratio α_t/β_t grows exponentially fast throughout the execution of the algorithm",
}

# Section 5, Figure 2: m = 1000n, r = 10, μ = 0.005, columns of M♮ normalised to length 1
SAMPLES_PER_DIMENSION = 1000
COLUMNS = 10
STEP = Fraction(5, 1000)


def contraction(step: float, smallest_squared: float) -> float:
    """The factor of Stage 2 as printed, 1 − 0.5 μ σ_r².

    Examples
    --------
    >>> contraction(0.5, 1.0)
    0.75
    """
    return 1 - 0.5 * step * smallest_squared


def radius_over_delta(smallest_squared: float, norm: float) -> float:
    """The radius of Stage 1 as printed, divided by the unspecified δ: σ_r²/‖M♮‖_F."""
    return smallest_squared / norm
