"""Kind `zhong-rho-global`: ρ(σ) ≥ c (bσ)^p/(1 + (bσ)²)^Q for all σ > 0 (theory 2.5)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Literal

from certificates.errors import MalformedCertificate
from certificates.language.limits import check_cells
from certificates.language.order import weaker_when_smaller
from certificates.language.parts import Quadrature
from certificates.language.slopes import Cells
from certificates.language.wording import in_words, rounded_down

__all__ = ["Cells", "Claim", "Evidence", "HermiteChoice"]

_LARGEST_EXPONENT = 16


@dataclass(frozen=True)
class Claim:
    """What is asserted.

    Parameters
    ----------
    constant
        c > 0. Smaller is weaker.
    power
        p, 0 ≤ p ≤ 16.
    decay
        Q, half an integer, 0 ≤ Q ≤ 16.
    scale
        b > 0.
    """

    kind: ClassVar[str] = "zhong-rho-global"

    power: int
    decay: Fraction
    constant: Fraction = weaker_when_smaller()
    scale: Fraction = Fraction(1)

    def __post_init__(self) -> None:
        """Refuse exponents out of range, and numbers that are not positive."""
        if not self.constant > 0 or not self.scale > 0:
            raise MalformedCertificate("expected c > 0 and b > 0", place="claim")
        if not 0 <= self.power <= _LARGEST_EXPONENT:
            raise MalformedCertificate("expected 0 ≤ p ≤ 16", place="claim.power")
        if not 0 <= self.decay <= _LARGEST_EXPONENT or (2 * self.decay).denominator != 1:
            raise MalformedCertificate("expected 0 ≤ Q ≤ 16 with 2Q an integer", place="claim.decay")

    def sentence(self) -> str:
        """The claim in words, its constant rounded down."""
        base = "σ" if self.scale == 1 else f"({in_words(self.scale)} σ)"
        bound = rounded_down(self.constant)
        if self.power:
            bound += f" {base}^{self.power}"
        if self.decay:
            bound += f"/(1 + {base}²)^{in_words(self.decay)}"
        return f"For the given activation, ρ(σ) = min(T_1, T_2, T_3) ≥ {bound} for every σ > 0."


@dataclass(frozen=True)
class HermiteChoice:
    """Which Hermite coefficient bounds a term near 0: its degree k, and the power m of σ it is divided by."""

    degree: int
    order: int

    def __post_init__(self) -> None:
        """Refuse what is out of range."""
        if not (0 <= self.degree <= 12 and 0 <= self.order <= 8):
            raise MalformedCertificate("expected degree ≤ 12 and order ≤ 8", place="evidence")


@dataclass(frozen=True)
class Evidence:
    """Witnesses; which ones are needed depends on the lemma.

    Parameters
    ----------
    lemma
        ``even`` (tanh, sigmoid, arctan, softsign), ``softplus`` (also the smooth leaky ReLU): monotone moments on
        cells; ``erf``: an exact polynomial identity; ``homogeneous``: ρ at σ = 1; ``step``: cells for a slope that
        tends to a step.
    near, middle, far
        Cells in increasing order: in σ from 0, in σ, and in v = 1/σ from 0; together they cover (0, ∞).
    first, second
        For ``step``: the Hermite coefficients that bound T_1 and T_2 on the near cells.
    quadrature
        For ``step`` and ``homogeneous``.
    """

    lemma: Literal["even", "softplus", "erf", "homogeneous", "step"]
    near: Cells = ()
    middle: Cells = ()
    far: Cells = ()
    first: HermiteChoice | None = None
    second: HermiteChoice | None = None
    quadrature: Quadrature = "integral"

    def __post_init__(self) -> None:
        """Refuse ends that are not dyadic."""
        for name in ("near", "middle", "far"):
            check_cells(getattr(self, name), f"evidence.{name}")
