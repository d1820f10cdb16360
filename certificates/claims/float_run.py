"""Kind `float-run`: every binary64 loop of descent from these weights stays near zeros of the loss (theory 1.7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from certificates.language.curvature_forms import CurvatureForm
from certificates.language.order import weaker_when_larger, weaker_when_smaller
from certificates.language.wording import at_least, at_most

__all__ = ["Claim", "Evidence"]


@dataclass(frozen=True)
class Claim:
    """What is asserted; each field but the step is monotone alone.

    Parameters
    ----------
    step_size
        η, constant, exactly this number. Not comparable.
    steps
        H: how many steps are covered. Smaller is weaker.
    value_error, slope_error
        ω and ω': how wrong the loop's φ and φ' may be. Smaller is weaker.
    contraction
        c, of the distance to the nearest zero, per step. Smaller is weaker.
    distance_bound
        d: there is a zero of f within d(1 − c)^k + floor of w_k. Larger is weaker.
    floor
        What rounding keeps up. Larger is weaker.
    loss_factor
        C: f(w_k) ≤ C (d(1 − c)^k + floor)². Larger is weaker.
    reach
        All w_k lie within it of the given weights (Euclidean norm over the trained parameters). Larger is weaker.
    largest_input
        Z: the loop computes no pre-activation beyond ±Z, and φ and φ' have to be that accurate up to there only.
        Larger is weaker.
    """

    kind: ClassVar[str] = "float-run"

    step_size: float
    steps: int = weaker_when_smaller()
    value_error: float = weaker_when_smaller()
    slope_error: float = weaker_when_smaller()
    contraction: float = weaker_when_smaller()
    distance_bound: float = weaker_when_larger()
    floor: float = weaker_when_larger()
    loss_factor: float = weaker_when_larger()
    reach: float = weaker_when_larger()
    largest_input: float = weaker_when_larger()

    def sentence(self) -> str:
        """The claim in words, with its numbers rounded in their weak direction."""
        bound = f"{at_most(self.distance_bound)} (1 − {at_least(self.contraction)})^k + {at_most(self.floor)}"
        return (
            f"Every execution in binary64 of gradient descent with the constant step {self.step_size!r} from the given "
            f"weights w_0, with sums in any order, is for 0 ≤ k ≤ {self.steps} within {bound} of weights of loss "
            f"exactly 0, within {at_most(self.reach)} of w_0, and has f(w_k) ≤ {at_most(self.loss_factor)} ({bound})². "
            f"Its activations may be wrong by {at_least(self.value_error)}, their slopes by "
            f"{at_least(self.slope_error)}, for |z| ≤ {at_most(self.largest_input)}."
        )


@dataclass(frozen=True)
class Evidence:
    """What a proof needs beyond the problem; nothing here is trusted.

    Parameters
    ----------
    step_size, steps, value_error, slope_error
        As claimed or more.
    most, kept, share
        u_M, σ_♭/σ_* and M of theorem 1.7.4.
    ball
        ϱ: the ball around the given weights on which β is evaluated.
    multipliers
        c, about K⁻¹e, its N entries ordered (output, sample), in parts of any lengths.
    kernel_shift_lower, kernel_shift_upper
        The judge tests K − sI ⪰ 0 and tI − K ⪰ 0 at the given weights.
    curvature
        Which bound β(ρ) of theory 1.4 the judge evaluates.
    """

    step_size: float
    steps: int
    value_error: float
    slope_error: float
    most: float
    kept: float
    share: float
    ball: float
    multipliers: tuple[tuple[float, ...], ...]
    kernel_shift_lower: float
    kernel_shift_upper: float
    curvature: CurvatureForm
