"""Kind `interpolation`: weights of zero loss lie near these (theory 1.5)."""

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
        r: F(w*) = y, exactly, for some w* within r of the given weights (Euclidean norm over the trained parameters).
        Larger is weaker.
    singular_value
        σ: every singular value of the Jacobian of F at w* is at least σ. Smaller is weaker; 0 says nothing.
    origin
        The unpolished problem this one was obtained from, and an upper bound of the distance between the two (larger
        is weaker); ``None`` when the weights were certified as given.
    """

    kind: ClassVar[str] = "interpolation"

    radius: float = weaker_when_larger()
    singular_value: float = weaker_when_smaller()
    origin: Origin | None = None

    def sentence(self) -> str:
        """The claim in words, with its numbers rounded in their weak direction."""
        text = (
            f"Within {at_most(self.radius)} of the given weights there are weights w* with F(w*) = y exactly, hence "
            f"f(w*) = 0, a global minimum, and all singular values of the Jacobian of F at w* are at least "
            f"{at_least(self.singular_value)}. Nothing is said of how to get there."
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
    reach
        ϱ: the ball on which β is evaluated, at least r.
    multipliers
        c, about K⁻¹e, its N entries ordered (output, sample), in parts of any lengths.
    kernel_shift
        s: the judge tests K − s I ⪰ 0 at the given weights.
    curvature
        Which bound β(ρ) of theory 1.4 the judge evaluates.
    """

    reach: float
    multipliers: tuple[tuple[float, ...], ...]
    kernel_shift: float
    curvature: CurvatureForm
