"""Page of `relu-convergence`: the integral and what it has to exceed (theory 5.3.6)."""

from __future__ import annotations

from certificates import Verdict
from certificates.claims.relu_convergence import Claim, Evidence
from verify.typesetting.decimals import between, down, less, up
from verify.typesetting.facts import in_notation
from verify.typesetting.formulas import Formula, Line, Part, scientific
from verify.typesetting.page import Page, Symbol

__all__ = ["PAGE"]

_NOTATION: tuple[Part, ...] = (
    "The loss is ",
    Formula(r"f(W)=s\lVert F(W)-y\rVert^2"),
    " with ",
    Formula(r"F_i(W)=v\sum_ra_r\max(w_r\cdot x_i,0)"),
    ", ",
    Formula(r"a_r=\pm1"),
    ", and only ",
    Formula("W"),
    " is trained; ",
    Formula("P"),
    " is its Jacobian over ",
    Formula("v"),
    ".",
)

_FACTS = {
    "σ": r"\sigma_{\min}(P)",
    "‖P‖": r"\lVert P\rVert",
    "v": "v",
    "‖X̃‖": r"\lVert X\rVert",
    "‖e‖": r"\lVert e_0\rVert",
    "κ": r"\kappa",
}

_SYMBOLS = {
    "radius": Symbol(r"R_\infty", "R∞", "weights stay this close to the start"),
    "decrease_rate": Symbol(r"\kappa", "κ", "rate of the loss"),
    "step_size_max": Symbol(r"\eta", "η", "largest step size covered"),
}


def _statement(claim: Claim) -> tuple[Part, ...]:
    norm = r"\lVert w_r(t)-w_r(0)\rVert" if claim.movement == "unit" else r"\lVert W(t)-W(0)\rVert_F"
    rate = scientific(down(claim.decrease_rate))
    flow: tuple[Part, ...] = (
        "Every solution of the gradient flow ",
        Formula(r"W'\in-\partial f(W)"),
        " (Clarke) from the given weights keeps ",
        Formula(rf"{norm}\le {scientific(up(claim.radius))}"),
        " for all times, converges to zero loss, and ",
        Formula(rf"f(W(t))\le e^{{-{rate}\,t}}f(W(0))"),
    )
    if claim.step_size_max is None:
        return (*flow, ".")
    return (
        *flow,
        "; so does exact gradient descent with any steps ",
        Formula(rf"\eta_k\le {scientific(down(claim.step_size_max))}"),
        " of divergent sum: ",
        Formula(rf"f(W_{{k+1}})\le(1-{rate}\,\eta_k)f(W_k)"),
        ".",
    )


def _reasons(claim: Claim, evidence: Evidence, verdict: Verdict) -> tuple[Line, ...]:
    facts = {fact.symbol: fact for fact in verdict.facts}
    left, right = facts["criterion left"], facts["criterion right"]
    unit = claim.movement == "unit"
    return (
        Line(
            r"\sigma^2\le\lambda_{\min}(XX^T\circ C)",
            "σ² ≤ λ_min(XXᵀ ∘ C)",
            between(facts["σ"].lower, facts["σ"].upper),
            "C counts the units that are active for two inputs at the start",
        ),
        Line(
            r"\kappa(R)^2\le\lambda_{\max}(|XX^T|\circ N(R))"
            if unit
            else r"\kappa(R)^2\le\lVert X\rVert^2\max_iN_i(R)",
            "κ(R)² ≤ λ_max(|XXᵀ| ∘ N(R))" if unit else "κ(R)² ≤ ‖X‖² max N_i(R)",
            between(facts["κ"].lower, facts["κ"].upper),
            f"N counts the units whose sides can change; κ at the last of {len(evidence.radii)} radii",
        ),
        Line(
            r"\int_0^R(\sigma-\kappa)_+^2>\lVert X\rVert\lVert e_0\rVert/v"
            if unit
            else r"\int_0^R(\sigma-\kappa)_+>\lVert e_0\rVert/v",
            "v∫(σ − κ)₊² > ‖X‖‖e₀‖" if unit else "v∫(σ − κ)₊ > ‖e₀‖",
            less(right.upper, left.lower),
            "the residual is used up before the weights can leave",
        ),
    )


PAGE = Page(
    title=lambda _: "Training this wide ReLU layer converges to zero loss",
    notation=_NOTATION,
    statement=_statement,
    reasons=_reasons,
    symbols=_SYMBOLS,
    fact=in_notation(_FACTS),
    refusal=_reasons,
    facts_title="Numbers at the start",
)
