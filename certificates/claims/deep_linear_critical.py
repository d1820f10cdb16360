"""Kind `deep-linear-critical`: an exact critical point of a deep linear network, and of which type (theory 5.1)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Literal

from certificates.errors import MalformedCertificate
from certificates.language.order import weaker_when_larger, weaker_when_smaller
from certificates.language.wording import at_least, rounded_down, rounded_up

__all__ = ["Claim", "CriticalType", "Evidence"]

CriticalType = Literal["global-minimum", "saddle"]


@dataclass(frozen=True)
class Claim:
    """What is asserted besides ∇f(W) = 0, exactly, in every layer.

    Parameters
    ----------
    type
        ``global-minimum``: no weights of these widths have a smaller loss. ``saddle``: every neighbourhood has weights
        of a smaller loss. Not comparable.
    value_lower, value_upper
        f(W) lies between them. Smaller, larger is weaker.
    curvature
        Of a saddle: ∇²f(W) has an eigenvalue of at most −curvature; 0 where this is not said. Smaller is weaker.
    """

    kind: ClassVar[str] = "deep-linear-critical"

    type: CriticalType
    value_lower: float = weaker_when_smaller()
    value_upper: float = weaker_when_larger()
    curvature: float = weaker_when_smaller(default=0.0)

    def __post_init__(self) -> None:
        """Refuse an empty interval, and negative curvature of a minimum."""
        if self.value_lower > self.value_upper:
            raise MalformedCertificate("expected value_lower ≤ value_upper", place="claim")
        if self.curvature < 0 or (self.curvature > 0 and self.type == "global-minimum"):
            raise MalformedCertificate("expected curvature ≥ 0, and 0 of a minimum", place="claim")

    def sentence(self) -> str:
        """The claim in words, its numbers rounded in their weak direction."""
        if self.type == "global-minimum":
            what = "a global minimum: no weights of layers of these widths have a smaller loss"
        else:
            what = "a saddle, no local minimum: the loss falls along an explicit path that starts there"
        bent = f"; ∇²f(W) has an eigenvalue ≤ −{at_least(self.curvature)}" if self.curvature > 0 else ""
        return (
            f"These weights of a deep linear network are a critical point, exactly, and {what}{bent}. The loss there "
            f"lies between {rounded_down(Fraction(self.value_lower))} and {rounded_up(Fraction(self.value_upper))}."
        )


@dataclass(frozen=True)
class Evidence:
    """What a proof needs beyond the problem; nothing here is trusted.

    Parameters
    ----------
    threshold
        τ of theorem 5.1.6, for a global minimum.
    places, terms
        For a saddle the path W_k(t) = W_k + Σ t^a D: (k, a) of each term, and D, its entries row by row.
    """

    threshold: float
    places: tuple[tuple[int, int], ...] = ()
    terms: tuple[tuple[float, ...], ...] = ()
