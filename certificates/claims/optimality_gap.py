"""Kind `optimality-gap`: how far the loss of a quadratic network is above its infimum (theory 3.2.5 and 3.3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from certificates.errors import MalformedCertificate
from certificates.language.order import weaker_when_larger
from certificates.language.wording import at_most

__all__ = ["Claim", "Evidence", "Method"]

Method = Literal["dual", "self-dual", "least-squares", "nonnegative"]


@dataclass(frozen=True)
class Claim:
    """What is asserted.

    Parameters
    ----------
    gap
        f(W) − inf f ≤ gap for the problem's own f; the infimum is over all first-layer weights, with the outer weights
        and the data as given. Larger is weaker.
    """

    kind: ClassVar[str] = "optimality-gap"

    gap: float = weaker_when_larger()

    def __post_init__(self) -> None:
        """Refuse a negative gap."""
        if self.gap < 0:
            raise MalformedCertificate("a gap is not negative", place="claim.gap")

    def sentence(self) -> str:
        """The claim in words, its number rounded up."""
        return (
            f"With the outer weights and the data as given, no first-layer weights have a loss more than "
            f"{at_most(self.gap)} below f(W): f(W) − inf f ≤ {at_most(self.gap)}."
        )


@dataclass(frozen=True)
class Evidence:
    """What a proof needs beyond the problem; nothing here is trusted.

    Parameters
    ----------
    method
        ``dual``: ``vector`` is ν, a dual point (outer weights of one sign; where they are negative, of the negated
        problem). ``self-dual``: ν = r(W) + ``shift``·1. ``least-squares``: ``vector`` is the upper triangle, row by
        row, of a symmetric matrix M° that nearly minimises ‖𝒜(M) − y‖. ``nonnegative``: inf f ≥ 0 and nothing else.
    eigenvalue_shift
        A guess slightly below λ_min of (1/n)𝒜*(ν), or of the moment matrix T.
    shift
        t ≥ 0 of ``self-dual``.
    vector
        At most 4,096 numbers.
    columns
        Inputs that span all others, in increasing order, where the inputs are linearly dependent; empty otherwise.
    """

    method: Method
    eigenvalue_shift: float = 0.0
    shift: float = 0.0
    vector: tuple[float, ...] = ()
    columns: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a negative shift."""
        if self.shift < 0:
            raise MalformedCertificate("t is not negative", place="evidence.shift")
