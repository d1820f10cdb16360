"""What a user may assume far out, about φ' and φ'' at once: each kind is given its part."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from certificates.errors import MalformedCertificate
from certificates.language.parts import AssumedGrowth
from certificates.language.slopes import AssumedSlope

__all__ = ["AssumedTail"]


@dataclass(frozen=True)
class AssumedTail:
    """Far out: 0 ≤ φ'(z) ≤ slope_bound + slope_growth|z|^power and |φ''(z)| ≤ curvature_bound.

    Used only where the judge cannot prove a tail; it then enters the ledger and the verdict is conditional.
    """

    slope_bound: Fraction
    slope_growth: Fraction
    power: int
    curvature_bound: Fraction

    def __post_init__(self) -> None:
        """Refuse what is no bound."""
        if self.curvature_bound < 0:
            raise MalformedCertificate("expected bounds ≥ 0", place="tail")
        _ = self.slope

    @property
    def slope(self) -> AssumedSlope:
        """The part about φ', with its sign."""
        return AssumedSlope(self.slope_bound, self.slope_growth, self.power)

    def growth(self, beyond: Fraction) -> AssumedGrowth:
        """The part about |φ'|, from a point on."""
        return AssumedGrowth(self.slope_bound, self.slope_growth, self.power, beyond)
