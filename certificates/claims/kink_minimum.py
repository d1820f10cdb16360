"""Kind `kink-minimum`: a strict minimum of a ReLU network near these weights, on kinks (theory 6.7)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import ClassVar

from certificates.errors import MalformedCertificate
from certificates.language.minimum import check_ball, check_flat
from certificates.language.order import weaker_when_larger, weaker_when_smaller
from certificates.language.wording import at_least, at_most, rounded_down, rounded_up

__all__ = ["Claim", "Evidence"]

Kink = tuple[int, int]


@dataclass(frozen=True)
class Claim:
    """What is asserted; each field is monotone alone.

    Parameters
    ----------
    radius
        R: f(w) ≥ f(ŵ) + ½ growth ‖w − ŵ‖² for all w within R of w_0. At least ``distance``; smaller is weaker.
    distance
        ‖ŵ − w_0‖ is at most this number. Larger is weaker.
    growth
        m > 0. Smaller is weaker.
    value_lower, value_upper
        f(ŵ) lies between them. Smaller, larger is weaker.
    kinks
        The pairs (sample, unit), counted from 0 and in order, whose unit is exactly 0 on that sample at ŵ: these, and
        no others but those of samples whose x̃ is 0.
    flat
        All known directions along which f is constant: all of the above holds on their orthogonal complement.
    """

    kind: ClassVar[str] = "kink-minimum"

    radius: float = weaker_when_smaller()
    distance: float = weaker_when_larger()
    growth: float = weaker_when_smaller()
    value_lower: float = weaker_when_smaller()
    value_upper: float = weaker_when_larger()
    kinks: tuple[Kink, ...] = ()
    flat: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a ball without the minimiser, reversed values, kinks out of order."""
        check_ball(self.radius, self.distance, self.growth)
        check_flat(self.flat)
        if self.value_lower > self.value_upper:
            raise MalformedCertificate("expected value_lower ≤ value_upper", place="claim")
        if any(min(pair) < 0 for pair in self.kinks) or any(a >= b for a, b in pairwise(self.kinks)):
            raise MalformedCertificate(
                "expected pairs (sample, unit) from 0 on, each once and in order", place="claim.kinks"
            )

    def sentence(self) -> str:
        """The claim in words, with its numbers rounded in their weak direction."""
        units = len({unit for _, unit in self.kinks})
        on = f"on {len(self.kinks)} kinks of {units} units" if self.kinks else "on no kink"
        text = (
            f"The objective f has a strict local minimum ŵ {on} within {at_most(self.distance)} of the given weights "
            f"w_0: for all w within {at_least(self.radius)} of w_0, f(w) ≥ f(ŵ) + {at_least(self.growth)} ‖w − ŵ‖²/2. "
            f"f(ŵ) lies in [{rounded_down(Fraction(self.value_lower))}, {rounded_up(Fraction(self.value_upper))}]."
        )
        if self.flat:
            shown = ", ".join(self.flat[:8]) + (f", … ({len(self.flat)})" if len(self.flat) > 8 else "")
            text += (
                f" All of this is modulo the directions along which f is constant ({shown}): distances are those of "
                "the orthogonal complement, and along them ŵ is w_0."
            )
        return text


@dataclass(frozen=True)
class Evidence:
    """What a proof needs beyond the problem; nothing here is trusted.

    Parameters
    ----------
    radius
        R: the ball about w_0 on which f is looked at.
    shares
        θ of every kink of the claim, in its order: the slope at which the unit is frozen, between its two sides.
    shift
        s: the judge tests ∇²f_θ(w_0) + CᵀΣC − s I ⪰ 0.
    penalty
        The largest entry of Σ; the judge takes what each kink allows, up to it.
    """

    radius: float
    shares: tuple[float, ...]
    shift: float
    penalty: float

    def __post_init__(self) -> None:
        """Refuse a radius and a penalty that are not positive."""
        if not (self.radius > 0 and self.penalty > 0):
            raise MalformedCertificate("expected radius > 0 and penalty > 0", place="evidence")
