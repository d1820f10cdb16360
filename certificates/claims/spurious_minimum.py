"""Kind `spurious-minimum`: a strict local minimum near these weights, and others that are better (theory 4.3)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from certificates.errors import MalformedCertificate
from certificates.language.minimum import (
    Correction,
    MinimumEvidence,
    check_ball,
    check_flat,
    in_complement,
    strict_minimum_in_words,
)
from certificates.language.order import weaker_when_larger, weaker_when_smaller
from certificates.language.wording import at_least, rounded_down, rounded_up

__all__ = ["Claim", "Evidence"]


@dataclass(frozen=True)
class Claim:
    """What is asserted; each number is monotone alone.

    Parameters
    ----------
    gap
        f(ŵ) exceeds f at some other weights by at least this number, which is positive. Smaller is weaker.
    radius
        R: within R of w_0 there is exactly one critical point ŵ of f, a strict minimum. At least ``distance``; smaller
        is weaker.
    distance
        ‖ŵ − w_0‖ is at most this number. Larger is weaker.
    value_lower, value_upper
        f(ŵ) lies between them. Smaller, larger is weaker.
    flat
        All known directions along which f is constant; ŵ is w_0 along them.
    """

    kind: ClassVar[str] = "spurious-minimum"

    gap: float = weaker_when_smaller()
    radius: float = weaker_when_smaller()
    distance: float = weaker_when_larger()
    value_lower: float = weaker_when_smaller()
    value_upper: float = weaker_when_larger()
    flat: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a gap that is none, reversed values, and a ball without the minimiser."""
        check_ball(self.radius, self.distance)
        check_flat(self.flat)
        if self.gap <= 0 or self.value_lower > self.value_upper:
            raise MalformedCertificate("expected gap > 0 and value_lower ≤ value_upper", place="claim")

    def sentence(self) -> str:
        """The claim in words, with its numbers rounded in their weak direction."""
        low, high = rounded_down(Fraction(self.value_lower)), rounded_up(Fraction(self.value_upper))
        return (
            f"{strict_minimum_in_words(self.distance, self.radius)} f(ŵ) lies in [{low}, {high}]. The minimum is "
            f"spurious: at other weights of the same network f is smaller than f(ŵ) by at least "
            f"{at_least(self.gap)}.{in_complement(self.flat)}"
        )


@dataclass(frozen=True)
class Evidence(MinimumEvidence):
    """The ball and the shifts, and the better weights; nothing here is trusted.

    Parameters
    ----------
    witness
        w', for the trained parameters in order, in pieces of any lengths, exact.
    """

    witness: Correction = ()
