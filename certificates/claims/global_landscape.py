"""Kind `global-landscape`: a quadratic network's second-order stationary points are global (theory 3.2.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from certificates.errors import MalformedCertificate
from certificates.language.order import weaker_when_smaller
from certificates.language.wording import at_least

__all__ = ["Claim", "Evidence"]


@dataclass(frozen=True)
class Claim:
    """What is asserted about the loss f over the first layer, at all weights: the given ones do not enter.

    That every W with ∇f(W) = 0 and ∇²f(W) ⪰ 0 is a global minimiser of f, whatever the labels.

    Parameters
    ----------
    gram_eigenvalue
        κ > 0: K ⪰ κI for K = ((x_iᵀx_j)²), so that inf f = 0 for all labels whatsoever, and
        ‖Σ r_i x_ix_iᵀ‖_F² ≥ κ‖r‖² at all weights. ``None`` does not claim this. Smaller is weaker.
    """

    kind: ClassVar[str] = "global-landscape"

    gram_eigenvalue: float | None = weaker_when_smaller(default=None)

    def __post_init__(self) -> None:
        """Refuse a κ that claims nothing."""
        if self.gram_eigenvalue is not None and self.gram_eigenvalue <= 0:
            raise MalformedCertificate("expected κ > 0, or none", place="claim.gram_eigenvalue")

    def sentence(self) -> str:
        """The claim in words, κ rounded down."""
        text = (
            "With these outer weights and inputs, and for all labels: every W with ∇f(W) = 0 and ∇²f(W) ⪰ 0 is a "
            "global minimiser of f; every other critical point has a direction of negative curvature."
        )
        if self.gram_eigenvalue is not None:
            text += (
                f" The matrix of the (x_iᵀx_j)² has no eigenvalue below {at_least(self.gram_eigenvalue)}: the global "
                "minimum is 0 for all labels."
            )
        return text


@dataclass(frozen=True)
class Evidence:
    """What a proof needs beyond the problem; nothing here is trusted.

    Parameters
    ----------
    gram_shift
        A guess slightly below λ_min(K); not used when κ is not claimed.
    """

    gram_shift: float = 0.0
