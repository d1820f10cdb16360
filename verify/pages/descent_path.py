"""Page of `descent-path`."""

from __future__ import annotations

from certificates import Accepted
from certificates.claims.descent_path import Claim, Evidence
from verify.typesetting.decimals import down, up
from verify.typesetting.facts import in_notation
from verify.typesetting.formulas import Formula, Line, Part, scientific
from verify.typesetting.linear import NOTATION
from verify.typesetting.page import Page, Symbol

__all__ = ["PAGE"]

_FACTS = {"f(W)": "f(W)", "‖∇f(W)‖²": r"\lVert\nabla f(W)\rVert^2", "q": "q", "c": "c"}

_SYMBOLS = {
    "gradient_norm": Symbol(r"\lVert\nabla f(W)\rVert\le", "‖∇f(W)‖ ≤", "norm of the gradient"),
    "curvature": Symbol(r"-\lambda_{\min}(\nabla^2f(W))\ge", "−λ_min(∇²f(W)) ≥", "negative curvature"),
}


def _statement(claim: Claim) -> tuple[Part, ...]:
    slope = r"\nabla f(W)=0" if claim.gradient_norm == 0 else rf"\lVert\nabla f(W)\rVert\le {_above(claim)}"
    bent: tuple[Part, ...] = ()
    if claim.curvature > 0:
        bent = (", ", Formula(rf"\lambda_{{\min}}(\nabla^2f(W))\le-{scientific(down(claim.curvature))}"))
    return ("These weights are no local minimum; ", Formula(slope), *bent, ".")


def _above(claim: Claim) -> str:
    return scientific(up(claim.gradient_norm))


def _reasons(claim: Claim, evidence: Evidence, verdict: Accepted) -> tuple[Line, ...]:
    del claim
    facts = {fact.symbol: fact for fact in verdict.facts}
    moved = sorted({layer for layer, _ in evidence.places})
    return (
        Line(
            r"W_k(t)=W_k+\sum_at^aD_{k,a}",
            "W_k(t) = W_k + Σ tᵃ D_{k,a}",
            f"layers {', '.join(map(str, moved))} move, highest power {max(power for _, power in evidence.places)}",
            "the path in the certificate",
        ),
        Line(
            r"f(W(t))=f(W)+c\,t^q+O(t^{q+1}),\quad c<0",
            "f(W(t)) = f(W) + c t^q + O(t^(q+1)), c < 0",
            f"q = {facts['q'].upper:.0f}, c ≤ {up(facts['c'].upper)}",
            "a polynomial in t, expanded exactly: all lower coefficients are 0",
        ),
    )


PAGE = Page(
    title=lambda _: "These weights of a deep linear network are no local minimum",
    notation=NOTATION,
    statement=_statement,
    reasons=_reasons,
    symbols=_SYMBOLS,
    fact=in_notation(_FACTS),
)
