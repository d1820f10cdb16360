"""Kind `tangent-kernel`: the smallest eigenvalue of a tangent kernel, at given weights or in the limit (theory 5.3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from certificates.errors import MalformedCertificate
from certificates.language.order import weaker_when_larger, weaker_when_smaller
from certificates.language.wording import at_least, at_most

__all__ = ["Claim", "Evidence"]


@dataclass(frozen=True)
class Claim:
    """What is asserted.

    Parameters
    ----------
    kernel
        ``limit``: K_ij = x_iᵀx_j E[φ'(w·x_i)φ'(w·x_j)], w ~ N(0, I), of the first layer's inputs, with a last entry 1
        if that layer has a bias; whatever the weights are. ``empirical``: K = JJᵀ, J the derivatives of all outputs at
        all samples by the trained parameters, at the given weights.
    inputs
        ``unit``: of x_i/‖x_i‖, for limit kernels; ``stored``: of x_i.
    lower, upper
        0 < lower ≤ λ_min(K) ≤ upper. Smaller, larger is weaker.
    """

    kind: ClassVar[str] = "tangent-kernel"

    kernel: Literal["limit", "empirical"]
    inputs: Literal["unit", "stored"]
    lower: float = weaker_when_smaller()
    upper: float = weaker_when_larger()

    def __post_init__(self) -> None:
        """Refuse what claims nothing, and a kernel that there is not."""
        if not 0 < self.lower <= self.upper:
            raise MalformedCertificate("expected 0 < lower ≤ upper", place="claim")
        if self.kernel == "empirical" and self.inputs == "unit":
            raise MalformedCertificate("an empirical kernel is that of the inputs as stored", place="claim.inputs")

    def sentence(self) -> str:
        """The claim in words, rounded outwards."""
        what = {
            "limit": "The tangent kernel of an infinitely wide first layer",
            "empirical": "The tangent kernel at these weights",
        }[self.kernel]
        where = " at the inputs divided by their norms" if self.inputs == "unit" else ""
        return f"{what}{where} is positive definite: {at_least(self.lower)} ≤ λ_min(K) ≤ {at_most(self.upper)}."


@dataclass(frozen=True)
class Evidence:
    """How to see it; nothing here is trusted.

    Parameters
    ----------
    shift
        μ, slightly below λ_min; ``None`` for the bound that needs no factorisation, of limit kernels at unit inputs.
    direction
        v: λ_min ≤ vᵀKv/vᵀv, in parts of any lengths that are joined. ``None`` for the least entry on the diagonal.
    """

    shift: float | None = None
    direction: tuple[tuple[float, ...], ...] | None = None
