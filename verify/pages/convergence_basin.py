"""Page of `convergence-basin`: an exact zero, how far starts may be from it, and what is left of the descent."""

from __future__ import annotations

from certificates import Verdict
from certificates.claims.convergence_basin import Claim, Evidence
from verify.typesetting.decimals import between, down, up
from verify.typesetting.facts import in_notation
from verify.typesetting.formulas import Formula, Line, Part, scientific
from verify.typesetting.page import Page, Symbol

__all__ = ["PAGE"]

_NOTATION: tuple[Part, ...] = (
    "The loss is ",
    Formula(r"f(w)=s\lVert F(w)-y\rVert^2"),
    "; ",
    Formula(r"\hat w"),
    " are the given weights, ",
    Formula("J"),
    " is the Jacobian of ",
    Formula("F"),
    " in the trained parameters, ",
    Formula("z'"),
    " a zero of the loss near ",
    Formula(r"\hat w"),
    ".",
)

_FACTS = {
    "‖e‖": r"\lVert e\rVert",
    "σ": r"\hat\sigma",
    "β(ϱ)": r"\beta(\varrho)",
    "r": "r",
    "σ'": r"\sigma'",
    "Ψ": r"\Psi",
    "σ_∞": r"\sigma_\infty",
}

_SYMBOLS = {
    "radius": Symbol(r"\rho", "ρ", "starts this close converge"),
    "step_size_max": Symbol(r"\eta", "η", "largest step size covered"),
    "decrease_rate": Symbol(r"\kappa", "κ", "of the product, per step size"),
    "reach": Symbol(r"\lVert w_k-\hat w\rVert\le", "‖w_k − ŵ‖ ≤", "iterates and limit stay this close"),
    "distance_bound": Symbol("d", "d", "a zero lies within d √P_k of w_k"),
    "loss_bound": Symbol("C", "C", "f(w_k) ≤ C P_k"),
    "origin.distance": Symbol(r"\lVert\hat w-w_{\mathrm{given}}\rVert", "‖ŵ − w_given‖", "moved by polishing"),
}


def _statement(claim: Claim) -> tuple[Part, ...]:
    rate = scientific(down(claim.decrease_rate))
    return (
        "From every start within ",
        Formula(scientific(down(claim.radius))),
        " of the given weights, with any steps ",
        Formula(rf"0<\eta_k\le{scientific(down(claim.step_size_max))}"),
        " of divergent sum, gradient descent stays within ",
        Formula(scientific(up(claim.reach))),
        " of them and converges to loss 0; with ",
        Formula(rf"P_k=\prod_{{j<k}}(1-{rate}\,\eta_j)"),
        ", ",
        Formula(rf"f(w_k)\le{scientific(up(claim.loss_bound))}\,P_k"),
        ", and a zero lies within ",
        Formula(rf"{scientific(up(claim.distance_bound))}\sqrt{{P_k}}"),
        ".",
    )


def _reasons(claim: Claim, evidence: Evidence, verdict: Verdict) -> tuple[Line, ...]:
    del claim
    facts = {fact.symbol: fact for fact in verdict.facts}
    return (
        Line(
            r"\lVert z'-\hat w\rVert\le r",
            "‖z' − ŵ‖ ≤ r",
            between(facts["r"].lower, facts["r"].upper),
            "an exact zero, by Newton's method of least norm",
        ),
        Line(
            r"\rho+r<x_c\sigma'/\beta",
            "ρ + r < x_c σ'/β",
            f"ρ = {evidence.radius:.6g}, β ≤ {facts['β(ϱ)'].upper:.6g}",
            f"every start has one nearest zero, and bends little on the way to it, u ≤ {evidence.most:g}",
        ),
        Line(
            r"\Psi=c-u_c^2/(1-v)>0",
            "Ψ = c − u_c²/(1 − v) > 0",
            between(facts["Ψ"].lower, facts["Ψ"].upper),
            "the distance to the nearest zero falls faster than zeros drift",
        ),
    )


PAGE = Page(
    title=lambda _: "Descent from every start near these weights converges to zero loss",
    notation=_NOTATION,
    statement=_statement,
    reasons=_reasons,
    symbols=_SYMBOLS,
    fact=in_notation(_FACTS),
    refusal=_reasons,
    facts_title="Numbers at the weights",
)
