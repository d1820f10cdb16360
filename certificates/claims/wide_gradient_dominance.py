"""Kind `wide-gradient-dominance`: ‖∇f‖² ≥ c f at the weights of a network with one wide layer (theory 5.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from certificates.errors import MalformedCertificate
from certificates.language.order import weaker_when_larger, weaker_when_smaller
from certificates.language.wording import at_least, at_most

__all__ = ["Claim", "Evidence"]


@dataclass(frozen=True)
class Claim:
    """What is asserted; each number is monotone alone.

    Parameters
    ----------
    layer
        N: the gradient by layers.N.weight and layers.N.bias of the problem file is meant, 0 being the first layer.
    constant
        c > 0: ‖∇f(w)‖² ≥ c f(w), the gradient by weights and biases of that layer alone. Smaller is weaker.
    radius
        It holds at all w within this distance of the given weights, over all trained parameters; 0: at the given
        weights. Smaller is weaker.
    distance
        Gradient flow from the given weights stays within this distance of them, f(w(t)) ≤ e^{−ct} f(w_0), and converges
        to weights of loss 0. Larger is weaker; ``None`` claims nothing of it.
    """

    kind: ClassVar[str] = "wide-gradient-dominance"

    layer: int
    constant: float = weaker_when_smaller()
    radius: float = weaker_when_smaller(default=0.0)
    distance: float | None = weaker_when_larger(default=None)

    def __post_init__(self) -> None:
        """Refuse what claims nothing."""
        if self.layer < 0 or not self.constant > 0 or not self.radius >= 0:
            raise MalformedCertificate("expected layer ≥ 0, constant > 0 and radius ≥ 0", place="claim")
        if self.distance is not None and not self.distance >= 0:
            raise MalformedCertificate("expected distance ≥ 0", place="claim.distance")

    def sentence(self) -> str:
        """The claim in words, its numbers rounded in their weak direction."""
        where = "At the given weights" if self.radius == 0 else f"At all weights within {at_least(self.radius)}"
        text = (
            f"{where} ‖∇f(w)‖² ≥ {at_least(self.constant)} f(w), the gradient by layers.{self.layer} alone; "
            f"where that is 0, so is the loss."
        )
        if self.distance is None:
            return text
        return (
            f"{text} Gradient flow from the given weights stays within {at_most(self.distance)} of them, "
            f"f(w(t)) ≤ exp(−{at_least(self.constant)} t) f(w(0)), and it converges to weights of loss 0."
        )


@dataclass(frozen=True)
class Evidence:
    """Shifts below spectra; nothing here is trusted.

    Parameters
    ----------
    features
        Slightly below λ_min(H̃H̃ᵀ), H̃ the inputs of the claim's layer, with ones for its bias.
    samples
        Slightly below all λ_min(J_iJ_iᵀ), J_i the derivative of the outputs by that layer's pre-activations at sample
        i; ``None`` to do without, and for the last layer, where J_i = I.
    layers
        Slightly below λ_min(W_lW_lᵀ) of the layers above, in order; ``None`` to do without.
    radius
        ρ of the ball on which the constant is bounded; at least the claim's.
    """

    features: float
    samples: float | None = None
    layers: tuple[float, ...] | None = None
    radius: float = 0.0
