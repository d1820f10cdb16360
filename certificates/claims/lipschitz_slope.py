"""Kind `lipschitz-slope`: φ' is Lipschitz with a constant; P3(a) of Zhong et al., in two readings (theory 2.4)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Literal

from certificates.errors import MalformedCertificate
from certificates.language.limits import check_cells, check_radius
from certificates.language.order import weaker_when_larger
from certificates.language.slopes import Cells
from certificates.language.wording import in_words

__all__ = ["Claim", "Evidence", "Where"]

Where = Literal["everywhere", "almost everywhere"]


@dataclass(frozen=True)
class Claim:
    """What is asserted.

    Parameters
    ----------
    curvature
        Where φ'' is said to exist: ``everywhere`` is P3(a) as printed, ``almost everywhere`` a Lipschitz φ'.
    curvature_bound
        L₂ ≥ 0. Larger is weaker.
    """

    kind: ClassVar[str] = "lipschitz-slope"

    curvature: Where
    curvature_bound: Fraction = weaker_when_larger()

    def __post_init__(self) -> None:
        """Refuse what is no bound."""
        if self.curvature_bound < 0:
            raise MalformedCertificate("expected a bound ≥ 0", place="claim.curvature_bound")

    @property
    def label(self) -> str:
        """The statement's short name."""
        return "P3a-strict" if self.curvature == "everywhere" else "P3a-lipschitz"

    def sentence(self) -> str:
        """The claim in words."""
        bound = in_words(self.curvature_bound)
        said = {
            "everywhere": f"φ'' exists everywhere and |φ''| ≤ {bound}",
            "almost everywhere": f"φ' is Lipschitz with constant {bound}",
        }[self.curvature]
        return f"The given activation φ satisfies {self.label}: {said}."


@dataclass(frozen=True)
class Evidence:
    """Cells to enclose φ'' on.

    Parameters
    ----------
    radius
        R, where the tails begin.
    cells
        Tile [−R, R].
    tail
        A bound of |φ''| beyond R to assume where none is proven; the verdict is then conditional.
    """

    radius: Fraction
    cells: Cells
    tail: Fraction | None = None

    def __post_init__(self) -> None:
        """Refuse a radius out of range, ends that are not dyadic, and what is no bound."""
        check_radius(self.radius)
        check_cells(self.cells, "evidence.cells")
        if self.tail is not None and self.tail < 0:
            raise MalformedCertificate("expected a bound ≥ 0", place="evidence.tail")
