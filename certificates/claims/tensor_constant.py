"""Kind `tensor-constant`: the constants of the moment tensors that initialise recovery (theory 2.7, S1 to S4)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Literal

from certificates.errors import MalformedCertificate
from certificates.language.limits import check_bits, check_sigma
from certificates.language.parts import AssumedGrowth, Interval, Quadrature
from certificates.language.wording import in_words

__all__ = ["CONSTANTS", "Claim", "Evidence", "Tensor"]

Tensor = Literal["third", "fourth"]

CONSTANTS = {
    "mean_slope": "μ = E[φ'(σz)]",
    "mean_curvature": "γ = E[φ(σz) He_2(z)]/σ²",
    "third": "c_3 = E[φ(σz) He_3(z)]/σ³",
    "fourth": "c_4 = E[φ(σz) He_4(z)]/σ⁴",
}


@dataclass(frozen=True)
class Claim:
    """What is asserted; each field is monotone alone, and a constant that is left out is not claimed.

    Parameters
    ----------
    sigma
        σ, exact.
    mean_slope, mean_curvature, third, fourth
        Intervals that contain μ, γ, c₃, c₄ at σ. Wider is weaker.
    degree
        q with φ(az) = a^q φ(z) for all a > 0; then c₃(σ) = cσ^{q−3} with c = c₃(1) of Zhong et al.
    vacuous
        The tensors whose constant is 0 for every σ > 0: they carry no information about the weights. At most
        ``third``, ``fourth``, in this order; leaving one out claims nothing.
    """

    kind: ClassVar[str] = "tensor-constant"

    sigma: Fraction
    mean_slope: Interval | None = None
    mean_curvature: Interval | None = None
    third: Interval | None = None
    fourth: Interval | None = None
    degree: int | None = None
    vacuous: tuple[Tensor, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a σ out of range, an empty claim and a list of tensors out of order."""
        check_sigma(self.sigma)
        if not self.intervals and not self.vacuous and self.degree is None:
            raise MalformedCertificate("nothing is claimed", place="claim")
        if self.vacuous not in ((), ("third",), ("fourth",), ("third", "fourth")):
            raise MalformedCertificate("expected third, fourth, each once, in this order", place="claim.vacuous")

    @property
    def intervals(self) -> dict[str, Interval]:
        """The claimed intervals by name."""
        named = {name: getattr(self, name) for name in CONSTANTS}
        return {name: value for name, value in named.items() if value is not None}

    def sentence(self) -> str:
        """The claim in words, its intervals rounded outwards."""
        sigma = in_words(self.sigma)
        parts = [f"{CONSTANTS[name]} lies in {value}" for name, value in self.intervals.items()]
        if self.degree is not None:
            parts.append(f"φ(az) = a^{self.degree} φ(z) for all a > 0")
        parts += [f"the constant of the {name}-order tensor is 0 for every σ > 0" for name in self.vacuous]
        return f"For z ~ N(0, 1), the given activation φ and σ = {sigma}: {'; '.join(parts)}."


@dataclass(frozen=True)
class Evidence:
    """How to enclose the moments; as in kind `gaussian-moment`."""

    quadrature: Quadrature
    bits: int
    growth: AssumedGrowth | None = None

    def __post_init__(self) -> None:
        """Refuse a precision out of range."""
        check_bits(self.bits)
