"""Kind `certified-orbit-run`: this run enters the basin of the teacher and converges to it (theory 3.6.5)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from certificates.language.local_constants import LocalConstants
from certificates.language.order import weaker_when_larger, weaker_when_smaller
from certificates.language.wording import at_least, at_most, in_words

__all__ = ["Claim", "Evidence"]


@dataclass(frozen=True)
class Claim:
    """What is asserted about gradient descent from the given weights; each field is monotone alone.

    Parameters
    ----------
    step_size
        η, the step for the problem's own loss f. Not comparable.
    entry_step
        T: from this step on the next three numbers hold. Larger is weaker.
    entry_distance
        dist(W_t, W°) ≤ this for every t ≥ T. Larger is weaker.
    decrease
        δ: dist(W_{t+1}, W°) ≤ (1 − δ) dist(W_t, W°) for every t ≥ T. Smaller is weaker.
    asymptotic_decrease
        δ_∞: for each δ' < δ_∞, dist(W_{t+1}, W°) ≤ (1 − δ') dist(W_t, W°) from some step on. Smaller is weaker.
    """

    kind: ClassVar[str] = "certified-orbit-run"

    step_size: Fraction
    entry_step: int = weaker_when_larger()
    entry_distance: float = weaker_when_larger()
    decrease: float = weaker_when_smaller()
    asymptotic_decrease: float = weaker_when_smaller()

    def sentence(self) -> str:
        """The claim in words, with its numbers rounded in their weak direction."""
        return (
            "Let W° be the teacher's first layer, which plants the labels, and dist(W, W°) the least ‖PW − W°‖ over "
            f"all orthogonal P. Exact gradient descent W_(t+1) = W_t − η∇f(W_t) from the given weights W_0 with η = "
            f"{in_words(self.step_size)} has dist(W_t, W°) ≤ {at_most(self.entry_distance)} for every t ≥ "
            f"{self.entry_step}, and from then on dist(W_(t+1), W°) ≤ (1 − {at_least(self.decrease)}) dist(W_t, W°); "
            f"the factor is at most 1 − {at_least(self.asymptotic_decrease)} in the limit. W_t converges to some PW°, "
            "and f(W_t) to 0."
        )


@dataclass(frozen=True)
class Evidence:
    """What a proof needs beyond the problem; nothing here is trusted.

    Parameters
    ----------
    entry_step
        T, at most the claimed one: the judge encloses this iterate.
    bits
        The precision of the run.
    rotation
        R, (r, r) row by row, almost orthogonal: ‖RW_T − W°‖ is close to the distance.
    constants
        Guesses at λ, Λ and c₄.
    """

    entry_step: int
    bits: int
    rotation: tuple[float, ...]
    constants: LocalConstants
