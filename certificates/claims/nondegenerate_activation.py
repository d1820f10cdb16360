"""Kind `nondegenerate-activation`: our reading of Assumption 2.3 of Soltanolkotabi et al. (theory 2.3)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Literal

from certificates.language.limits import check_cells, check_radius
from certificates.language.slopes import Cells

__all__ = ["Claim", "Evidence", "MeanRule", "Sign"]

Sign = Literal["nonzero", "zero"]
MeanRule = Literal["slope-sum", "identity", "closed-form"]


@dataclass(frozen=True)
class Claim:
    """What is asserted: μ and γ, each nonzero or 0 for every σ, of a φ with bounded φ', φ'', and φ' not affine.

    Parameters
    ----------
    mean
        What μ(σ) = E[φ'(σg)] is, for every σ.
    curvature
        What γ(σ) = E[φ''(σg)] is, for every σ: nonzero is (a) of the assumption, zero is (b).
    sigma
        Which σ: ``nonnegative`` says it of σ = 0, too, where μ = φ'(0) and γ = φ''(0); else ``positive``.
    """

    kind: ClassVar[str] = "nondegenerate-activation"

    mean: Sign
    curvature: Sign
    sigma: Literal["nonnegative", "positive"]

    @property
    def label(self) -> str:
        """The statement's short name."""
        case = "a" if self.curvature == "nonzero" else "b"
        return f"A2.3({case})" + ("" if self.sigma == "nonnegative" else " for σ > 0")

    def sentence(self) -> str:
        """The claim in words."""
        every = "σ ≥ 0" if self.sigma == "nonnegative" else "σ > 0"
        return (
            f"The given activation φ satisfies {self.label}: μ(σ) = E[φ'(σg)] is {self.mean} for every {every}, and "
            f"γ(σ) = E[φ''(σg)] is {self.curvature} for every {every}; φ' and φ'' are bounded, and T_1(1) > 0, so φ' "
            "is not affine (our reading of Assumption 2.3; the printed formulas are lost)."
        )


@dataclass(frozen=True)
class Evidence:
    """How μ and γ are shown.

    Parameters
    ----------
    radius
        R, where the tails begin.
    cells
        For a nonzero γ they tile [0, R]; the judge encloses φ'(w) − φ'(−w). None for γ = 0: φ' is even, exactly.
    mean
        ``slope-sum``: φ'(w) + φ'(−w) keeps its sign. ``identity``: it is constant, exactly. ``closed-form``: μ is a
        sum of exponentials with one sign.
    mean_cells
        For ``slope-sum`` they tile [0, R].
    """

    radius: Fraction
    cells: Cells
    mean: MeanRule
    mean_cells: Cells = ()

    def __post_init__(self) -> None:
        """Refuse a radius out of range, and ends that are not dyadic."""
        check_radius(self.radius)
        check_cells(self.cells, "evidence.cells")
        check_cells(self.mean_cells, "evidence.mean_cells")
