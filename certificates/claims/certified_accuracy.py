"""Kind `certified-accuracy`: how many samples are classified rightly at the exact minimiser nearby (theory 6.4)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from certificates.errors import MalformedCertificate
from certificates.language.minimum import (
    MinimumEvidence,
    check_ball,
    check_flat,
    in_complement,
    strict_minimum_in_words,
)
from certificates.language.order import weaker_when_larger, weaker_when_smaller
from certificates.language.parts import DataFile
from certificates.language.wording import rounded_down, rounded_up

__all__ = ["Claim", "Evidence"]


@dataclass(frozen=True)
class Claim:
    """What is asserted; each number is monotone alone.

    Parameters
    ----------
    samples
        How many samples there are, exactly.
    right, wrong
        So many of them, at least, are classified rightly, and wrongly, with the weights ŵ. Smaller is weaker.
    radius
        R: within R of w_0 there is exactly one critical point ŵ of f, a strict minimum. At least ``distance``; smaller
        is weaker.
    distance
        ‖ŵ − w_0‖ is at most this number. Larger is weaker.
    flat
        All known directions along which f is constant; ŵ is w_0 along them.
    data
        The problem file whose samples are counted, whatever else it holds; ``None`` for those that f is made of.
    """

    kind: ClassVar[str] = "certified-accuracy"

    samples: int
    right: int = weaker_when_smaller()
    wrong: int = weaker_when_smaller()
    radius: float = weaker_when_smaller()
    distance: float = weaker_when_larger()
    flat: tuple[str, ...] = ()
    data: DataFile | None = None

    def __post_init__(self) -> None:
        """Refuse counts that do not fit, and a ball without the minimiser."""
        check_ball(self.radius, self.distance)
        check_flat(self.flat)
        if min(self.right, self.wrong) < 0 or self.samples <= 0 or self.right + self.wrong > self.samples:
            raise MalformedCertificate("expected right ≥ 0, wrong ≥ 0 and right + wrong ≤ samples > 0", place="claim")

    @property
    def accuracy(self) -> tuple[Fraction, Fraction]:
        """The share that is certainly right, and the share that is not certainly wrong."""
        return Fraction(self.right, self.samples), Fraction(self.samples - self.wrong, self.samples)

    def sentence(self) -> str:
        """The claim in words, with its numbers rounded in their weak direction."""
        whose = "that f is made of" if self.data is None else f"of the problem {self.data.sha256[:12]}…"
        low, high = self.accuracy
        between = (
            f"is {self.right}/{self.samples}" if low == high else f"lies in [{rounded_down(low)}, {rounded_up(high)}]"
        )
        return (
            f"{strict_minimum_in_words(self.distance, self.radius)} With the weights ŵ the network classifies at "
            f"least {self.right} of the {self.samples} samples {whose} rightly and at least {self.wrong} wrongly: its "
            f"accuracy there {between}.{in_complement(self.flat)}"
        )


Evidence = MinimumEvidence
