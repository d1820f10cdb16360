"""Page of `orthogonal-population-convexity`."""

from __future__ import annotations

from certificates import Accepted
from certificates.claims.orthogonal_population_convexity import Claim, Evidence
from certificates.language.wording import in_words
from verify.typesetting.decimals import down
from verify.typesetting.facts import shown_fact
from verify.typesetting.formulas import Formula, Line, Part, scientific
from verify.typesetting.moments import DIGITS, NOTATION, moments_line, number
from verify.typesetting.page import Page, Symbol

__all__ = ["PAGE"]

_SYMBOLS = {
    "sigma": Symbol(r"\sigma", "σ", "where"),
    "outer_weights": Symbol("v", "v", "outer weights"),
    "dimension": Symbol("d", "d", "dimension of the inputs"),
    "curvature": Symbol(r"\lambda", "λ", "bound of the smallest eigenvalue"),
}


def _statement(claim: Claim) -> tuple[Part, ...]:
    k, d = len(claim.outer_weights), claim.dimension
    return (
        "Let ",
        Formula(rf"x\sim N(0,I_{{{d}}})"),
        f", {k} planted weights ",
        Formula(rf"w_j^*={number(claim.sigma)}\,e_j"),
        " and the given ",
        Formula("v"),
        ". The Hessian of ",
        Formula(r"f(W)=\tfrac12E\big(\sum_jv_j\varphi(w_j^Tx)-\sum_jv_j\varphi(w_j^{*T}x)\big)^2"),
        " satisfies ",
        Formula(rf"\nabla^2f(W^*)\succeq {scientific(down(claim.curvature, 12))}\,I"),
        ".",
    )


def _reasons(claim: Claim, evidence: Evidence, verdict: Accepted) -> tuple[Line, ...]:
    del claim
    moments = moments_line(evidence.quadrature, evidence.bits, verdict, "five moments")
    bound = Line(
        r"\lambda_{\min}(\nabla^2f(W^*))\ge v_{\min}^2\min(T_1,T_2)",
        "λ_min(∇²f(W*)) ≥ v_min² min(T₁, T₂)",
        f"≥ {down(verdict.proved.curvature, 12)}",
        "theorem 2.2: at orthogonal weights of equal norm the form is a sum of squares with these weights",
    )
    return (moments, *(shown_fact(fact) for fact in verdict.facts), bound)


PAGE = Page(
    title=lambda claim: f"The population Hessian at orthogonal weights of norm {in_words(claim.sigma)}",
    notation=NOTATION,
    statement=_statement,
    reasons=_reasons,
    symbols=_SYMBOLS,
    fact=shown_fact,
    digits=DIGITS,
)
