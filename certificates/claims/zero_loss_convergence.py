"""Kind `zero-loss-convergence`: gradient descent from these weights converges to zero loss (theory 1.2-1.4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from certificates.language.curvature_forms import CurvatureForm
from certificates.language.order import weaker_when_larger, weaker_when_smaller
from certificates.language.parts import Origin
from certificates.language.wording import at_least, at_most

__all__ = ["ByDistance", "Claim", "DistanceEvidence", "Evidence"]


@dataclass(frozen=True)
class ByDistance:
    """That it is the distance to the nearest zero that decreases; each number is monotone alone.

    Parameters
    ----------
    distance_bound
        d: with P_k = Π_{j<k} (1 − κη_j) there is a zero of f within d √P_k of w_k. Larger is weaker.
    loss_bound
        C: f(w_k) ≤ C P_k. Larger is weaker.
    """

    distance_bound: float = weaker_when_larger()
    loss_bound: float = weaker_when_larger()


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
        Smaller is weaker. With ``by_distance``, κ of what it says, and of nothing else.
    distance_factor
        c: ‖w_k − w*‖ ≤ c ‖F(w_k) − y‖ for the limit w*. Larger is weaker.
    origin
        The unpolished problem this one was obtained from, and an upper bound of the distance between the
        two (larger is weaker); ``None`` when the weights were certified as given.
    by_distance
        ``None`` where the loss itself falls at every step; else that it need not, and what does. Not comparable.
    """

    kind: ClassVar[str] = "zero-loss-convergence"

    radius: float = weaker_when_larger()
    step_size_max: float = weaker_when_smaller()
    decrease_rate: float = weaker_when_smaller()
    distance_factor: float = weaker_when_larger()
    origin: Origin | None = None
    by_distance: ByDistance | None = None

    def sentence(self) -> str:
        """The claim in words, with its numbers rounded in their weak direction."""
        rate = at_least(self.decrease_rate)
        falls = f"f(w_(k+1)) ≤ (1 − {rate} η_k) f(w_k)"
        flows = f"f(w(t)) ≤ exp(−{rate} t) f(w_0)."
        if self.by_distance is not None:
            loss, near = at_most(self.by_distance.loss_bound), at_most(self.by_distance.distance_bound)
            falls = (
                f"with P_k = Π_(j<k) (1 − {rate} η_j), f(w_k) ≤ {loss} P_k, a zero of f lies within {near} √P_k of w_k"
            )
            flows = f"f(w(t)) ≤ {loss} exp(−{rate} t). The loss itself need not fall at every step."
        text = (
            f"Let w_0 be the given weights and 0 < η_k ≤ {at_least(self.step_size_max)} any step sizes with divergent "
            f"sum. Exact gradient descent w_(k+1) = w_k − η_k ∇f(w_k) stays within {at_most(self.radius)} of w_0 and "
            f"converges to weights w* with f(w*) = 0; {falls} and "
            f"‖w_k − w*‖ ≤ {at_most(self.distance_factor)} ‖F(w_k) − y‖ at every step. Gradient flow from w_0 stays in "
            f"the same ball, converges to zero loss, and {flows}"
        )
        if self.origin is not None:
            text += (
                f" w_0 lies within {at_most(self.origin.distance)} of the weights of the problem "
                f"{self.origin.sha256[:12]}… it was polished from."
            )
        return text


@dataclass(frozen=True)
class DistanceEvidence:
    """What a proof by the distance to the nearest zero needs beside the other fields.

    Parameters
    ----------
    step_size
        η, as claimed or more.
    multipliers
        c, about K⁻¹e, its N entries ordered (output, sample), in parts of any lengths.
    cells
        Equal cells of the grid value of Γ in theorem 1.10.4, at most 256.
    """

    step_size: float
    multipliers: tuple[tuple[float, ...], ...]
    cells: int


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
    by_distance
        For a claim that has it, too: then r is the ball on which β is evaluated, its only node, and ε is not used.
    """

    trapping_radius: float
    epsilon: float
    grid: tuple[float, ...]
    kernel_shift_lower: float
    kernel_shift_upper: float
    curvature: CurvatureForm
    by_distance: DistanceEvidence | None = None
