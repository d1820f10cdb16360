"""Page of `deep-linear-critical`."""

from __future__ import annotations

from certificates import Accepted
from certificates.claims.deep_linear_critical import Claim, Evidence
from verify.typesetting.decimals import between, down
from verify.typesetting.facts import in_notation
from verify.typesetting.formulas import Formula, Line, Part, scientific
from verify.typesetting.linear import NOTATION
from verify.typesetting.page import Page, Symbol

__all__ = ["PAGE"]

_FACTS = {"f(W)": "f(W)", "rk R": r"\operatorname{rk}R", "r": "r", "q": "q"}

_SYMBOLS = {
    "value_lower": Symbol(r"f(W)\ge", "f(W) ≥", "loss there, from below"),
    "value_upper": Symbol(r"f(W)\le", "f(W) ≤", "loss there, from above"),
    "curvature": Symbol(r"-\lambda_{\min}(\nabla^2f(W))\ge", "−λ_min(∇²f(W)) ≥", "negative curvature"),
}


def _statement(claim: Claim) -> tuple[Part, ...]:
    what = "a global minimum" if claim.type == "global-minimum" else "a saddle"
    bent: tuple[Part, ...] = ()
    if claim.curvature > 0:
        bent = (", ", Formula(rf"\lambda_{{\min}}(\nabla^2f(W))\le-{scientific(down(claim.curvature))}"))
    return ("These weights are a critical point, ", Formula(r"\nabla f(W)=0"), f" exactly, and {what}", *bent, ".")


def _reasons(claim: Claim, evidence: Evidence, verdict: Accepted) -> tuple[Line, ...]:
    facts = {fact.symbol: fact for fact in verdict.facts}
    critical = Line(
        r"W_{>k}^T(RS-C)W_{<k}^T=0",
        "W_>kᵀ(RS − C)W_<kᵀ = 0",
        f"f(W) is {between(facts['f(W)'].lower, facts['f(W)'].upper)}",
        "every layer's gradient is 0, in integers",
    )
    if claim.type == "saddle":
        return (
            critical,
            Line(
                r"f(W(t))=f(W)+c\,t^q+O(t^{q+1}),\quad c<0",
                "f(W(t)) = f(W) + c t^q + O(t^(q+1)), c < 0",
                f"q = {facts['q'].upper:.0f}",
                "along the path in the certificate, expanded exactly",
            ),
        )
    return (
        critical,
        Line(
            r"RSR^T\succeq\tau\text{ on the range of }R,\quad(RS-C)S^+(RS-C)^T\preceq\tau I",
            "RSRᵀ ⪰ τ on the range of R, ΓS⁺Γᵀ ⪯ τI",
            f"τ = {evidence.threshold:.9g}, rank {facts['rk R'].upper:.0f} of {facts['r'].upper:.0f}",
            "what is kept of the labels is at least as large as what is left out; or nothing is left out",
        ),
    )


PAGE = Page(
    title=lambda claim: f"A critical point of a deep linear network: {claim.type.replace('-', ' ')}",
    notation=NOTATION,
    statement=_statement,
    reasons=_reasons,
    symbols=_SYMBOLS,
    fact=in_notation(_FACTS),
)
