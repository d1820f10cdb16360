"""Kind `second-order-stationary`: gradient, Hessian and gap at the weights of a quadratic network (theory 3.2.5)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from certificates.errors import MalformedCertificate
from certificates.language.order import weaker_when_larger
from certificates.language.wording import at_most

__all__ = ["Claim", "Evidence"]


@dataclass(frozen=True)
class Claim:
    """What is asserted about the problem's own f over the first layer; each field is monotone alone, larger is weaker.

    Parameters
    ----------
    gradient_norm
        ‖∇f(W)‖_F ≤ ε_g.
    curvature_deficit
        D²f(W)[U, U] ≥ −ε_H‖U‖_F² for all U.
    gap
        f(W) − inf f ≤ gap.
    """

    kind: ClassVar[str] = "second-order-stationary"

    gradient_norm: float = weaker_when_larger()
    curvature_deficit: float = weaker_when_larger()
    gap: float = weaker_when_larger()

    def __post_init__(self) -> None:
        """Refuse negative numbers."""
        if self.gradient_norm < 0 or self.curvature_deficit < 0 or self.gap < 0:
            raise MalformedCertificate("expected ε_g ≥ 0, ε_H ≥ 0, gap ≥ 0", place="claim")

    def sentence(self) -> str:
        """The claim in words, its numbers rounded up."""
        return (
            f"The given first-layer weights W are nearly second-order stationary: ‖∇f(W)‖ ≤ "
            f"{at_most(self.gradient_norm)} and ∇²f(W) ⪰ −{at_most(self.curvature_deficit)} I, and "
            f"f(W) − inf f ≤ {at_most(self.gap)}."
        )


@dataclass(frozen=True)
class Evidence:
    """Spectral shifts, and what optional bounds need; nothing here is trusted.

    Parameters
    ----------
    force_lower, force_upper
        Guesses slightly below λ_min(G) and above λ_max(G).
    hessian_shift
        A guess slightly below λ_min(∇²L): then ε_H is that of the whole Hessian, too. ``None`` for lemma 3.2.4 alone.
    covariance_shift
        A guess slightly below λ_min(Σ̂) > 0, for the rows of one sign.
    theta, fourth_moment_shift
        θ and a guess slightly above λ_max(T − θE) ≥ c_4, for the a-priori bounds of G.
    units
        u, one number a unit, for the row "any u" of one sign; empty for none.
    moment_shift, gram_shift
        Guesses slightly below λ_min(T) > 0 and λ_min(K) > 0.
    """

    force_lower: float
    force_upper: float
    hessian_shift: float | None = None
    covariance_shift: float | None = None
    theta: Fraction = Fraction(1)
    fourth_moment_shift: float | None = None
    units: tuple[float, ...] = ()
    moment_shift: float | None = None
    gram_shift: float | None = None

    def __post_init__(self) -> None:
        """Refuse u = 0."""
        if self.units and not any(self.units):
            raise MalformedCertificate("expected u ≠ 0", place="evidence.units")
