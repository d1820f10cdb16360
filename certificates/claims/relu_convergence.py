"""Kind `relu-convergence`: a wide ReLU layer goes to loss 0 from these weights, by its flow or descent (theory 5.3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from certificates.language.order import weaker_when_larger, weaker_when_smaller
from certificates.language.wording import at_least, at_most

__all__ = ["Claim", "Evidence", "Movement"]

Movement = Literal["unit", "all"]


@dataclass(frozen=True)
class Claim:
    """What is asserted; each number is monotone alone.

    Parameters
    ----------
    movement
        Of what ``radius`` is a bound: of every ``unit`` alone, ‖w_r(t) − w_r(0)‖, or of ``all`` weights,
        ‖W(t) − W(0)‖_F. Not comparable.
    radius
        Larger is weaker.
    decrease_rate
        κ: f(W(t)) ≤ e^{−κt} f(W(0)) along the flow. Smaller is weaker.
    step_size_max
        η: the same of gradient descent with any steps 0 < η_k ≤ η, f(W_{k+1}) ≤ (1 − κη_k) f(W_k). ``None`` if nothing
        is said of descent. Smaller is weaker.
    """

    kind: ClassVar[str] = "relu-convergence"

    movement: Movement
    radius: float = weaker_when_larger()
    decrease_rate: float = weaker_when_smaller()
    step_size_max: float | None = weaker_when_smaller(default=None)

    def sentence(self) -> str:
        """The claim in words, with its numbers rounded in their weak direction."""
        what = "every hidden unit w_r" if self.movement == "unit" else "W"
        norm = "‖w_r(t) − w_r(0)‖" if self.movement == "unit" else "‖W(t) − W(0)‖_F"
        rate = at_least(self.decrease_rate)
        flow = (
            f"Every solution of the gradient flow W' ∈ −∂f(W) (Clarke) from the given weights keeps {what} within "
            f"{norm} ≤ {at_most(self.radius)}, converges to weights with f = 0, and f(W(t)) ≤ exp(−{rate} t) f(W(0))."
        )
        if self.step_size_max is None:
            return flow
        return (
            f"{flow} So does exact gradient descent W_(k+1) = W_k − η_k ∇f(W_k) with any steps 0 < η_k ≤ "
            f"{at_least(self.step_size_max)} of divergent sum and any slope in [0, 1] at the kink: "
            f"f(W_(k+1)) ≤ (1 − {rate} η_k) f(W_k)."
        )


@dataclass(frozen=True)
class Evidence:
    """What a proof needs beyond the problem; nothing here is trusted.

    Parameters
    ----------
    radii
        0 < R_1 < … < R_g; the flow's integral is bounded by sums over these cells, and descent is judged at the last.
    kernel_shift
        The judge tests G ∘ C − sI ⪰ 0 at the start, C the counts of units active for both inputs.
    """

    radii: tuple[float, ...]
    kernel_shift: float
