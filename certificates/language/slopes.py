"""Evidence about φ' on the whole line: cells, its zeros, and what is assumed far out where nothing is proved."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from certificates.errors import MalformedCertificate
from certificates.language.limits import check_cells, check_power, check_radius

__all__ = ["AssumedSlope", "Cells", "SlopeCells", "Zero"]

Cells = tuple[tuple[Fraction, Fraction], ...]


@dataclass(frozen=True)
class Zero:
    """A point where φ' and its first ``order`` − 1 derivatives vanish, exactly."""

    point: Fraction
    order: int

    def __post_init__(self) -> None:
        """Refuse orders beyond what is needed."""
        if not 1 <= self.order <= 8:
            raise MalformedCertificate("expected an order of 1 … 8", place="evidence.zeros")


@dataclass(frozen=True)
class AssumedSlope:
    """For |z| beyond the radius: 0 ≤ φ'(z) ≤ constant + slope·|z|^power.

    Used only where the judge cannot prove a tail; it then enters the ledger and the verdict is conditional.
    """

    constant: Fraction
    slope: Fraction
    power: int

    def __post_init__(self) -> None:
        """Refuse what is no bound."""
        if self.constant < 0 or self.slope < 0:
            raise MalformedCertificate("expected bounds ≥ 0", place="evidence.tail")
        check_power(self.power, "evidence.tail.power")


@dataclass(frozen=True)
class SlopeCells:
    """That φ' ≥ 0.

    Parameters
    ----------
    radius
        R, where the tails begin.
    cells
        Tile [−R, R]; on each the judge encloses φ'.
    zeros
        Where φ' touches 0, and no enclosure of it shows a sign.
    tail
        What to assume beyond R where no tail is proven.
    """

    radius: Fraction
    cells: Cells
    zeros: tuple[Zero, ...] = ()
    tail: AssumedSlope | None = None

    def __post_init__(self) -> None:
        """Refuse a radius out of range, and ends that are not dyadic."""
        check_radius(self.radius)
        check_cells(self.cells, "evidence.cells")
