"""Kind `activation-counterexample`: one witness refutes P1, P2, P3(a) or P3(b) of Zhong et al. (theory 2.4)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Literal

from certificates.language.limits import check_point, check_radius

__all__ = ["Claim", "Evidence", "Property", "Rule"]

Property = Literal["P1", "P2", "P3a", "P3b"]
Rule = Literal["negative-slope", "nonpositive-rho", "jump", "curvature", "growth"]

_SAID: dict[Property, str] = {
    "P1": "no L_1 > 0 and p ≥ 0 have 0 ≤ φ'(z) ≤ L_1 |z|^p for almost every z",
    "P2": "ρ(σ) ≤ 0 for some σ > 0",
    "P3a": "φ' is not Lipschitz",
    "P3b": "φ'' is nonzero on an interval",
}


@dataclass(frozen=True)
class Claim:
    """What is asserted: that the property ``refutes`` fails."""

    kind: ClassVar[str] = "activation-counterexample"

    refutes: Property

    @property
    def label(self) -> str:
        """The statement's short name."""
        return f"not-{self.refutes}"

    def sentence(self) -> str:
        """The claim in words."""
        return f"The given activation φ satisfies {self.label}: {_SAID[self.refutes]}."


@dataclass(frozen=True)
class Evidence:
    """The witness and what it shows.

    Parameters
    ----------
    rule
        ``negative-slope``: φ'(z₀) < 0 (P1). ``nonpositive-rho``: ρ(σ) ≤ 0 (P2). ``jump``: φ' jumps at z₀ (P3a).
        ``curvature``: φ''(z₀) ≠ 0 (P3b). ``growth``: beyond R, |φ'| (P1) or |φ''| (P3a) grows without bound.
    witness
        z₀, σ or R.
    """

    rule: Rule
    witness: Fraction

    def __post_init__(self) -> None:
        """Refuse a point or a radius out of range."""
        check_point(self.witness)
        if self.rule == "growth":
            check_radius(self.witness, "evidence.witness")
