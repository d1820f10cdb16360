"""Page of `gradient-dominance-sos`."""

from __future__ import annotations

from certificates import Accepted
from certificates.claims.gradient_dominance_sos import Claim, Evidence
from verify.typesetting.decimals import down, up
from verify.typesetting.facts import in_notation
from verify.typesetting.formulas import Formula, Line, Part, scientific
from verify.typesetting.page import Page, Symbol

__all__ = ["PAGE"]

_SYMBOLS = {
    "radius": Symbol(r"\varrho", "ϱ", "radius of the ball"),
    "constant": Symbol(r"\mu", "μ", "constant of the inequality"),
    "level": Symbol(r"\text{level}", "level", "value the loss is compared with"),
}


def _statement(claim: Claim) -> tuple[Part, ...]:
    excess = "f(w)" if claim.level == 0 else rf"\big(f(w)-{scientific(up(claim.level))}\big)"
    return (
        "For every point with ",
        Formula(rf"\lVert w-w^*\rVert\le {scientific(down(claim.radius))}"),
        ": ",
        Formula(rf"\lVert\nabla f(w)\rVert^2\ge2\cdot {scientific(down(claim.constant))}\,{excess}"),
        ".",
    )


def _reasons(claim: Claim, evidence: Evidence, verdict: Accepted) -> tuple[Line, ...]:
    del claim, verdict
    sizes = [int(((8 * len(part) + 1) ** 0.5 - 1) / 2) for part in (evidence.first, evidence.second)]
    return (
        Line(
            r"\lVert\nabla f\rVert^2-2\mu(f-\text{level})=z_0^TQ_0z_0+(\varrho^2-\lVert h\rVert^2)\,z_1^TQ_1z_1",
            "‖∇f‖² − 2μ(f − level) = z₀ᵀQ₀z₀ + (ϱ² − ‖h‖²) z₁ᵀQ₁z₁",
            f"exact, for Gram matrices of sizes {sizes[0]} and {sizes[1]}",
            "every coefficient compared over the rationals",
        ),
        Line(r"Q_0\succ0,\ Q_1\succ0", "Q₀ ≻ 0, Q₁ ≻ 0", "both", "proved by factorisation"),
    )


PAGE = Page(
    title=lambda _: "The gradient dominates a polynomial loss on a ball",
    notation=("The loss is the exact polynomial in the certificate; ", Formula("h=w-w^*"), "."),
    statement=_statement,
    reasons=_reasons,
    symbols=_SYMBOLS,
    fact=in_notation({"f(w*)": "f(w^*)"}),
)
