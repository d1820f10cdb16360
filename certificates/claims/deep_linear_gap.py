"""Kind `deep-linear-gap`: how far the loss of a deep linear network is above its minimum (theory 5.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from certificates.errors import MalformedCertificate
from certificates.language.order import weaker_when_larger
from certificates.language.wording import at_most

__all__ = ["Claim", "Evidence"]


@dataclass(frozen=True)
class Claim:
    """What is asserted.

    Parameters
    ----------
    gap
        f(W) − min f ≤ gap; the minimum is over all weights of all layers, of these widths. Larger is weaker.
    """

    kind: ClassVar[str] = "deep-linear-gap"

    gap: float = weaker_when_larger()

    def __post_init__(self) -> None:
        """Refuse a negative gap."""
        if self.gap < 0:
            raise MalformedCertificate("a gap is not negative", place="claim.gap")

    def sentence(self) -> str:
        """The claim in words, its number rounded up."""
        return (
            f"No weights of a linear network of these widths have a loss more than {at_most(self.gap)} below f(W), "
            f"whichever layers move: f(W) − min f ≤ {at_most(self.gap)}."
        )


@dataclass(frozen=True)
class Evidence:
    """A dual point of the best approximation of low rank; nothing here is trusted.

    Parameters
    ----------
    threshold
        τ, near the (r + 1)-th eigenvalue of Σ = YXᵀ(XXᵀ)⁺XYᵀ or between it and the r-th one; 0 if there is none.
    dual
        Z, nearly the positive part of Σ − τI: the rows of its lower triangle.
    """

    threshold: float
    dual: tuple[tuple[float, ...], ...]
