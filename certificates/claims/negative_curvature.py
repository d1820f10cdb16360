"""Kind `negative-curvature`: weights of a quadratic network that are no minimum (theory 3.2.4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from certificates.errors import MalformedCertificate
from certificates.language.order import weaker_when_larger, weaker_when_smaller
from certificates.language.wording import at_least, at_most

__all__ = ["Claim", "Evidence"]


@dataclass(frozen=True)
class Claim:
    """What is asserted; each field is monotone alone.

    Parameters
    ----------
    curvature
        c > 0: some U ≠ 0 has D²f(W)[U, U] ≤ −c‖U‖_F², so W is no local minimum of f over the first layer. Smaller is
        weaker.
    gradient_norm
        ‖∇f(W)‖_F ≤ this number: near 0 the point is nearly a strict saddle. Larger is weaker.
    descent
        Some first-layer weights W' have f(W') ≤ f(W) − descent; 0 claims nothing. Smaller is weaker.
    """

    kind: ClassVar[str] = "negative-curvature"

    curvature: float = weaker_when_smaller()
    gradient_norm: float = weaker_when_larger()
    descent: float = weaker_when_smaller()

    def __post_init__(self) -> None:
        """Refuse a curvature that claims nothing, and negative numbers."""
        if self.curvature <= 0 or self.gradient_norm < 0 or self.descent < 0:
            raise MalformedCertificate("expected curvature > 0, gradient_norm ≥ 0, descent ≥ 0", place="claim")

    def sentence(self) -> str:
        """The claim in words, its numbers rounded in their weak direction."""
        text = (
            f"The given first-layer weights W are no local minimum of f: some direction U has D²f(W)[U, U] ≤ "
            f"−{at_least(self.curvature)} ‖U‖². The gradient there has ‖∇f(W)‖ ≤ {at_most(self.gradient_norm)}."
        )
        if self.descent > 0:
            text += f" Other weights W' have f(W') ≤ f(W) − {at_least(self.descent)}."
        return text


@dataclass(frozen=True)
class Evidence:
    """A direction U = u bᵀ and a step; nothing here is trusted.

    Parameters
    ----------
    units
        u, one number for every hidden unit whose outer weight is not 0.
    inputs
        b, one number for every input that is not 0 in all samples.
    step
        t: the decrease is that of f(W) − f(W + tU).
    """

    units: tuple[float, ...]
    inputs: tuple[float, ...]
    step: float

    def __post_init__(self) -> None:
        """Refuse U = 0."""
        if not any(self.units) or not any(self.inputs):
            raise MalformedCertificate("a direction u bᵀ needs u ≠ 0 and b ≠ 0", place="evidence")
