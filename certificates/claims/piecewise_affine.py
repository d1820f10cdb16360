"""Kind `piecewise-affine`: φ is continuous and affine between its kinks; P3(b) of Zhong et al. (theory 2.4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from certificates.errors import MalformedCertificate
from certificates.language.order import weaker_when_larger

__all__ = ["Claim", "Evidence"]


@dataclass(frozen=True)
class Claim:
    """What is asserted.

    Parameters
    ----------
    kinks
        e: φ is affine between at most so many points. Larger is weaker.
    """

    kind: ClassVar[str] = "piecewise-affine"
    label: ClassVar[str] = "P3b"

    kinks: int = weaker_when_larger()

    def __post_init__(self) -> None:
        """Refuse what counts nothing."""
        if self.kinks < 0:
            raise MalformedCertificate("expected a number ≥ 0", place="claim.kinks")

    def sentence(self) -> str:
        """The claim in words."""
        return f"The given activation φ satisfies P3b: φ is continuous and affine between at most {self.kinks} kinks."


@dataclass(frozen=True)
class Evidence:
    """Nothing: the judge compares the formulas themselves."""
