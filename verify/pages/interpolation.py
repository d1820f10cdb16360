"""Page of `interpolation`: the Newton step, how much the network bends, and the distance (theorem 1.5.1)."""

from __future__ import annotations

from certificates import Verdict
from certificates.claims.interpolation import Claim, Evidence
from verify.typesetting.decimals import between, down, up
from verify.typesetting.facts import in_notation
from verify.typesetting.formulas import Formula, Line, Part, scientific
from verify.typesetting.page import Page, Symbol

__all__ = ["PAGE"]

_NOTATION: tuple[Part, ...] = (
    "The loss is ",
    Formula(r"f(w)=s\lVert F(w)-y\rVert^2"),
    "; ",
    Formula("e_0=F(w_0)-y"),
    " is the residual at the weights, ",
    Formula("J"),
    " the Jacobian of ",
    Formula("F"),
    " in the trained parameters, and ",
    Formula("K=JJ^T"),
    " the tangent kernel at the weights.",
)

_FACTS = {
    "N": "N",
    "p": "p",
    "‖e₀‖": r"\lVert e_0\rVert",
    "λ_min(K)": r"\lambda_{\min}(K)",
    "ξ": r"\xi",
    "β(ϱ)": r"\beta(\varrho)",
    "h": "h",
}

_SYMBOLS = {
    "radius": Symbol(r"r=2\xi/(1+\sqrt{1-2h})", "r = 2ξ/(1 + √(1 − 2h))", "an exact zero of the loss is this close"),
    "singular_value": Symbol(r"\sigma_0\sqrt{1-2h}", "σ₀√(1 − 2h)", "singular values of the Jacobian there, at least"),
    "origin.distance": Symbol(r"\lVert w_0-w_{\mathrm{given}}\rVert", "‖w₀ − w_given‖", "moved by polishing"),
}


def _statement(claim: Claim) -> tuple[Part, ...]:
    return (
        "Within ",
        Formula(scientific(up(claim.radius))),
        " of the given weights there are weights ",
        Formula("w^*"),
        " with ",
        Formula("F(w^*)=y"),
        " exactly, a global minimum of loss 0, and all singular values of ",
        Formula("J(w^*)"),
        " are at least ",
        Formula(scientific(down(claim.singular_value))),
        ".",
    )


def _reasons(claim: Claim, evidence: Evidence, verdict: Verdict) -> tuple[Line, ...]:
    del claim
    facts = {fact.symbol: fact for fact in verdict.facts}
    return (
        Line(
            r"\lVert J^+e_0\rVert\le\xi=\sqrt{c^TKc}+\lVert e_0-Kc\rVert/\sigma_0",
            "‖J⁺e₀‖ ≤ ξ = √(cᵀKc) + ‖e₀ − Kc‖/σ₀",
            between(facts["ξ"].lower, facts["ξ"].upper),
            "the Newton step of least norm, for a stored vector c",
        ),
        Line(
            r"h=\beta(\varrho)\,\xi/\sigma_0\le\tfrac12",
            "h = β(ϱ)ξ/σ₀ ≤ ½",
            between(facts["h"].lower, facts["h"].upper),
            f"the network bends little within ϱ ≈ {evidence.reach:.6g}; β is the {evidence.curvature} bound",
        ),
    )


PAGE = Page(
    title=lambda _: "Weights of zero loss lie near these",
    notation=_NOTATION,
    statement=_statement,
    reasons=_reasons,
    symbols=_SYMBOLS,
    fact=in_notation(_FACTS),
    refusal=_reasons,
    facts_title="Numbers at the weights",
)
