"""Parts of claims and evidence that several kinds have."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR
from fractions import Fraction
from typing import Literal

from certificates.errors import MalformedCertificate
from certificates.language.order import weaker_when_larger, weaker_when_smaller
from certificates.language.wording import rational_digits, shortened

__all__ = ["AssumedGrowth", "DataFile", "Interval", "Origin", "Quadrature"]


Quadrature = Literal["integral", "taylor", "trapezoid", "exact"]


@dataclass(frozen=True)
class Interval:
    """A closed interval of exact rationals; the wider, the weaker.

    Raises
    ------
    MalformedCertificate
        The ends are reversed.
    """

    lower: Fraction = weaker_when_smaller()
    upper: Fraction = weaker_when_larger()

    def __post_init__(self) -> None:
        """Refuse reversed ends."""
        if self.lower > self.upper:
            ends = f"[{shortened(self.lower)}, {shortened(self.upper)}]"
            raise MalformedCertificate(f"the interval is reversed: {ends}", place="claim")

    def __str__(self) -> str:
        """[lower, upper] in decimals rounded outwards, or the exact value."""
        if self.lower == self.upper:
            return str(self.lower)
        return f"[{rational_digits(self.lower, ROUND_FLOOR)}, {rational_digits(self.upper, ROUND_CEILING)}]"


@dataclass(frozen=True)
class AssumedGrowth:
    """|φ'(w)| ≤ constant + slope·|w|^power for |w| ≥ beyond: used only where the judge cannot prove a bound.

    It then enters the ledger as an unproved assumption, with the local absolute continuity of φ there unless that is
    shown, and the verdict is conditional.
    """

    constant: Fraction
    slope: Fraction
    power: int
    beyond: Fraction

    def __post_init__(self) -> None:
        """Refuse what is no bound."""
        if self.constant < 0 or self.slope < 0 or not 0 <= self.power <= 64 or self.beyond <= 0:
            raise MalformedCertificate("expected bounds ≥ 0, 0 ≤ power ≤ 64, beyond > 0", place="evidence.growth")


@dataclass(frozen=True)
class Origin:
    """The problem that polishing started from.

    Parameters
    ----------
    sha256
        Of the whole original problem file.
    path
        A hint where to find it, relative, without ``..``.
    distance
        An upper bound of the Euclidean distance between the two sets of trained weights. Larger is weaker.
    """

    sha256: str
    path: str
    distance: float = weaker_when_larger()


@dataclass(frozen=True)
class DataFile:
    """A problem file whose samples a claim counts; its weights and objective are not read.

    Parameters
    ----------
    sha256
        Of the whole file.
    path
        A hint where to find it, relative, without ``..``.
    """

    sha256: str
    path: str
