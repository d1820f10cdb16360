"""Kind `orthogonal-population-convexity`: the population Hessian at orthogonal planted weights (theory 2.1)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from certificates.errors import MalformedCertificate
from certificates.language.limits import check_bits, check_sigma
from certificates.language.order import weaker_when_smaller
from certificates.language.parts import AssumedGrowth, Quadrature
from certificates.language.wording import in_words, rounded_down

__all__ = ["Claim", "Evidence"]

_MOST_NEURONS = 4096


@dataclass(frozen=True)
class Claim:
    """What is asserted.

    Parameters
    ----------
    sigma
        σ, the common norm of the planted weights w_j* = σe_j; exact.
    outer_weights
        v_1, …, v_k, exact, k ≥ 1.
    dimension
        d ≥ k, of the inputs.
    curvature
        λ, with ∇²f_D(W*) ⪰ λI. Smaller is weaker.
    """

    kind: ClassVar[str] = "orthogonal-population-convexity"

    sigma: Fraction
    outer_weights: tuple[Fraction, ...]
    dimension: int
    curvature: Fraction = weaker_when_smaller()

    def __post_init__(self) -> None:
        """Refuse a σ out of range and shapes that do not fit."""
        check_sigma(self.sigma)
        if not 1 <= len(self.outer_weights) <= _MOST_NEURONS:
            raise MalformedCertificate("expected 1 to 4096 outer weights", place="claim.outer_weights")
        if self.dimension < len(self.outer_weights):
            raise MalformedCertificate(
                f"{len(self.outer_weights)} orthogonal weights do not fit into dimension {self.dimension}",
                place="claim.dimension",
            )

    def sentence(self) -> str:
        """The claim in words, its number rounded down."""
        k = len(self.outer_weights)
        return (
            f"Let x ~ N(0, I_{self.dimension}) and y = Σ_j v_j φ(w_j*·x) with the given φ, {k} weights w_j* = "
            f"{in_words(self.sigma)} e_j and the given v. The Hessian of f(W) = ½E(Σ_j v_j φ(w_j·x) − y)² at W* is at "
            f"least {rounded_down(self.curvature)} times the identity."
        )


@dataclass(frozen=True)
class Evidence:
    """How to enclose the five moments; as in kind `gaussian-moment`."""

    quadrature: Quadrature
    bits: int
    growth: AssumedGrowth | None = None

    def __post_init__(self) -> None:
        """Refuse a precision out of range."""
        check_bits(self.bits)
