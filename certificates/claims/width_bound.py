"""Kind `width-bound`: a width from which most random starts of a ReLU layer go to loss 0 (theory 5.3)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Literal

from certificates.language.limits import check_probability
from certificates.language.order import weaker_when_larger, weaker_when_smaller
from certificates.language.wording import at_least, at_most, in_words

__all__ = ["Claim", "Evidence", "Form", "Start"]

Form = Literal["printed", "sharpened"]
Start = Literal["plain", "antisymmetric"]


@dataclass(frozen=True)
class Claim:
    """What is asserted about random starts, with a probability; the network's own weights are not looked at.

    Parameters
    ----------
    form
        ``printed``: the theorem of Du et al. with its constants. ``sharpened``: ours. Not comparable.
    start
        ``plain``: m independent units. ``antisymmetric``: m/2, each twice with opposite signs. Not comparable.
    failure
        δ: the probability of the others. Larger is weaker.
    width
        m: this many units or more. Larger is weaker.
    eigenvalue
        λ: ‖e(t)‖² ≤ e^{−λt}‖e(0)‖² along the flow. Smaller is weaker.
    """

    kind: ClassVar[str] = "width-bound"

    form: Form
    start: Start
    failure: Fraction = weaker_when_larger()
    width: float = weaker_when_larger()
    eigenvalue: float = weaker_when_smaller()

    def __post_init__(self) -> None:
        """Refuse what is no probability."""
        check_probability(self.failure, "claim.failure")

    def sentence(self) -> str:
        """The claim in words."""
        even, twice = ("even ", " for m/2 units, each once more with the opposite sign,")
        if self.start == "plain":
            even = twice = ""
        return (
            f"For every {even}width m ≥ {at_most(self.width)}: if w_r ~ N(0, I) and fair signs a_r are drawn "
            f"independently{twice} then, with a probability of at least {in_words(1 - self.failure)}, every solution "
            "of the gradient flow of ½‖e‖² in the w_r, e the residual of m^(−1/2) Σ a_r max(w_r·x, 0) at these inputs "
            f"divided by their norms, converges to loss 0, and ‖e(t)‖² ≤ exp(−{at_least(self.eigenvalue)} t) ‖e(0)‖²."
        )


@dataclass(frozen=True)
class Evidence:
    """How the failure is shared out, and a shift; nothing here is trusted.

    Parameters
    ----------
    shift
        The judge tests H^∞ − μI ⪰ 0.
    kernel, flips, residual
        δ₁, δ₂ and δ₃; the last is 0 for antisymmetric starts.
    share
        Of κ², for the sharpened form.
    """

    shift: float
    kernel: Fraction
    flips: Fraction
    residual: Fraction
    share: Fraction = Fraction(1, 2)
