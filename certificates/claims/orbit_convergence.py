"""Kind `orbit-convergence`: gradient descent from near the teacher converges to it up to rotation (theory 3.6.3)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from certificates.language.local_constants import LocalConstants
from certificates.language.order import weaker_when_smaller
from certificates.language.wording import at_least, in_words

__all__ = ["Claim", "Evidence"]


@dataclass(frozen=True)
class Claim:
    """What is asserted about every start near the teacher; each field is monotone alone.

    Parameters
    ----------
    step_size
        η, the step for the problem's own loss f. Not comparable.
    radius
        ϱ: every W_0 with dist(W_0, W°) ≤ ϱ is a start. Smaller is weaker.
    decrease
        δ: dist(W_{t+1}, W°) ≤ (1 − δ) dist(W_t, W°) at every step from such a start. Smaller is weaker.
    half_decrease
        The same from every start within ϱ/2. Smaller is weaker.
    asymptotic_decrease
        δ_∞: for each δ' < δ_∞, dist(W_{t+1}, W°) ≤ (1 − δ') dist(W_t, W°) from some step on. Smaller is weaker.
    """

    kind: ClassVar[str] = "orbit-convergence"

    step_size: Fraction
    radius: float = weaker_when_smaller()
    decrease: float = weaker_when_smaller()
    half_decrease: float = weaker_when_smaller()
    asymptotic_decrease: float = weaker_when_smaller()

    def sentence(self) -> str:
        """The claim in words, with its numbers rounded in their weak direction."""
        return (
            "Let W° be the teacher's first layer, which plants the labels, and dist(W, W°) the least ‖PW − W°‖ over "
            f"all orthogonal P. From every W_0 with dist(W_0, W°) ≤ {at_least(self.radius)}, whatever the given "
            f"weights, exact gradient descent W_(t+1) = W_t − η∇f(W_t) with η = {in_words(self.step_size)} has "
            f"dist(W_(t+1), W°) ≤ (1 − {at_least(self.decrease)}) dist(W_t, W°) at every step, converges to some PW°, "
            f"and f(W_t) to 0. From within half that distance the factor is at most "
            f"1 − {at_least(self.half_decrease)}, and in the limit at most 1 − {at_least(self.asymptotic_decrease)}."
        )


@dataclass(frozen=True)
class Evidence:
    """What a proof needs beyond the problem; nothing here is trusted.

    Parameters
    ----------
    radius
        ϱ, at least the claimed one.
    constants
        Guesses at λ, Λ and c₄.
    """

    radius: float
    constants: LocalConstants
