"""Page of `float-run`: an exact zero, what a step of the loop rounds, and for how many steps that is borne."""

from __future__ import annotations

from certificates import Verdict
from certificates.claims.float_run import Claim, Evidence
from verify.typesetting.decimals import between, down, up
from verify.typesetting.facts import in_notation
from verify.typesetting.formulas import Formula, Line, Part, scientific
from verify.typesetting.page import Page, Symbol

__all__ = ["PAGE"]

_NOTATION: tuple[Part, ...] = (
    "The loss is ",
    Formula(r"f(w)=s\lVert F(w)-y\rVert^2"),
    "; ",
    Formula("w_0"),
    " are the given weights, ",
    Formula("w_k"),
    " those that a loop in binary64 computes, ",
    Formula("J"),
    " is the Jacobian of ",
    Formula("F"),
    " in the trained parameters.",
)

_FACTS = {
    "‖e‖": r"\lVert e\rVert",
    "σ": r"\sigma",
    "β(ϱ)": r"\beta(\varrho)",
    "D_0": "D_0",
    "σ_*": r"\sigma_*",
    "δ_e": r"\delta_e",
    "δ_r": r"\delta_r",
    "Ψ": r"\Psi",
    "Γ": r"\Gamma_H",
}

_SYMBOLS = {
    "step_size": Symbol(r"\eta", "η", "the constant step"),
    "steps": Symbol("H", "H", "steps covered"),
    "value_error": Symbol(r"\omega", "ω", "how wrong φ may be"),
    "slope_error": Symbol(r"\omega'", "ω'", "how wrong φ' may be"),
    "contraction": Symbol("c", "c", "of the distance, per step"),
    "distance_bound": Symbol("d", "d", "a zero lies within b_k = d(1 − c)^k + floor"),
    "floor": Symbol("b", "b", "the floor: what rounding keeps up"),
    "loss_factor": Symbol("C", "C", "f(w_k) ≤ C b_k²"),
    "reach": Symbol(r"\lVert w_k-w_0\rVert\le", "‖w_k − w_0‖ ≤", "all weights stay this close"),
    "largest_input": Symbol("Z", "Z", "no pre-activation is beyond ±Z"),
}


def _statement(claim: Claim) -> tuple[Part, ...]:
    rate, distance = scientific(down(claim.contraction)), scientific(up(claim.distance_bound))
    return (
        "For ",
        Formula(rf"b_k={distance}\,(1-{rate})^k+{scientific(up(claim.floor))}"),
        " and every ",
        Formula(rf"0\le k\le{claim.steps}"),
        ", every execution has weights of loss exactly 0 within ",
        Formula("b_k"),
        " of ",
        Formula("w_k"),
        ", and ",
        Formula(rf"f(w_k)\le{scientific(up(claim.loss_factor))}\,b_k^2"),
        ".",
    )


def _reasons(claim: Claim, evidence: Evidence, verdict: Verdict) -> tuple[Line, ...]:
    del claim
    facts = {fact.symbol: fact for fact in verdict.facts}
    return (
        Line(
            r"w^+=w-\eta J^T(e+\rho)+r",
            "w⁺ = w − ηJᵀ(e + ρ) + r",
            f"‖ρ‖ ≤ {facts['δ_e'].upper:.3g}, ‖r‖ ≤ {facts['δ_r'].upper:.3g}",
            "a step of the loop, in whatever order it sums",
        ),
        Line(
            r"\Psi=c-u_M^2/(1-v)>0",
            "Ψ = c − u_M²/(1 − v) > 0",
            between(facts["Ψ"].lower, facts["Ψ"].upper),
            "the distance to the nearest zero falls faster than zeros drift",
        ),
        Line(
            r"\sigma_*e^{-\Gamma_H}\ge\sigma_\flat",
            "σ_* e^(−Γ) ≥ σ_♭",
            f"Γ ≤ {facts['Γ'].upper:.4g}, σ_♭ = {evidence.kept:g} σ_*",
            f"for {evidence.steps} steps",
        ),
    )


PAGE = Page(
    title=lambda _: "Descent in binary64 from these weights stays near zero loss",
    notation=_NOTATION,
    statement=_statement,
    reasons=_reasons,
    symbols=_SYMBOLS,
    fact=in_notation(_FACTS),
    refusal=_reasons,
    facts_title="Numbers at the weights",
)
