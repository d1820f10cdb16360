"""Kind `certified-run`: gradient descent with this step from these weights reaches zero loss (theory 1.7)."""

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
        T: from then on the loss falls geometrically. Larger is weaker.
    loss_bound
        C: f(w_k) ≤ C(1 − κη)^{k−T} for k ≥ T. Larger is weaker.
    decrease_rate
        κ: f(w_{k+1}) ≤ (1 − κη) f(w_k) for k ≥ T. Smaller is weaker.
    distance
        Of the limit, and of w_k for k ≥ T, from the start (Euclidean norm over the trained parameters). Larger is
        weaker.
    """

    kind: ClassVar[str] = "certified-run"

    step_size: float
    steps: int = weaker_when_larger()
    loss_bound: float = weaker_when_larger()
    decrease_rate: float = weaker_when_smaller()
    distance: float = weaker_when_larger()

    def sentence(self) -> str:
        """The claim in words, with its numbers rounded in their weak direction."""
        return (
            f"Exact gradient descent w_(k+1) = w_k − η ∇f(w_k) with the constant step η = {self.step_size!r} from "
            f"the given weights w_0 converges to weights w* with f(w*) = 0. For k ≥ {self.steps}: f(w_k) ≤ "
            f"{at_most(self.loss_bound)} (1 − {at_least(self.decrease_rate)} η)^(k − {self.steps}), the loss falls by "
            f"the factor 1 − {at_least(self.decrease_rate)} η at every step, and w_k and w* lie within "
            f"{at_most(self.distance)} of w_0."
        )


@dataclass(frozen=True)
class Evidence:
    """What a proof needs beyond the problem; nothing here is trusted.

    Parameters
    ----------
    steps
        T: the judge replays as many.
    epsilon, grid
        ε and the nodes of radial trapping at the end of the replay.
    kernel_shift_lower, kernel_shift_upper
        The judge tests K − sI ⪰ 0 and tI − K ⪰ 0 there.
    curvature
        Which bound β(ρ) of theory 1.4 the judge evaluates, one without norms of units or samples.
    """

    steps: int
    epsilon: float
    grid: tuple[float, ...]
    kernel_shift_lower: float
    kernel_shift_upper: float
    curvature: CurvatureForm
