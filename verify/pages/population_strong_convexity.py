"""Page of `population-strong-convexity`."""

from __future__ import annotations

from certificates import Accepted
from certificates.claims.population_strong_convexity import Claim, Evidence
from verify.typesetting.decimals import down, up
from verify.typesetting.facts import by_symbol, in_notation
from verify.typesetting.formulas import Formula, Line, Part, scientific
from verify.typesetting.page import Page, Symbol

__all__ = ["PAGE"]

_DIGITS = 12

_SYMBOLS = {
    "curvature": Symbol(r"\lambda_{\min}\ge", "λ_min ≥", "the smallest eigenvalue from below"),
    "attained": Symbol(r"\lambda_{\min}\le", "λ_min ≤", "the smallest eigenvalue from above"),
    "general_bound": Symbol(r"\lambda_{\min}\ge_{\sigma}", "λ_min ≥ (from σ)", "what the singular values alone show"),
}

_FACTS = {
    "λ_min": r"\lambda_{\min}",
    "λ_max": r"\lambda_{\max}",
    "ρ̃(t)": r"\tilde\rho(t)",
    "t": "t",
    "(σ₁/t)²": r"(\sigma_1/t)^2",
}

_NOTATION: tuple[Part, ...] = (
    "Units learn their own function ",
    Formula(r"\sum_jv_j\varphi(w_j^{*T}x)"),
    " of ",
    Formula(r"x\sim N(0,I)"),
    ": ",
    Formula(r"f(W)=\tfrac12E\big(\sum_jv_j\varphi(w_j^Tx)-\sum_jv_j\varphi(w_j^{*T}x)\big)^2"),
    "; ",
    Formula(r"\lambda_{\min}"),
    " is the smallest eigenvalue of ",
    Formula(r"\nabla^2f(W^*)"),
    ", ",
    Formula(r"\sigma_1\ge\dots\ge\sigma_k"),
    " are the singular values of ",
    Formula("W^*"),
    ".",
)


def _statement(claim: Claim) -> tuple[Part, ...]:
    low, high = scientific(down(claim.curvature, _DIGITS)), scientific(up(claim.attained, _DIGITS))
    parts: tuple[Part, ...] = ("At the planted weights ", Formula(rf"{low}\le\lambda_{{\min}}\le {high}"))
    if claim.general_bound is not None:
        bound = scientific(down(claim.general_bound, _DIGITS))
        parts += ("; the singular values of ", Formula("W^*"), " alone show ", Formula(rf"\lambda_{{\min}}\ge {bound}"))
    return (*parts, ".")


def _reasons(claim: Claim, evidence: Evidence, verdict: Accepted) -> tuple[Line, ...]:
    facts = by_symbol(verdict)
    lines = (
        Line(
            r"\nabla^2f(W^*)=\big(v_iv_jE[\varphi'(w_i^{*T}x)\varphi'(w_j^{*T}x)xx^T]\big)_{ij}",
            "∇²f(W*) = (v_i v_j E[φ'(w_i*·x) φ'(w_j*·x) xxᵀ])_ij",
            f"{len(evidence.direction)} rows",
            f"closed forms, or {evidence.terms} Hermite coefficients with the rest bounded (theory 4.1)",
        ),
        Line(
            r"\lambda_{\min}\le\frac{a^T\nabla^2f(W^*)a}{\lVert a\rVert^2}",
            "λ_min ≤ aᵀ∇²f(W*)a/‖a‖²",
            f"λ_min {facts['λ_min']}",
            "below from discs around approximate eigenvectors, above from the given direction",
        ),
    )
    if claim.general_bound is None:
        return lines
    general = Line(
        r"\lambda_{\min}\ge v_{\min}^2\,\tilde\rho(t)\,\frac{t^{k+2}}{\sigma_1^2\prod_i\sigma_i}",
        "λ_min ≥ v_min² ρ̃(t) t^(k+2)/(σ₁² Π σ_i)",
        f"≥ {down(verdict.proved.general_bound, _DIGITS)}",
        "theorem 4.1.1, at t just below σ_k",
    )
    return (*lines, general)


PAGE = Page(
    title=lambda _: "The population loss is strongly convex at the planted weights",
    notation=_NOTATION,
    statement=_statement,
    reasons=_reasons,
    symbols=_SYMBOLS,
    fact=in_notation(_FACTS),
    digits=(12, 12),
)
