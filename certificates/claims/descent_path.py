"""Kind `descent-path`: weights of a deep linear network that are no local minimum, by a path (theory 5.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from certificates.errors import MalformedCertificate
from certificates.language.order import weaker_when_larger, weaker_when_smaller
from certificates.language.wording import at_least, at_most

__all__ = ["Claim", "Evidence"]


@dataclass(frozen=True)
class Claim:
    """What is asserted besides that the given weights are no local minimum of f.

    Parameters
    ----------
    gradient_norm
        ‖∇f(W)‖ is at most this number; with 0, W is a critical point, exactly, and a saddle. Larger is weaker.
    curvature
        ∇²f(W) has an eigenvalue of at most −curvature; 0 where this is not said. Smaller is weaker.
    """

    kind: ClassVar[str] = "descent-path"

    gradient_norm: float = weaker_when_larger()
    curvature: float = weaker_when_smaller()

    def __post_init__(self) -> None:
        """Refuse a negative norm, and a curvature of another sign."""
        if self.gradient_norm < 0 or self.curvature < 0:
            raise MalformedCertificate("expected gradient_norm ≥ 0 and curvature ≥ 0", place="claim")

    def sentence(self) -> str:
        """The claim in words, its numbers rounded in their weak direction."""
        if self.gradient_norm == 0:
            what = "They are a critical point, exactly"
        else:
            what = f"There ‖∇f(W)‖ ≤ {at_most(self.gradient_norm)}"
        bent = f", and ∇²f(W) has an eigenvalue ≤ −{at_least(self.curvature)}" if self.curvature > 0 else ""
        return (
            "These weights of a deep linear network are no local minimum: the loss falls along an explicit path that "
            f"starts there. {what}{bent}."
        )


@dataclass(frozen=True)
class Evidence:
    """The path W_k(t) = W_k + Σ t^a D, a polynomial; nothing here is trusted.

    Parameters
    ----------
    places
        (k, a) of each term: the layer from 1, and the power, from 1 to 64.
    terms
        D of each, (d_k, d_{k−1}), its entries row by row.
    """

    places: tuple[tuple[int, int], ...]
    terms: tuple[tuple[float, ...], ...]
