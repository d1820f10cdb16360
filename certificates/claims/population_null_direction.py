"""Kind `population-null-direction`: a population Hessian at W* is singular, φ of degree ≤ 2 (theory 4.1)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from certificates.errors import MalformedCertificate
from certificates.language.order import weaker_when_smaller

__all__ = ["Claim", "Evidence"]


@dataclass(frozen=True)
class Claim:
    """What is asserted.

    Parameters
    ----------
    nullity
        The null space of ∇²f(W*) has at least this dimension, 1 or more, so its smallest eigenvalue is 0. Smaller is
        weaker.
    """

    kind: ClassVar[str] = "population-null-direction"

    nullity: int = weaker_when_smaller()

    def __post_init__(self) -> None:
        """Refuse what claims nothing."""
        if self.nullity < 1:
            raise MalformedCertificate("expected a dimension ≥ 1", place="claim.nullity")

    def sentence(self) -> str:
        """The claim in words."""
        return (
            "Let x be standard normal, y = Σ_j v_j φ(w_j*·x) with the given φ, W* and v, and f(W) = "
            "½E(Σ_j v_j φ(w_j·x) − y)². The smallest eigenvalue of the Hessian of f at W* is 0, and its null space has "
            f"dimension at least {self.nullity}: f is not strongly convex in any neighbourhood of W*."
        )


@dataclass(frozen=True)
class Evidence:
    """A null direction; nothing here is trusted.

    Parameters
    ----------
    direction
        A ≠ 0, one row for each row of W*: ∇²f(W*)[A, A] = 0.
    """

    direction: tuple[tuple[Fraction, ...], ...]

    def __post_init__(self) -> None:
        """Refuse A = 0."""
        if not any(any(row) for row in self.direction):
            raise MalformedCertificate("expected a direction that is not 0", place="evidence.direction")
