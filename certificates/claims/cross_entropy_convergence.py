"""Kind `cross-entropy-convergence`: the cross-entropy of a classifier goes to zero from these weights (theory 6.8)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Literal

from certificates.errors import MalformedCertificate
from certificates.language.order import weaker_when_larger, weaker_when_smaller
from certificates.language.wording import at_least, at_most, in_words

__all__ = ["Claim", "Evidence", "Flow", "LossAt", "Steps"]

Flow = Literal["gradient", "clarke"]


@dataclass(frozen=True)
class LossAt:
    """The objective along the flow from some time on.

    Parameters
    ----------
    time
        t ≥ 0, in units of the problem's own objective.
    loss
        f(w(t')) ≤ loss for all t' ≥ t. Larger is weaker.
    """

    time: float
    loss: float = weaker_when_larger()

    def __post_init__(self) -> None:
        """Refuse times before the start, and what no loss is below."""
        if not (self.time >= 0 and self.loss > 0):
            raise MalformedCertificate("expected a time ≥ 0 and a loss > 0", place="claim.loss_at")


@dataclass(frozen=True)
class Steps:
    """Exact gradient descent with any steps 0 < η_k ≤ ``step_size_max`` (theory 6.8, theorem 6.3 c).

    Parameters
    ----------
    step_size_max
        η, for the problem's own objective. Smaller is weaker.
    epsilon
        ε: f(w_{k+1}) ≤ f(w_k) − (1 − ε) η_k ‖∇f(w_k)‖², and M_k goes to infinity as fast as the sentence says. Larger
        is weaker.
    """

    step_size_max: float = weaker_when_smaller()
    epsilon: float = weaker_when_larger()

    def __post_init__(self) -> None:
        """Refuse what says nothing."""
        if not (self.step_size_max > 0 and 0 < self.epsilon < 1):
            raise MalformedCertificate("expected a step > 0 and 0 < epsilon < 1", place="claim.steps")


@dataclass(frozen=True)
class Claim:
    """What is asserted; each number is monotone alone.

    Parameters
    ----------
    smallest_weight
        ω, the least weight of a sample in the objective f, the loss's scale included: 1/n for a mean.
        M(w) = −log(exp(f(w)/ω) − 1), which is positive where f(w) < ω log 2.
    margin
        M₀ > 0, at most M at the given weights: every sample is classified rightly with at least this margin for ever.
        Smaller is weaker.
    rate
        ρ > 0: e^M + M ≥ e^{M₀} + M₀ + ρt along the flow. Smaller is weaker.
    flow
        ``gradient``: gradient flow, and descent with Armijo backtracking. ``clarke``: every solution of
        w' ∈ −∂f(w), Clarke's subdifferential, where activations have kinks; nothing about descent.
    loss_at
        What the rate says of one time; optional.
    steps
        What gradient descent without backtracking does; optional, and not with ``clarke``.
    """

    kind: ClassVar[str] = "cross-entropy-convergence"

    smallest_weight: Fraction
    margin: float = weaker_when_smaller()
    rate: float = weaker_when_smaller()
    flow: Flow = "gradient"
    loss_at: LossAt | None = None
    steps: Steps | None = None

    def __post_init__(self) -> None:
        """Refuse numbers that say nothing, and steps where the gradient jumps."""
        if not (self.margin > 0 and self.rate > 0 and self.smallest_weight > 0):
            raise MalformedCertificate("expected positive numbers", place="claim")
        if self.steps is not None and self.flow == "clarke":
            raise MalformedCertificate("steps are claimed of gradient flow only", place="claim.steps")

    def sentence(self) -> str:
        """The claim in words, its numbers rounded in their weak direction."""
        margin, rate = at_least(self.margin), at_least(self.rate)
        text = (
            f"Let f be the cross-entropy, ω = {in_words(self.smallest_weight)} the smallest weight of a sample in it, "
            f"M(w) = −log(exp(f(w)/ω) − 1) and M₀ = {margin}. {self._flow()} from the given weights exists for ever "
            f"and drives f to zero: e^M + M ≥ e^M₀ + M₀ + {rate} t at every time t, f = ω log(1 + e^−M), and every "
            f"sample is classified rightly from the start, with a margin of at least M ≥ M₀."
        )
        if self.flow == "gradient":
            text += (
                " So is every sample at every iterate of exact gradient descent whose steps satisfy f(w_(k+1)) ≤ f(w_k)"
                " − (1 − ε) η_k ‖∇f(w_k)‖² for some 0 < ε < 1; with Armijo backtracking f → 0."
            )
        return text + self._loss_at() + self._steps()

    def _flow(self) -> str:
        if self.flow == "clarke":
            return "Every solution of w' ∈ −∂f(w), Clarke's subdifferential,"
        return "Gradient flow"

    def _loss_at(self) -> str:
        if self.loss_at is None:
            return ""
        return f" From time {at_most(self.loss_at.time)} on, f ≤ {at_most(self.loss_at.loss)} along the flow."

    def _steps(self) -> str:
        if self.steps is None:
            return ""
        epsilon = at_most(self.steps.epsilon)
        return (
            f" With any steps 0 < η_k ≤ {at_least(self.steps.step_size_max)} that condition holds with ε = {epsilon}, "
            f"and the integral of (1 + e^x)(x/M₀)^(2ε/(1 − ε)) from M₀ to M(w_k) is at least "
            f"(1 − ε) {at_least(self.rate)} (η_0 + … + η_(k−1)): f → 0 if the steps have a divergent sum."
        )


@dataclass(frozen=True)
class Evidence:
    """What a proof needs beyond the problem; nothing here is trusted.

    Parameters
    ----------
    epsilon
        ε of theorem 6.3 (c); without a claim about steps it is not used.
    """

    epsilon: float

    def __post_init__(self) -> None:
        """Refuse what is no share."""
        if not 0 < self.epsilon < 1:
            raise MalformedCertificate("expected 0 < epsilon < 1", place="evidence.epsilon")
