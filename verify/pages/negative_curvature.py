"""Page of `negative-curvature`."""

from __future__ import annotations

from certificates import Accepted
from certificates.claims.negative_curvature import Claim, Evidence
from verify.typesetting.facts import by_symbol, in_notation
from verify.typesetting.formulas import Formula, Line, Part
from verify.typesetting.page import Page, Symbol
from verify.typesetting.quadratic import NOTATION, number_down, number_up

__all__ = ["PAGE"]

_FACTS = {
    "f(W)": "f(W)",
    "‖∇f(W)‖": r"\lVert\nabla f(W)\rVert",
    "−D²f[U, U]/‖U‖²": r"-D^2f[U,U]/\lVert U\rVert^2",
    "f(W) − f(W + tU)": "f(W)-f(W+tU)",
}

_SYMBOLS = {
    "curvature": Symbol(r"-D^2f[U,U]/\lVert U\rVert^2\ge", "−D²f[U, U]/‖U‖² ≥", "negative curvature"),
    "gradient_norm": Symbol(r"\lVert\nabla f(W)\rVert\le", "‖∇f(W)‖ ≤", "norm of the gradient"),
    "descent": Symbol(r"f(W)-f(W')\ge", "f(W) − f(W') ≥", "guaranteed decrease"),
}


def _statement(claim: Claim) -> tuple[Part, ...]:
    parts: tuple[Part, ...] = (
        "Some direction ",
        Formula(r"U\ne0"),
        " has ",
        Formula(rf"D^2f(W)[U,U]\le-{number_down(claim.curvature)}\,\lVert U\rVert^2"),
        ", so the given first layer is no local minimum; ",
        Formula(rf"\lVert\nabla f(W)\rVert\le {number_up(claim.gradient_norm)}"),
    )
    if claim.descent > 0:
        parts += ("; some first layer has ", Formula(rf"f(W')\le f(W)-{number_down(claim.descent)}"))
    return (*parts, ".")


def _reasons(claim: Claim, evidence: Evidence, verdict: Accepted) -> tuple[Line, ...]:
    del evidence
    facts = by_symbol(verdict)
    lines = (
        Line(
            r"D^2L[ub^T,ub^T]=\tfrac4n\sum_i(a^Tx_i)^2(b^Tx_i)^2+2(u^TD_vu)(b^TGb),\quad a=W^TD_vu",
            "D²L[ubᵀ, ubᵀ] = (4/n) Σ (aᵀx_i)²(bᵀx_i)² + 2(uᵀD_v u)(bᵀGb),  a = WᵀD_v u",
            f"−D²f[U, U]/‖U‖² {facts['−D²f[U, U]/‖U‖²']}",
            "evaluated for the given u and b, both terms",
        ),
    )
    if claim.descent <= 0:
        return lines
    descent = Line(
        r"f(W)-f(W+tU)",
        "f(W) − f(W + tU)",
        facts["f(W) − f(W + tU)"],
        "a quartic in t, enclosed at the given t; the infimum is at least as far below",
    )
    return (*lines, descent)


PAGE = Page(
    title=lambda _: "These weights are no local minimum",
    notation=NOTATION,
    statement=_statement,
    reasons=_reasons,
    symbols=_SYMBOLS,
    fact=in_notation(_FACTS),
)
