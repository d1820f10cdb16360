"""Kind `slope-growth`: 0 ≤ φ'(z) ≤ A + B|z|^p for almost every z; P1 of Zhong et al. where A = 0 (theory 2.4)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from certificates.errors import MalformedCertificate
from certificates.language.limits import check_power
from certificates.language.order import weaker_when_larger
from certificates.language.slopes import SlopeCells
from certificates.language.wording import in_words

__all__ = ["Claim", "Evidence"]


@dataclass(frozen=True)
class Claim:
    """What is asserted; each number is monotone alone.

    Parameters
    ----------
    power
        p, 0 ≤ p ≤ 64.
    constant
        A ≥ 0; 0 for P1, and with p = 0, where B says it all. Larger is weaker.
    slope
        B ≥ 0, the L₁ of P1. Larger is weaker.
    """

    kind: ClassVar[str] = "slope-growth"

    power: int
    constant: Fraction = weaker_when_larger()
    slope: Fraction = weaker_when_larger()

    def __post_init__(self) -> None:
        """Refuse what is no bound, and a second spelling of a constant one."""
        check_power(self.power, "claim.power")
        if self.constant < 0 or self.slope < 0:
            raise MalformedCertificate("expected bounds ≥ 0", place="claim")
        if self.power == 0 and self.constant:
            raise MalformedCertificate("a constant bound is the slope of the power 0", place="claim.constant")

    @property
    def label(self) -> str:
        """The statement's short name."""
        return "P1'" if self.constant else "P1"

    def sentence(self) -> str:
        """The claim in words."""
        constant, slope = in_words(self.constant), in_words(self.slope)
        bound = f"{slope} |z|^{self.power}" if self.power else slope
        if self.constant:
            bound = f"{constant} + {bound}"
        ours = " (ours, weaker than P1)" if self.constant else ""
        return f"The given activation φ satisfies {self.label}: 0 ≤ φ'(z) ≤ {bound} for almost every z{ours}."


@dataclass(frozen=True)
class Evidence(SlopeCells):
    """That φ' ≥ 0; the bound is read off the same cells and tails."""
