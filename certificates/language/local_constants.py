"""What the two kinds about planted quadratic networks share: evidence for the constants near the teacher."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

__all__ = ["LocalConstants"]


@dataclass(frozen=True)
class LocalConstants:
    """Guesses at the constants of the loss near the teacher; the judge bounds each by the residual of a factorisation.

    Parameters
    ----------
    curvature_shift_lower
        Slightly below λ, the least eigenvalue of 𝒬 + τVVᵀ.
    curvature_shift_upper
        Slightly above Λ, the largest eigenvalue of 𝒬.
    vertical_weight
        τ ≥ 0: how much of VVᵀ, V the directions of rotation, on which 𝒬 vanishes, is added.
    fourth_moment_shift
        Slightly above c₄ = λ_max(T − θE).
    theta
        θ, any real number; Gaussian data want about 1.
    """

    curvature_shift_lower: float
    curvature_shift_upper: float
    vertical_weight: float
    fourth_moment_shift: float
    theta: Fraction
