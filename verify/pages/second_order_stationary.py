"""Page of `second-order-stationary`."""

from __future__ import annotations

from certificates import Accepted, Fact
from certificates.claims.second_order_stationary import Claim, Evidence
from verify.typesetting.decimals import up
from verify.typesetting.facts import in_notation, shown_in
from verify.typesetting.formulas import Formula, Line, Part
from verify.typesetting.page import Page, Symbol
from verify.typesetting.quadratic import NOTATION, number_up

__all__ = ["PAGE"]

_FACTS = {
    "f(W)": "f(W)",
    "‖∇f(W)‖": r"\lVert\nabla f(W)\rVert",
    "−λ_min(G)": r"-\lambda_{\min}(G)",
    "λ_max(G)": r"\lambda_{\max}(G)",
    "ε_H": r"\varepsilon_H",
}

_SYMBOLS = {
    "gradient_norm": Symbol(r"\lVert\nabla f(W)\rVert\le", "‖∇f(W)‖ ≤", "norm of the gradient"),
    "curvature_deficit": Symbol(r"\varepsilon_H", "ε_H", "Hessian at least −ε_H"),
    "gap": Symbol(r"f(W)-\inf f\le", "f(W) − inf f ≤", "optimality gap"),
}


def _statement(claim: Claim) -> tuple[Part, ...]:
    return (
        Formula(rf"\lVert\nabla f(W)\rVert\le {number_up(claim.gradient_norm)}"),
        ", ",
        Formula(rf"\nabla^2f(W)\succeq-{number_up(claim.curvature_deficit)}\,I"),
        " and ",
        Formula(rf"f(W)-\inf f\le {number_up(claim.gap)}"),
        " at the given first layer.",
    )


def _reasons(claim: Claim, evidence: Evidence, verdict: Accepted) -> tuple[Line, ...]:
    del claim
    way = "Lemma 3.2.4" if evidence.hessian_shift is None else "Lemma 3.2.4, and the whole Hessian by factorisation"
    proved = verdict.proved
    rows = [fact for fact in verdict.facts if fact.symbol == "gap"]
    return (
        Line(r"\nabla L(W)=2D_vWG", "∇L(W) = 2 D_v W G", f"‖∇f(W)‖ ≤ {up(proved.gradient_norm)}", "evaluated in balls"),
        Line(
            r"\lambda_{\min}(\nabla^2L)\ge-2\max\{\max_Pv_l[-\lambda_{\min}(G)]_+,\max_N|v_l|[\lambda_{\max}(G)]_+\}",
            "λ_min(∇²L) ≥ −2 max{max_P v_l [−λ_min(G)]₊, max_N |v_l| [λ_max(G)]₊}",
            f"∇²f(W) ⪰ −{up(proved.curvature_deficit)} I",
            f"by {way}",
        ),
        Line(
            r"f(W)-\inf f\le\min_{\text{rows}}",
            "f(W) − inf f ≤ the smallest row",
            "; ".join(f"{fact.at}: {up(fact.upper)}" for fact in rows),
            "every row of the table of bounds that applies",
        ),
    )


def _fact(fact: Fact) -> Line | None:
    """A row of the bounds of the gap has words for a symbol."""
    if fact.symbol != "gap":
        return in_notation(_FACTS)(fact)
    row = shown_in(r"f(W)-\inf f", fact)
    return Line(row.latex, f"gap, {fact.at}", row.value, fact.at)


PAGE = Page(
    title=lambda _: "These weights are nearly second-order stationary",
    notation=NOTATION,
    statement=_statement,
    reasons=_reasons,
    symbols=_SYMBOLS,
    fact=_fact,
)
