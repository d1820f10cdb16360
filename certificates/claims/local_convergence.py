"""Kind `local-convergence`: gradient descent from every start nearby goes to loss 0, one hidden layer (theory 4.5)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Literal

from certificates.language.order import weaker_when_larger, weaker_when_smaller
from certificates.language.wording import at_least, at_most

__all__ = ["Centred", "Claim", "Columns", "Evidence"]

Centred = Literal["weights", "teacher"]


@dataclass(frozen=True)
class Claim:
    """What is asserted; each number is monotone alone.

    Parameters
    ----------
    around
        θ₀: the given ``weights``, or those of the ``teacher`` that plants the labels, whatever the given ones are. Not
        comparable.
    start_radius
        r: every start within r of θ₀ (Euclidean norm over the trained parameters); 0 for θ₀ alone. Smaller is weaker.
    radius
        R: every iterate, every segment between iterates, and the limit lie within R of the start. Larger is weaker.
    step_size_max
        η: the largest step size covered. Smaller is weaker.
    decrease_rate
        κ: f(w_{k+1}) ≤ (1 − κ η_k) f(w_k) for every 0 < η_k ≤ η; for the flow f(w(t)) ≤ e^{−κt} f(w_0). Smaller is
        weaker.
    distance_factor
        c: ‖w_k − w*‖ ≤ c ‖F(w_k) − y‖ for the limit w*. Larger is weaker.
    """

    kind: ClassVar[str] = "local-convergence"

    around: Centred
    start_radius: float = weaker_when_smaller()
    radius: float = weaker_when_larger()
    step_size_max: float = weaker_when_smaller()
    decrease_rate: float = weaker_when_smaller()
    distance_factor: float = weaker_when_larger()

    def sentence(self) -> str:
        """The claim in words, with its numbers rounded in their weak direction."""
        place = "the given weights" if self.around == "weights" else "the teacher's weights, which plant the labels"
        return (
            f"Let w_0 be any start within {at_least(self.start_radius)} of {place}, and 0 < η_k ≤ "
            f"{at_least(self.step_size_max)} any step sizes with divergent sum. Exact gradient descent w_(k+1) = w_k − "
            f"η_k ∇f(w_k) stays within {at_most(self.radius)} of w_0 and converges to weights w* with f(w*) = 0; "
            f"f(w_(k+1)) ≤ (1 − {at_least(self.decrease_rate)} η_k) f(w_k) and ‖w_k − w*‖ ≤ "
            f"{at_most(self.distance_factor)} ‖F(w_k) − y‖ at every step. Gradient flow from w_0 stays in the same "
            f"ball, converges to zero loss, and f(w(t)) ≤ exp(−{at_least(self.decrease_rate)} t) f(w_0)."
        )


@dataclass(frozen=True)
class Columns:
    """Guesses at least eigenvalues that are reported beside the theorem; a wrong one makes its column say nothing.

    Parameters
    ----------
    hidden_lower
        Of JJᵀ, J the Jacobian in W.
    weights_lower
        Of the smaller of WWᵀ and WᵀW.
    products_lower
        Of the Gram matrix of the x_i ⊗ x_i, (XXᵀ) ∘ (XXᵀ).
    inputs_lower, slopes_lower
        Of XXᵀ and ΨΨᵀ, Ψ = φ'(XWᵀ)diag(v).
    """

    hidden_lower: float
    weights_lower: float
    products_lower: float
    inputs_lower: float
    slopes_lower: float


@dataclass(frozen=True)
class Evidence:
    """What a proof needs beyond the problem; nothing here is trusted.

    Parameters
    ----------
    start_radius, path_radius
        r and R of theorem 4.5.1, at least and at most the claimed ones.
    kernel_shift
        The judge tests K − sI ⪰ 0 at θ₀.
    theta, fourth_moment_shift
        θ and a number slightly above λ_max(T − θE), which bounds fourth moments of the inputs; without the shift they
        are bounded by the n × n matrix of (x_i·x_j)².
    columns
        For what is reported beside the theorem.
    """

    start_radius: float
    path_radius: float
    kernel_shift: float
    theta: Fraction
    columns: Columns
    fourth_moment_shift: float | None = None
