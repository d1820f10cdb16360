"""Kind `population-strong-convexity`: the smallest eigenvalue of the population Hessian at W* (theory 4.1)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import inf
from typing import ClassVar

from certificates.errors import MalformedCertificate
from certificates.language.limits import check_bits
from certificates.language.order import weaker_when_larger, weaker_when_smaller
from certificates.language.wording import rounded_down, rounded_up

__all__ = ["Claim", "Evidence"]

_FEWEST_TERMS, _MOST_TERMS = 2, 1024


@dataclass(frozen=True)
class Claim:
    """What is asserted of λ_min = λ_min(∇²f(W*)); each field is monotone alone.

    Parameters
    ----------
    curvature
        λ > 0 with λ_min ≥ λ. Smaller is weaker.
    attained
        A number with λ_min ≤ it: no larger curvature is true. Larger is weaker.
    general_bound
        A number that theorem 4.1.1 shows to be at most λ_min from the singular values of W* alone, with some t ≤ σ_k;
        ``None`` claims nothing. Smaller is weaker.
    """

    kind: ClassVar[str] = "population-strong-convexity"

    curvature: float = weaker_when_smaller()
    attained: float = weaker_when_larger()
    general_bound: float | None = weaker_when_smaller(None)

    def __post_init__(self) -> None:
        """Refuse a curvature that claims nothing, and what is no number."""
        if not (0 < self.curvature < inf and 0 < self.attained < inf):
            raise MalformedCertificate("expected curvature > 0 and attained > 0", place="claim")
        if self.general_bound is not None and not 0 <= self.general_bound < inf:
            raise MalformedCertificate("expected a number ≥ 0", place="claim.general_bound")

    def sentence(self) -> str:
        """The claim in words, its numbers rounded in their weak direction."""
        text = (
            f"At the planted weights W* the population loss f(W) = ½E(Σ_j v_j φ(w_j·x) − Σ_j v_j φ(w_j*·x))², "
            f"x ~ N(0, I), has a Hessian whose smallest eigenvalue is at least {_down(self.curvature)} and at most "
            f"{rounded_up(Fraction(self.attained))}."
        )
        if self.general_bound is None:
            return text
        return f"{text} The singular values of W* alone show that it is at least {_down(self.general_bound)}."


def _down(value: float) -> str:
    return rounded_down(Fraction(value))


@dataclass(frozen=True)
class Evidence:
    """How to enclose the Hessian, and a direction; nothing here is trusted.

    Parameters
    ----------
    bits
        Of the closed forms, or of the coefficients of the series.
    terms
        N: Hermite coefficients c_0, …, c_N, of the series of a φ without a closed form.
    direction
        a, one number for each weight, unit by unit: λ_min ≤ aᵀ∇²f(W*)a/‖a‖².
    """

    bits: int
    terms: int
    direction: tuple[float, ...]

    def __post_init__(self) -> None:
        """Refuse a precision or a number of terms out of range, and a = 0."""
        check_bits(self.bits)
        if not _FEWEST_TERMS <= self.terms <= _MOST_TERMS:
            raise MalformedCertificate(f"expected {_FEWEST_TERMS} to {_MOST_TERMS} terms", place="evidence.terms")
        if not any(self.direction):
            raise MalformedCertificate("expected a direction that is not 0", place="evidence.direction")
