"""Kind `activation-property`: P1, P2, P3 of Zhong et al. and Assumption 2.3 of Soltanolkotabi et al. (theory 2.4)."""

from __future__ import annotations

import builtins
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Literal

from certificates.errors import MalformedCertificate
from certificates.language.limits import check_cells
from certificates.language.order import weaker_when_larger
from certificates.language.properties import TRAITS, Property, Traits
from certificates.language.wording import in_words

__all__ = ["AssumedTail", "Cells", "Claim", "Evidence", "MeanRule", "Property", "Rule", "Zero"]

Cells = tuple[tuple[Fraction, Fraction], ...]

Rule = Literal["sign", "third-term", "identity", "witness", "growth", "slope-difference"]
MeanRule = Literal["slope-sum", "identity", "closed-form"]

_READING = (
    "μ(σ) = E[φ'(σg)] is nonzero for every {range} or zero for every {range}, and γ(σ) = E[φ''(σg)] is {gamma}; "
    "φ' and φ'' are bounded, and T_1(1) > 0, so φ' is not affine (our reading of Assumption 2.3; the printed formulas "
    "are lost)"
)


@dataclass(frozen=True)
class Claim:
    """What is asserted; each number is monotone alone.

    Parameters
    ----------
    property
        Which statement; :meth:`sentence` spells it out.
    slope_bound
        L₁ of P1, or A of P1'. Larger is weaker.
    slope_growth
        B of P1'. Larger is weaker.
    power
        p of P1 and P1'.
    curvature_bound
        L₂ of P3(a). Larger is weaker.
    kinks
        e of P3(b). Larger is weaker.
    """

    kind: ClassVar[str] = "activation-property"

    property: Property
    slope_bound: Fraction | None = weaker_when_larger(default=None)
    slope_growth: Fraction | None = weaker_when_larger(default=None)
    power: int | None = None
    curvature_bound: Fraction | None = weaker_when_larger(default=None)
    kinks: int | None = weaker_when_larger(default=None)

    def __post_init__(self) -> None:
        """Refuse numbers that do not belong to the property, and missing ones."""
        needed = {
            "P1": {"slope_bound", "power"},
            "P1'": {"slope_bound", "slope_growth", "power"},
            "P3a-lipschitz": {"curvature_bound"},
            "P3a-strict": {"curvature_bound"},
            "P3b": {"kinks"},
        }.get(self.property, set())
        numbers = ("slope_bound", "slope_growth", "power", "curvature_bound", "kinks")
        given = {name for name in numbers if getattr(self, name) is not None}
        if given != needed:
            wanted = ", ".join(sorted(needed)) or "no numbers"
            raise MalformedCertificate(f"{self.property} needs {wanted}", place="claim")
        bounds = (self.slope_bound, self.slope_growth, self.curvature_bound)
        if any(bound is not None and bound < 0 for bound in bounds):
            raise MalformedCertificate("expected bounds ≥ 0", place="claim")
        if self.power is not None and not 0 <= self.power <= 64:
            raise MalformedCertificate("expected 0 ≤ power ≤ 64", place="claim.power")

    @builtins.property
    def traits(self) -> Traits:
        """What the property says, as fields."""
        return TRAITS[self.property]

    def sentence(self) -> str:
        """The claim in words."""
        return f"The given activation φ satisfies {self.property}: {self._statement()}."

    def _statement(self) -> str:
        slope, growth, curvature = (
            "" if value is None else in_words(value)
            for value in (self.slope_bound, self.slope_growth, self.curvature_bound)
        )
        whole, positive = "σ ≥ 0", "σ > 0"
        nonzero, zero = "nonzero for every {0}", "zero for every {0}"
        return {
            "P1": f"0 ≤ φ'(z) ≤ {slope}" + (f" |z|^{self.power}" if self.power else "") + " for almost every z",
            "P1'": f"0 ≤ φ'(z) ≤ {slope} + {growth} |z|^{self.power} for almost every z (ours, weaker than P1)",
            "not-P1": "no L_1 > 0 and p ≥ 0 have 0 ≤ φ'(z) ≤ L_1 |z|^p for almost every z",
            "P2": "ρ(σ) = min(T_1, T_2, T_3) > 0 for every σ > 0",
            "not-P2": "ρ(σ) ≤ 0 for some σ > 0",
            "P3a-lipschitz": f"φ' is Lipschitz with constant {curvature}",
            "P3a-strict": f"φ'' exists everywhere and |φ''| ≤ {curvature}",
            "not-P3a": "φ' is not Lipschitz",
            "P3b": f"φ is continuous and affine between at most {self.kinks} kinks",
            "not-P3b": "φ'' is nonzero on an interval",
            "A2.3(a)": _READING.format(range=whole, gamma=nonzero.format(whole)),
            "A2.3(b)": _READING.format(range=whole, gamma=zero.format(whole)),
            "A2.3(a) for σ > 0": _READING.format(range=positive, gamma=nonzero.format(positive)),
            "A2.3(b) for σ > 0": _READING.format(range=positive, gamma=zero.format(positive)),
        }[self.property]


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
class AssumedTail:
    """For |z| ≥ radius: 0 ≤ φ'(z) ≤ slope_bound + slope_growth|z|^power and |φ''(z)| ≤ curvature_bound.

    Used only where the judge cannot prove a tail; it then enters the ledger and the verdict is conditional.
    """

    slope_bound: Fraction
    slope_growth: Fraction
    power: int
    curvature_bound: Fraction

    def __post_init__(self) -> None:
        """Refuse what is no bound."""
        bounds = (self.slope_bound, self.slope_growth, self.curvature_bound)
        if min(bounds) < 0 or not 0 <= self.power <= 64:
            raise MalformedCertificate("expected bounds ≥ 0 and 0 ≤ power ≤ 64", place="evidence.tail")


@dataclass(frozen=True)
class Evidence:
    """Witnesses; which ones are needed depends on the property and the rule.

    Parameters
    ----------
    rule
        ``sign``: cells and tails (P1, P1', P2, P3a). ``third-term``: T_3 > 0 on cells of σ (P2). ``witness``: one point
        (not-P1, not-P2, not-P3b). ``growth``: φ' or φ'' grows without bound (not-P1, not-P3a). ``identity``: exact
        comparison (P3b, not-P3a; A2.3(b): φ' is even). ``slope-difference``: the sign of φ'(w) − φ'(−w) (A2.3(a)).
    radius
        R, where the tails begin.
    cells
        Tile [−R, R] and enclose φ' (P1, P1', P2) or φ'' (P3a); for ``slope-difference`` they tile [0, R].
    zeros
        Where φ' touches 0.
    witness
        A point with φ' < 0 (not-P1), φ'' ≠ 0 (P2 by ``sign``, not-P3b) or φ^(3) ≠ 0 (P2 by ``third-term``); the σ with
        ρ(σ) ≤ 0 (not-P2).
    near, far
        For ``third-term``: tile [0, σ_L] and, in v = 1/σ, [0, v_L] with v_L ≥ 1/σ_L.
    mean, mean_cells
        For A2.3: how the statement about μ is shown; for ``slope-sum`` the cells tile [0, R].
    tail
        What to assume beyond R where no tail is proven.
    """

    rule: Rule
    radius: Fraction | None = None
    cells: Cells = ()
    zeros: tuple[Zero, ...] = ()
    witness: Fraction | None = None
    near: Cells = ()
    far: Cells = ()
    mean: MeanRule | None = None
    mean_cells: Cells = ()
    tail: AssumedTail | None = None

    def __post_init__(self) -> None:
        """Refuse a radius that is not positive, a witness out of range, and ends that are not dyadic."""
        if self.radius is not None and not 0 < self.radius <= 2**20:
            raise MalformedCertificate("expected 0 < radius ≤ 2^20", place="evidence.radius")
        if self.witness is not None and not abs(self.witness) <= 10**9:
            raise MalformedCertificate("expected |witness| ≤ 1e9", place="evidence.witness")
        for name in ("cells", "near", "far", "mean_cells"):
            check_cells(getattr(self, name), f"evidence.{name}")
