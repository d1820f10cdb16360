"""Page of `no-local-minimum`."""

from __future__ import annotations

from certificates import Verdict
from certificates.claims.no_local_minimum import Claim, Evidence
from verify.typesetting.decimals import down, up
from verify.typesetting.facts import in_notation
from verify.typesetting.formulas import Formula, Line, Part, scientific
from verify.typesetting.objective import OBJECTIVE
from verify.typesetting.page import Page, Symbol

__all__ = ["PAGE"]

_CURVATURE = "u·∇²f(w₀)u/‖u‖²"

_FACTS = {
    "f(w₀)": "f(w_0)",
    "‖∇f(w₀)‖": r"\lVert\nabla f(w_0)\rVert",
    _CURVATURE: r"u^T\nabla^2f(w_0)u/\lVert u\rVert^2",
    "h(R)": "h(R)",
}

_SYMBOLS = {
    "radius": Symbol("R", "R", "no local minimum within this distance"),
    "curvature": Symbol("c", "c", "f bends down by this much all over the ball"),
    "gradient_norm": Symbol(r"\lVert\nabla f(w_0)\rVert\le", "‖∇f(w₀)‖ ≤", "norm of the gradient at the weights"),
}


def _statement(claim: Claim) -> tuple[Part, ...]:
    radius, curvature = scientific(down(claim.radius)), scientific(down(claim.curvature))
    return (
        "No ",
        Formula("w"),
        " with ",
        Formula(rf"\lVert w-w_0\rVert\le {radius}"),
        " is a local minimum of ",
        Formula("f"),
        ": some ",
        Formula(r"u\ne0"),
        " has ",
        Formula(rf"u^T\nabla^2f(w)u\le-{curvature}\,\lVert u\rVert^2"),
        " at every one of them. ",
        Formula(rf"\lVert\nabla f(w_0)\rVert\le {scientific(up(claim.gradient_norm))}"),
        ".",
    )


def _reasons(claim: Claim, evidence: Evidence, verdict: Verdict) -> tuple[Line, ...]:
    del claim
    facts = {fact.symbol: fact for fact in verdict.facts}
    bent, turned = facts[_CURVATURE], facts["h(R)"]
    return (
        Line(
            r"u^T\nabla^2f(w_0)u/\lVert u\rVert^2+h(R)<0",
            "u·∇²f(w₀)u/‖u‖² + h(R) < 0",
            f"{up(bent.upper)} + {up(turned.upper)}",
            f"with R ≈ {evidence.radius:.6g}: the curvature along u, by two more forward passes, and how far the "
            "Hessian turns on the ball; at a local minimum no direction bends down",
        ),
    )


PAGE = Page(
    title=lambda _: "No local minimum lies near these weights",
    notation=OBJECTIVE,
    statement=_statement,
    reasons=_reasons,
    symbols=_SYMBOLS,
    fact=in_notation(_FACTS),
    refusal=_reasons,
    facts_title="Numbers at the weights",
)
