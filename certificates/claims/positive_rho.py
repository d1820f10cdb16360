"""Kind `positive-rho`: ρ(σ) = min(T₁, T₂, T₃) > 0 for every σ > 0; P2 of Zhong et al. (theory 2.4)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from certificates.errors import MalformedCertificate
from certificates.language.limits import check_cells, check_point
from certificates.language.slopes import Cells, SlopeCells

__all__ = ["Claim", "Evidence", "SigmaCells"]


@dataclass(frozen=True)
class Claim:
    """What is asserted; it has no numbers."""

    kind: ClassVar[str] = "positive-rho"
    label: ClassVar[str] = "P2"

    def sentence(self) -> str:
        """The claim in words."""
        return "The given activation φ satisfies P2: ρ(σ) = min(T_1, T_2, T_3) > 0 for every σ > 0."


@dataclass(frozen=True)
class SigmaCells:
    """That T₃ > 0: cells that tile [0, σ_L] and, in v = 1/σ, [0, v_L] with v_L ≥ 1/σ_L."""

    near: Cells
    far: Cells

    def __post_init__(self) -> None:
        """Refuse ends that are not dyadic."""
        check_cells(self.near, "evidence.sigma.near")
        check_cells(self.far, "evidence.sigma.far")


@dataclass(frozen=True)
class Evidence:
    """Where φ is not affine, and one of two ways to T₃ > 0.

    Parameters
    ----------
    witness
        A point z₀: φ' jumps there or φ''(z₀) ≠ 0 for ``slope``, φ'''(z₀) ≠ 0 for ``sigma``.
    slope
        That φ' ≥ 0, by its sign on cells and tails.
    sigma
        Cells of σ for the judge to bound T₃ on.
    """

    witness: Fraction
    slope: SlopeCells | None = None
    sigma: SigmaCells | None = None

    def __post_init__(self) -> None:
        """Refuse a witness out of range, no way and two ways."""
        check_point(self.witness)
        if (self.slope is None) == (self.sigma is None):
            raise MalformedCertificate("expected either slope or sigma", place="evidence")
