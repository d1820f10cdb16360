"""Kind `convergence-basin`: descent from every start near these weights converges to zero loss (theory 1.10)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from certificates.language.curvature_forms import CurvatureForm
from certificates.language.order import weaker_when_larger, weaker_when_smaller
from certificates.language.parts import Origin
from certificates.language.wording import at_least, at_most

__all__ = ["Claim", "Evidence"]


@dataclass(frozen=True)
class Claim:
    """What is asserted; each field is monotone alone.

    Parameters
    ----------
    radius
        ρ: of the ball of starts around the given weights (Euclidean norm over the trained parameters). Smaller is
        weaker.
    step_size_max
        η: the largest step size covered. Smaller is weaker.
    decrease_rate
        κ, of the product P_k = Π_{j<k} (1 − κη_j). Smaller is weaker.
    reach
        Every iterate and the limit lie within it of the given weights. Larger is weaker.
    distance_bound
        d: there is a zero of f within d √P_k of w_k. Larger is weaker.
    loss_bound
        C: f(w_k) ≤ C P_k. Larger is weaker.
    origin
        The unpolished problem this one was obtained from, and an upper bound of the distance between the two (larger
        is weaker); ``None`` when the weights were certified as given.
    """

    kind: ClassVar[str] = "convergence-basin"

    radius: float = weaker_when_smaller()
    step_size_max: float = weaker_when_smaller()
    decrease_rate: float = weaker_when_smaller()
    reach: float = weaker_when_larger()
    distance_bound: float = weaker_when_larger()
    loss_bound: float = weaker_when_larger()
    origin: Origin | None = None

    def sentence(self) -> str:
        """The claim in words, with its numbers rounded in their weak direction."""
        text = (
            f"From every start w_0 within {at_least(self.radius)} of the given weights, with any step sizes 0 < η_k ≤ "
            f"{at_least(self.step_size_max)} of divergent sum, exact gradient descent w_(k+1) = w_k − η_k ∇f(w_k) "
            f"stays within {at_most(self.reach)} of the given weights and converges to weights w* with f(w*) = 0. With "
            f"P_k = Π_(j<k) (1 − {at_least(self.decrease_rate)} η_j), f(w_k) ≤ {at_most(self.loss_bound)} P_k, and a "
            f"zero of f lies within {at_most(self.distance_bound)} √P_k of w_k."
        )
        if self.origin is not None:
            text += (
                f" The given weights lie within {at_most(self.origin.distance)} of those of the problem "
                f"{self.origin.sha256[:12]}… they were polished from."
            )
        return text


@dataclass(frozen=True)
class Evidence:
    """What a proof needs beyond the problem; nothing here is trusted.

    Parameters
    ----------
    radius, step_size
        ρ and η of theorem 1.10.5, as claimed or more.
    most
        u_c, between 0 and ½.
    ball
        ϱ: the ball around the given weights on which β is evaluated.
    multipliers
        c, about K⁻¹e, its N entries ordered (output, sample), in parts of any lengths.
    kernel_shift_lower, kernel_shift_upper
        The judge tests K − sI ⪰ 0 and tI − K ⪰ 0 at the given weights.
    curvature
        Which bound β(ρ) of theory 1.4 the judge evaluates.
    """

    radius: float
    step_size: float
    most: float
    ball: float
    multipliers: tuple[tuple[float, ...], ...]
    kernel_shift_lower: float
    kernel_shift_upper: float
    curvature: CurvatureForm
