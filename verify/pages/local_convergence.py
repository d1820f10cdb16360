"""Page of `local-convergence`: the theorem and its chain of inequalities (theory 4.5)."""

from __future__ import annotations

from certificates import Verdict
from certificates.claims.local_convergence import Claim, Evidence
from verify.typesetting.decimals import between, down, less
from verify.typesetting.descent import descent_to_zero_loss
from verify.typesetting.facts import in_notation
from verify.typesetting.formulas import Formula, Line, Part, scientific
from verify.typesetting.page import Page, Symbol

__all__ = ["PAGE"]

_NOTATION: tuple[Part, ...] = (
    "The loss is ",
    Formula(r"f(w)=s\lVert F(w)-y\rVert^2=2ns\,L(w)"),
    " with ",
    Formula(r"F=\varphi(XW^T)v"),
    "; ",
    Formula("J"),
    " is the Jacobian in ",
    Formula("W"),
    ", ",
    Formula(r"\mathcal J=[\Phi,J]"),
    " that in both layers, and ",
    Formula("K"),
    " the tangent kernel of what is trained. Lengths over the samples are divided by ",
    Formula(r"\sqrt n"),
    ".",
)

_FACTS = {
    "n": "n",
    "d": "d",
    "k": "k",
    "σ_min(W)": r"\sigma_{\min}(W)",
    "σ_max(W)": r"\sigma_{\max}(W)",
    "w_min": r"w_{\min}",
    "w_max": r"w_{\max}",
    "v_min": r"v_{\min}",
    "v_max": r"v_{\max}",
    "σ_min(X∗X)": r"\sigma_{\min}(X\ast X)",
    "ξ": r"\xi",
    "χ/n": r"\chi/n",
    "λ_min(JJᵀ)/n": r"\lambda_{\min}(JJ^T)/n",
    "λ_max(JJᵀ)/n": r"\lambda_{\max}(JJ^T)/n",
    "Schur": r"\text{Schur}",
    "λ_min(K)/n": r"\lambda_{\min}(K)/n",
    "λ_max(K)/n": r"\lambda_{\max}(K)/n",
    "e₀": "e_0",
    "β": r"\beta",
    "s": r"\sigma(r+R)",
    "M": "M",
    "M_R": "M_R",
    "s²/M": r"\sigma(r+R)^2/M",
}

_SYMBOLS = {
    "start_radius": Symbol("r", "r", "starts lie this close to the centre"),
    "radius": Symbol("R", "R", "iterates and limit stay this close to the start"),
    "step_size_max": Symbol(r"\eta\le 1/(2nsM)", "η ≤ 1/(2nsM)", "largest step size covered"),
    "decrease_rate": Symbol(r"\kappa=2ns\,\sigma(r+R)^2", "κ = 2nsσ(r + R)²", "decrease per step size"),
    "distance_factor": Symbol(r"c=2/(\sigma(r+R)\sqrt n)", "c = 2/(σ(r + R)√n)", "distance per residual"),
}


def _statement(claim: Claim) -> tuple[Part, ...]:
    place = "the given weights" if claim.around == "weights" else "the teacher's weights, which plant the labels"
    return (
        "Let ",
        Formula("w_0"),
        " be any start within ",
        Formula(scientific(down(claim.start_radius))),
        f" of {place}, and ",
        *descent_to_zero_loss(claim),
    )


def _reasons(claim: Claim, evidence: Evidence, verdict: Verdict) -> tuple[Line, ...]:
    """The inequalities of theory 4.5 in order; one that was not shown says so."""
    del claim
    facts = {fact.symbol: fact for fact in verdict.facts}
    slope, left, right = facts["s"], facts["criterion left"], facts["criterion right"]
    unproven = "" if slope.lower > 0 else ", not shown to be positive"
    return (
        Line(
            r"\sigma(r+R)=s_0-\beta\,(r+R)>0",
            "σ(r + R) = s₀ − β(r + R) > 0",
            between(slope.lower, slope.upper) + unproven,
            "the Jacobian keeps full rank on the ball, so ‖∇L‖² ≥ 2σ²L there (Polyak–Łojasiewicz)",
        ),
        Line(
            r"e_r<\tfrac12\int_r^{r+R}\sigma(t)\,dt",
            "e_r < ½∫ᵣʳ⁺ᴿ σ(t) dt",
            less(left.upper, right.lower),
            f"the residual of every start is used up before the path is R long, r ≈ {evidence.start_radius:.6g} and "
            f"R ≈ {evidence.path_radius:.6g}",
        ),
        Line(
            r"M=\left(S_0+\beta(r+R)\right)^2+\beta\,e_r",
            "M = (S₀ + β(r + R))² + β e_r",
            between(facts["M"].lower, facts["M"].upper),
            "the smoothness of L where it is no larger than at the start; steps up to 1/M are covered",
        ),
    )


def _title(claim: Claim) -> str:
    if claim.around == "teacher":
        return "Gradient descent from every start near the teacher converges to zero loss"
    return "Gradient descent from every start near these weights converges to zero loss"


PAGE = Page(
    title=_title,
    notation=_NOTATION,
    statement=_statement,
    reasons=_reasons,
    symbols=_SYMBOLS,
    fact=in_notation(_FACTS),
    refusal=_reasons,
    facts_title="Numbers at the centre and on the ball",
)
