"""Kind `deep-linear-gradient-dominance`: ‖∇f‖² ≥ 2μ(f − min f) at weights of a deep linear network (theory 5.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from certificates.errors import MalformedCertificate
from certificates.language.order import weaker_when_smaller
from certificates.language.wording import at_least

__all__ = ["Claim", "Evidence"]


@dataclass(frozen=True)
class Claim:
    """What is asserted.

    Parameters
    ----------
    constant
        μ > 0: at the given weights ‖∇f(W)‖² ≥ 2μ(f(W) − min f), the gradient in the trained layers, the minimum over
        all weights of these widths. Smaller is weaker.
    """

    kind: ClassVar[str] = "deep-linear-gradient-dominance"

    constant: float = weaker_when_smaller()

    def __post_init__(self) -> None:
        """Refuse a constant that says nothing."""
        if self.constant <= 0:
            raise MalformedCertificate("expected a positive constant", place="claim.constant")

    def sentence(self) -> str:
        """The claim in words, its number rounded down."""
        return (
            f"At these weights of a deep linear network ‖∇f(W)‖² ≥ 2·{at_least(self.constant)}·(f(W) − min f), the "
            f"minimum over all weights of these widths; if ∇f(W) = 0, W is a global minimum."
        )


@dataclass(frozen=True)
class Evidence:
    """Bounds of spectra; nothing here is trusted.

    Parameters
    ----------
    case
        ``end``: the inputs or the outputs are the narrowest layer. ``interior``: a hidden layer is.
    inputs
        ς, at most the least non-zero eigenvalue of S = XXᵀ.
    above, below
        For ``end`` a number for each layer k: at most λ_min(W_(>k)W_(>k)ᵀ) and λ_min(W_(<k)ᵀW_(<k)), 0 where nothing is
        counted. For ``interior`` one each: at most the least non-zero eigenvalues of W_(>1)W_(>1)ᵀ and W_(<H)SW_(<H)ᵀ.
    inside, outside, norm, lift
        For ``interior``: Σ = CS⁻¹Cᵀ is at least a on the range of R, at most b on its complement and at most σ; t
        proves b by Σ ⪯ bI + tAAᵀ.
    solution
        For ``interior``: Q near S⁻¹Cᵀ, its rows; it proves a.
    """

    case: Literal["end", "interior"]
    inputs: float
    above: tuple[float, ...]
    below: tuple[float, ...]
    inside: float = 0.0
    outside: float = 0.0
    norm: float = 0.0
    lift: float = 0.0
    solution: tuple[tuple[float, ...], ...] = ()
