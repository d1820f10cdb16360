"""Kind `gaussian-moment`: E[φ'(σz)ⁱ zʲ] lies in an interval, z ~ N(0, 1) (theory 2.3)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from certificates.errors import MalformedCertificate
from certificates.language.limits import check_bits, check_sigma
from certificates.language.parts import AssumedGrowth, Interval, Quadrature
from certificates.language.wording import in_words

__all__ = ["Claim", "Evidence"]

_MOST_SLOPES, _MOST_POWERS = 4, 12


@dataclass(frozen=True)
class Claim:
    """What is asserted.

    Parameters
    ----------
    slope_power, power
        i, 0 ≤ i ≤ 4, and j, 0 ≤ j ≤ 12, of α_{i,j}(σ) = E[φ'(σz)ⁱ zʲ].
    sigma
        σ, exact, 10⁻⁹ ≤ σ ≤ 10⁹.
    value
        An interval that contains α_{i,j}(σ). Wider is weaker.
    """

    kind: ClassVar[str] = "gaussian-moment"

    slope_power: int
    power: int
    sigma: Fraction
    value: Interval

    def __post_init__(self) -> None:
        """Refuse orders and σ out of range."""
        check_sigma(self.sigma)
        if not 0 <= self.slope_power <= _MOST_SLOPES:
            raise MalformedCertificate("expected 0 ≤ i ≤ 4", place="claim.slope_power")
        if not 0 <= self.power <= _MOST_POWERS:
            raise MalformedCertificate("expected 0 ≤ j ≤ 12", place="claim.power")

    def sentence(self) -> str:
        """The claim in words, its interval rounded outwards."""
        what = f"E[φ'({in_words(self.sigma)} z)^{self.slope_power} z^{self.power}]"
        return f"For z ~ N(0, 1) and the given activation φ, {what} lies in {self.value}."


@dataclass(frozen=True)
class Evidence:
    """How to enclose the moment; nothing here is trusted.

    Parameters
    ----------
    quadrature
        ``integral``, ``taylor``, ``trapezoid``, or ``exact`` where the moment has an exact form.
    bits
        The goal of the quadrature, 53 … 4096.
    growth
        A bound of φ' at infinity to assume where the judge cannot prove one.
    """

    quadrature: Quadrature
    bits: int
    growth: AssumedGrowth | None = None

    def __post_init__(self) -> None:
        """Refuse a precision out of range."""
        check_bits(self.bits)
