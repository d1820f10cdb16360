"""Kind `zero-loss-convergence`: gradient descent from these weights converges to zero loss (theory 1.2-1.4)."""

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
        r: every iterate, every segment between iterates, and the limit lie within r of the given weights
        (Euclidean norm over the trained parameters). Larger is weaker.
    step_size_max
        η: the largest step size covered. Smaller is weaker.
    decrease_rate
        κ: f(w_{k+1}) ≤ (1 − κ η_k) f(w_k) for every 0 < η_k ≤ η; for the flow f(w(t)) ≤ e^{−κt} f(w_0).
        Smaller is weaker.
    distance_factor
        c: ‖w_k − w*‖ ≤ c ‖F(w_k) − y‖ for the limit w*. Larger is weaker.
    origin
        The unpolished problem this one was obtained from, and an upper bound of the distance between the
        two (larger is weaker); ``None`` when the weights were certified as given.
    """

    kind: ClassVar[str] = "zero-loss-convergence"

    radius: float = weaker_when_larger()
    step_size_max: float = weaker_when_smaller()
    decrease_rate: float = weaker_when_smaller()
    distance_factor: float = weaker_when_larger()
    origin: Origin | None = None

    def sentence(self) -> str:
        """The claim in words, with its numbers rounded in their weak direction."""
        text = (
            f"Let w_0 be the given weights and 0 < η_k ≤ {at_least(self.step_size_max)} any step sizes with divergent "
            f"sum. Exact gradient descent w_(k+1) = w_k − η_k ∇f(w_k) stays within {at_most(self.radius)} of w_0 and "
            f"converges to weights w* with f(w*) = 0; f(w_(k+1)) ≤ (1 − {at_least(self.decrease_rate)} η_k) f(w_k) and "
            f"‖w_k − w*‖ ≤ {at_most(self.distance_factor)} ‖F(w_k) − y‖ at every step. Gradient flow from w_0 stays in "
            f"the same ball, converges to zero loss, and f(w(t)) ≤ exp(−{at_least(self.decrease_rate)} t) f(w_0)."
        )
        if self.origin is not None:
            text += (
                f" w_0 lies within {at_most(self.origin.distance)} of the weights of the problem "
                f"{self.origin.sha256[:12]}… it was polished from."
            )
        return text


@dataclass(frozen=True)
class Evidence:
    """What a proof needs beyond the problem; nothing here is trusted.

    Parameters
    ----------
    trapping_radius
        r of theory 1.2, at most the claimed radius.
    epsilon
        ε in (0, 1): the share of the budget given up for a positive step size.
    grid
        0 < ρ_1 < … < ρ_q = r: the nodes of the Riemann sums of β and σ.
    kernel_shift_lower
        s: the judge tests K − s I ⪰ 0 at the given weights.
    kernel_shift_upper
        t: the judge tests t I − K ⪰ 0.
    curvature
        Which bound β(ρ) of theory 1.4 the judge evaluates; ``per-unit`` is theory 1.4.2, ``sample-centre`` theory 1.4.3
        and 1.4.4, ``adjoint-per-unit`` theory 1.4.5.
    """

    trapping_radius: float
    epsilon: float
    grid: tuple[float, ...]
    kernel_shift_lower: float
    kernel_shift_upper: float
    curvature: CurvatureForm
