"""Kind `no-local-minimum`: no minimum of the objective lies in a ball around these weights (theory 4.3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from certificates.errors import MalformedCertificate
from certificates.language.order import weaker_when_larger, weaker_when_smaller
from certificates.language.wording import at_least, at_most

__all__ = ["Claim", "Evidence"]


@dataclass(frozen=True)
class Claim:
    """What is asserted; each field is monotone alone.

    Parameters
    ----------
    radius
        R > 0: no local minimum of f lies within R of the given weights. Smaller is weaker.
    curvature
        c > 0: some u ≠ 0 has uᵀ∇²f(w)u ≤ −c‖u‖² for every w within R. Smaller is weaker.
    gradient_norm
        ‖∇f(w_0)‖ ≤ this number: near 0 the given weights are nearly a saddle. Larger is weaker.
    """

    kind: ClassVar[str] = "no-local-minimum"

    radius: float = weaker_when_smaller()
    curvature: float = weaker_when_smaller()
    gradient_norm: float = weaker_when_larger()

    def __post_init__(self) -> None:
        """Refuse a radius or a curvature that claims nothing, and a negative norm."""
        if self.radius <= 0 or self.curvature <= 0 or self.gradient_norm < 0:
            raise MalformedCertificate("expected radius > 0, curvature > 0, gradient_norm ≥ 0", place="claim")

    def sentence(self) -> str:
        """The claim in words, its numbers rounded in their weak direction."""
        return (
            f"No local minimum of the objective f lies within {at_least(self.radius)} of the given weights w_0: one "
            f"direction u ≠ 0 has uᵀ∇²f(w)u ≤ −{at_least(self.curvature)} ‖u‖² at every w that close. ‖∇f(w_0)‖ ≤ "
            f"{at_most(self.gradient_norm)}."
        )


@dataclass(frozen=True)
class Evidence:
    """A direction and a radius; nothing here is trusted.

    Parameters
    ----------
    direction
        u, one number for every trained parameter, layer by layer: weights by rows, then biases.
    radius
        The ball on which the Hessian is followed, at least the claimed one.
    turning
        Whether the judge bounds how far the Hessian turns by ``sums`` over samples, too, with matrices of as many rows
        as there are parameters, nearer the truth and dearer than all the rest, or by ``samples`` one by one alone.
    """

    direction: tuple[float, ...]
    radius: float
    turning: Literal["samples", "sums"] = "sums"

    def __post_init__(self) -> None:
        """Refuse u = 0 and a ball without points."""
        if not any(self.direction) or self.radius <= 0:
            raise MalformedCertificate("expected a direction u ≠ 0 and a radius > 0", place="evidence")
