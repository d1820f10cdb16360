"""Kind `gradient-dominance`: ‖∇f‖² ≥ 2μf around the weights of a quadratic network (theory 3.2.7 and 3.5.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from certificates.errors import MalformedCertificate
from certificates.language.order import weaker_when_larger, weaker_when_smaller
from certificates.language.wording import at_least, at_most

__all__ = ["Claim", "Descent", "Evidence", "Method"]

Method = Literal["ball", "lmi"]


@dataclass(frozen=True)
class Descent:
    """What exact gradient descent from the given weights does, with any constant step 0 < η ≤ ``step_size_max``.

    Parameters
    ----------
    radius
        Every iterate stays within this Frobenius distance of the given weights. Larger is weaker.
    step_size_max
        Smaller is weaker.
    decrease_rate
        m: f(W_t) ≤ (1 − ηm)ᵗ f(W_0). Smaller is weaker.
    """

    radius: float = weaker_when_larger()
    step_size_max: float = weaker_when_smaller()
    decrease_rate: float = weaker_when_smaller()

    def __post_init__(self) -> None:
        """Refuse what says nothing."""
        if not (self.radius >= 0 and self.step_size_max > 0 and self.decrease_rate > 0):
            raise MalformedCertificate("expected positive numbers", place="claim.descent")


@dataclass(frozen=True)
class Claim:
    """What is asserted about the problem's own loss f.

    Parameters
    ----------
    radius
        ϱ > 0: the statement is about all first layers W with ‖W − W_0‖_F ≤ ϱ. Smaller is weaker.
    constant
        μ > 0: ‖∇f(W)‖² ≥ 2μf(W) there. Smaller is weaker.
    descent
        Optional.
    """

    kind: ClassVar[str] = "gradient-dominance"

    radius: float = weaker_when_smaller()
    constant: float = weaker_when_smaller()
    descent: Descent | None = None

    def __post_init__(self) -> None:
        """Refuse an empty ball and a constant that says nothing."""
        if not self.radius > 0:
            raise MalformedCertificate("expected a positive radius", place="claim.radius")
        if not self.constant > 0:
            raise MalformedCertificate("expected a positive constant", place="claim.constant")

    def sentence(self) -> str:
        """The claim in words, its numbers rounded in the weak direction."""
        text = (
            f"For all first-layer weights W within {at_least(self.radius)} of the given ones (Frobenius norm): "
            f"‖∇f(W)‖² ≥ 2·{at_least(self.constant)}·f(W); a critical point there has f = 0."
        )
        if self.descent is not None:
            step, rate = at_least(self.descent.step_size_max), at_least(self.descent.decrease_rate)
            text += (
                f" Exact gradient descent from the given weights with any constant step size 0 < η ≤ {step} "
                f"stays within {at_most(self.descent.radius)} of them, converges to weights with f = 0, and "
                f"f(W_t) ≤ (1 − {rate} η)^t f(W_0)."
            )
        return text


@dataclass(frozen=True)
class Evidence:
    """What a proof needs beyond the problem; nothing here is trusted.

    Parameters
    ----------
    method
        ``ball``: closed form from σ_min(J(W_0)). ``lmi``: the matrix inequality, equation (3.5.2).
    radius
        ϱ of the proof; the claim may be about less.
    theta, moment_shift
        θ, and a guess slightly above λ_max(T − θE): they bound c_4. Not used by ``lmi`` without a claim about descent.
    kernel_shift
        A guess slightly below λ_min(JJᵀ) at the given weights, for ``ball``.
    constant
        μ of f for which ``lmi`` holds.
    multiplier
        S_1: lower triangle, row by row, for ``lmi``.
    twists
        Strictly lower triangles, row by row, of the antisymmetric Θ_1, …, Θ_p, then of Θ_ij for i < j in lexicographic
        order, for ``lmi``; the p weights are those that enter f, row of W after row.
    """

    method: Method
    radius: float
    theta: float = 0.0
    moment_shift: float = 0.0
    kernel_shift: float = 0.0
    constant: float = 0.0
    multiplier: tuple[float, ...] = ()
    twists: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        """Refuse an empty ball and a negative constant."""
        if not self.radius > 0:
            raise MalformedCertificate("expected a positive radius", place="evidence.radius")
        if not self.constant >= 0:
            raise MalformedCertificate("a constant is not negative", place="evidence.constant")
