"""Kind `strong-convexity`: m ⪯ ∇²f ⪯ M on a whole ball around these weights (theory 4.2)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import isfinite
from typing import ClassVar, Literal

from certificates.errors import MalformedCertificate
from certificates.language.frozen_output import FrozenShifts
from certificates.language.minimum import check_flat, in_complement
from certificates.language.order import weaker_when_larger, weaker_when_smaller
from certificates.language.wording import at_least, at_most, rounded_down, rounded_up

__all__ = ["Claim", "Evidence", "HessianShifts", "Minimiser"]


@dataclass(frozen=True)
class Minimiser:
    """The one critical point ŵ of the ball, and gradient descent to it.

    Parameters
    ----------
    distance
        ‖ŵ − w_0‖ is at most this number. Larger is weaker.
    value_lower, value_upper
        f(ŵ) lies between them. Smaller, larger is weaker.
    start_radius
        The statement about descent is one about every start within this distance of w_0. Smaller is weaker.
    step_size_max
        Gradient descent with any constant step 0 < η ≤ this number comes nearer to ŵ by 1 − ηm in every step; 0 claims
        nothing of descent. Smaller is weaker.
    """

    distance: float = weaker_when_larger()
    value_lower: float = weaker_when_smaller()
    value_upper: float = weaker_when_larger()
    start_radius: float = weaker_when_smaller(default=0.0)
    step_size_max: float = weaker_when_smaller(default=0.0)

    def __post_init__(self) -> None:
        """Refuse numbers that claim nothing."""
        numbers = self.distance, self.start_radius, self.step_size_max
        if min(numbers) < 0 or self.value_lower > self.value_upper:
            raise MalformedCertificate(
                "expected distance, start_radius and step_size_max ≥ 0 and value_lower ≤ value_upper",
                place="claim.minimiser",
            )


@dataclass(frozen=True)
class Claim:
    """What is asserted; each field is monotone alone.

    Parameters
    ----------
    labels
        ``given`` or ``planted``: which labels the objective has. Planted ones are what the teacher computes, exactly.
    radius
        R: all of the following is about the ball of this radius around w_0. Smaller is weaker.
    strong_convexity, smoothness
        m‖u‖² ≤ ∇²f(w)[u, u] ≤ M‖u‖² on the ball, for all u; almost everywhere, where φ'' may jump. Smaller, larger is
        weaker.
    minimiser
        The one critical point ŵ in the ball; ``None`` claims nothing of it.
    flat
        All known directions along which f is constant: all of the above holds on their orthogonal complement.
    """

    kind: ClassVar[str] = "strong-convexity"

    labels: Literal["given", "planted"]
    radius: float = weaker_when_smaller()
    strong_convexity: float = weaker_when_smaller()
    smoothness: float = weaker_when_larger()
    minimiser: Minimiser | None = None
    flat: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what is no ball, no strong convexity, or a minimiser that may lie outside."""
        check_flat(self.flat)
        numbers = self.radius, self.strong_convexity
        if all(map(isfinite, numbers)) and not min(numbers) > 0:
            raise MalformedCertificate("expected radius > 0 and strong_convexity > 0", place="claim")
        if self.minimiser is not None and isfinite(self.radius) and not self.minimiser.distance <= self.radius:
            raise MalformedCertificate(
                "expected distance ≤ radius",
                place="claim.minimiser.distance",
                remedy="the minimiser is claimed to be inside the ball",
            )

    def sentence(self) -> str:
        """The claim in words, with its numbers rounded in their weak direction."""
        whose = "that its teacher plants" if self.labels == "planted" else "as given"
        m = at_least(self.strong_convexity)
        text = (
            f"With labels {whose}, the objective f has {m}‖u‖² ≤ ∇²f(w)[u, u] ≤ {at_most(self.smoothness)}‖u‖² for "
            f"every w within {at_least(self.radius)} of the given weights w_0 and every u (almost every w, where "
            "second derivatives may jump)."
        )
        return text + self._minimiser_in_words(m) + in_complement(self.flat)

    def _minimiser_in_words(self, m: str) -> str:
        found = self.minimiser
        if found is None:
            return ""
        low, high = rounded_down(Fraction(found.value_lower)), rounded_up(Fraction(found.value_upper))
        where = f"within {at_most(found.distance)} of w_0" if found.distance > 0 else "w_0 itself"
        value = f"f(ŵ) lies in [{low}, {high}]" if found.value_upper > 0 else "f(ŵ) = 0"
        text = f" Exactly one critical point ŵ lies in that ball, where f is least on it: {where}, and {value}."
        if found.step_size_max > 0:
            text += (
                f" Exact gradient descent from any start w^0 within {at_least(found.start_radius)} of w_0, with any "
                f"constant step 0 < η ≤ {at_least(found.step_size_max)}, has ‖w^t − ŵ‖ ≤ (1 − {m} η)^t ‖w^0 − ŵ‖."
            )
        return text


@dataclass(frozen=True)
class HessianShifts:
    """Two shifts: the judge tests ∇²f(w_0) + σΠ − s I ⪰ 0 and t I − ∇²f(w_0) − σΠ ⪰ 0, Π on the flat directions.

    Parameters
    ----------
    lower, upper
        s and t.
    """

    lower: float
    upper: float


@dataclass(frozen=True)
class Evidence:
    """What a proof needs beyond the problem; nothing here is trusted.

    Parameters
    ----------
    radius
        R.
    hessian
        For bounds by ∇²f(w_0); ``None`` where they are not asked for, as for a squared ReLU beyond its cell.
    frozen
        For the bounds of one hidden layer under a frozen output; ``None`` where they are not asked for.
    """

    radius: float
    hessian: HessianShifts | None = None
    frozen: FrozenShifts | None = None
