"""Page of `certified-run`: the tube around the replay, and trapping at its end (theorems 1.7.1 and 1.7.2)."""

from __future__ import annotations

from certificates import Verdict
from certificates.claims.certified_run import Claim, Evidence
from verify.typesetting.decimals import between, down, less, up
from verify.typesetting.facts import in_notation
from verify.typesetting.formulas import Formula, Line, Part, scientific
from verify.typesetting.page import Page, Symbol

__all__ = ["PAGE"]

_NOTATION: tuple[Part, ...] = (
    "The loss is ",
    Formula(r"f(w)=s\lVert F(w)-y\rVert^2"),
    ", ",
    Formula("w_0"),
    " are the given weights, ",
    Formula(r"w_{k+1}=w_k-\eta\nabla f(w_k)"),
    " the exact run, ",
    Formula(r"\tilde w_k"),
    " the judge's replay of it in double precision, ",
    Formula("E_k"),
    " a bound of their distance.",
)

_FACTS = {
    "E": "E_T",
    "growth": r"\prod_k\max(1+\eta\gamma_k,\eta L_k-1)",
    "‖e_T‖": r"\lVert e_T\rVert",
    "σ": r"\tilde\sigma",
    "S": r"\tilde S",
    "2ε/L": r"2\varepsilon/L",
}

_SYMBOLS = {
    "steps": Symbol("T", "T", "from then on the loss falls geometrically"),
    "loss_bound": Symbol(r"f(w_T)\le", "f(w_T) ≤", "loss after T steps"),
    "decrease_rate": Symbol(r"\kappa", "κ", "decrease per step size"),
    "distance": Symbol(r"\lVert w_k-w_0\rVert\le", "‖w_k − w₀‖ ≤", "from step T on, and of the limit"),
}


def _statement(claim: Claim) -> tuple[Part, ...]:
    rate = scientific(down(claim.decrease_rate))
    return (
        "Gradient descent with the constant step ",
        Formula(rf"\eta={claim.step_size!r}"),
        " from the given weights converges to loss 0; for ",
        Formula(rf"k\ge{claim.steps}"),
        ", ",
        Formula(rf"f(w_k)\le{scientific(up(claim.loss_bound))}\,(1-{rate}\,\eta)^{{k-{claim.steps}}}"),
        ", within ",
        Formula(scientific(up(claim.distance))),
        " of the start.",
    )


def _reasons(claim: Claim, evidence: Evidence, verdict: Verdict) -> tuple[Line, ...]:
    facts = {fact.symbol: fact for fact in verdict.facts}
    return (
        Line(
            r"\lVert w_T-\tilde w_T\rVert\le E_T",
            "‖w_T − w̃_T‖ ≤ E_T",
            between(facts["E"].lower, facts["E"].upper),
            f"{evidence.steps} steps of the replay; each stretches the tube and adds what rounding can do",
        ),
        Line(
            r"\lVert e_T\rVert<(1-\varepsilon)\int_0^r\sigma(\rho)\,d\rho",
            "‖e_T‖ < (1 − ε)∫₀ʳ σ(ρ) dρ",
            less(facts["‖e_T‖"].upper, facts["criterion"].lower),
            "the trapping criterion, at every point of the end of the tube",
        ),
        Line(
            r"\eta\le2\varepsilon/L",
            "η ≤ 2ε/L",
            less(claim.step_size, facts["2ε/L"].lower),
            "the step is one of those that trapping covers",
        ),
    )


PAGE = Page(
    title=lambda claim: f"Gradient descent from these weights reaches zero loss, after {claim.steps} replayed steps",
    notation=_NOTATION,
    statement=_statement,
    reasons=_reasons,
    symbols=_SYMBOLS,
    fact=in_notation(_FACTS),
    refusal=_reasons,
    facts_title="Numbers at the end of the replay",
)
