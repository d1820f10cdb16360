"""Kind `critical-point`: a critical point of the objective near these weights, with its index (theory 4.3)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from certificates.errors import MalformedCertificate
from certificates.language.minimum import check_ball, check_flat, in_complement
from certificates.language.order import weaker_when_larger, weaker_when_smaller
from certificates.language.wording import at_least, at_most, rounded_down, rounded_up

__all__ = ["Claim", "Evidence"]


@dataclass(frozen=True)
class Claim:
    """What is asserted, on the orthogonal complement 𝒩⊥ of the flat directions; each number is monotone alone.

    Parameters
    ----------
    index
        ι: ∇²f(ŵ) has exactly ι negative eigenvalues: 0 of a strict minimum, as many as there are dimensions of a strict
        maximum, and in between of a strict saddle.
    radius
        R: within R of w_0 there is exactly one critical point ŵ of f. At least ``distance``; smaller is weaker.
    distance
        ‖ŵ − w_0‖ is at most this number. Larger is weaker.
    nondegeneracy
        m > 0: no eigenvalue of ∇²f(ŵ) on 𝒩⊥ lies in (−m, m). Smaller is weaker.
    negative_curvature
        c: the least eigenvalue of ∇²f(ŵ) is at most −c; 0 claims nothing. Smaller is weaker.
    value_lower, value_upper
        f(ŵ) lies between them. Smaller, larger is weaker.
    flat
        The directions along which f is constant, in alphabetical order.
    """

    kind: ClassVar[str] = "critical-point"

    index: int
    radius: float = weaker_when_smaller()
    distance: float = weaker_when_larger()
    nondegeneracy: float = weaker_when_smaller()
    negative_curvature: float = weaker_when_smaller()
    value_lower: float = weaker_when_smaller()
    value_upper: float = weaker_when_larger()
    flat: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a ball without the point, and numbers that no point can have."""
        check_ball(self.radius, self.distance)
        check_flat(self.flat)
        if self.index < 0 or self.nondegeneracy <= 0 or self.negative_curvature < 0:
            raise MalformedCertificate(
                "expected index ≥ 0, nondegeneracy > 0 and negative_curvature ≥ 0", place="claim"
            )
        if self.negative_curvature > 0 and self.index == 0:
            raise MalformedCertificate("a point of index 0 has no negative curvature", place="claim")
        if self.value_lower > self.value_upper:
            raise MalformedCertificate("expected value_lower ≤ value_upper", place="claim")

    def sentence(self) -> str:
        """The claim in words, its numbers rounded in their weak direction."""
        text = (
            f"The objective f has a critical point ŵ within {at_most(self.distance)} of the given weights w_0, its "
            f"only one within {at_least(self.radius)} of w_0. ∇²f(ŵ) has exactly {self.index} negative "
            f"eigenvalue{_plural(self.index)}"
        )
        if self.negative_curvature > 0:
            text += f", {'it is' if self.index == 1 else 'one of them'} at most −{at_least(self.negative_curvature)}"
        return (
            f"{text}, and none is smaller than {at_least(self.nondegeneracy)} in absolute value. f(ŵ) lies in "
            f"[{rounded_down(Fraction(self.value_lower))}, {rounded_up(Fraction(self.value_upper))}]."
            f"{in_complement(self.flat)}"
        )


def _plural(count: int) -> str:
    return "" if count == 1 else "s"


@dataclass(frozen=True)
class Evidence:
    """What a proof needs beyond the problem; nothing here is trusted.

    Parameters
    ----------
    inner_radius
        A small ball in which the critical point is found.
    radius
        A large one on which the Hessian stays nonsingular.
    shift
        Slightly below the least positive eigenvalue of the Hessian at the given weights; any positive number if there
        is none.
    """

    inner_radius: float
    radius: float
    shift: float
