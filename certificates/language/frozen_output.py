"""What bounds for one hidden layer under a frozen output need beyond the problem."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

__all__ = ["FrozenShifts"]


@dataclass(frozen=True)
class FrozenShifts:
    """Spectral shifts for the constants of theory 4.2; nothing here is trusted.

    Parameters
    ----------
    gram_lower, gram_upper
        s and t: the judge tests JᵀJ/n − s I ⪰ 0 and t I − JᵀJ/n ⪰ 0, J the Jacobian at the weights.
    covariance_upper
        t of t I − X̃ᵀX̃/n ⪰ 0.
    theta, fourth_moment
        θ and t of t I − (T − θE) ⪰ 0, T the fourth moments of the inputs (lemma 3.0.1 d). ``None`` for t bounds χ
        without that matrix, which has d(d + 1)/2 rows.
    """

    gram_lower: float
    gram_upper: float
    covariance_upper: float
    theta: Fraction = Fraction(0)
    fourth_moment: float | None = None
