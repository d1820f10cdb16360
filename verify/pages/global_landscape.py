"""Page of `global-landscape`."""

from __future__ import annotations

from certificates import Accepted
from certificates.claims.global_landscape import Claim, Evidence
from verify.typesetting.decimals import down
from verify.typesetting.facts import by_symbol, in_notation
from verify.typesetting.formulas import Formula, Line, Part
from verify.typesetting.page import Page, Symbol
from verify.typesetting.quadratic import NOTATION, number_down

__all__ = ["PAGE"]

_FACTS = {"|P|": "|P|", "|N|": "|N|", "d": "d", "λ_min(K)": r"\lambda_{\min}(K)"}


def _statement(claim: Claim) -> tuple[Part, ...]:
    parts: tuple[Part, ...] = (
        "For all labels: every first layer with ",
        Formula(r"\nabla f(W)=0"),
        " and ",
        Formula(r"\nabla^2f(W)\succeq0"),
        " is a global minimiser",
    )
    if claim.gram_eigenvalue is not None:
        form = rf"\big((x_i^Tx_j)^2\big)_{{ij}}\succeq {number_down(claim.gram_eigenvalue)}\,I"
        parts += ("; ", Formula(form), ", so the minimum is 0 for all labels")
    return (*parts, ".")


def _reasons(claim: Claim, evidence: Evidence, verdict: Accepted) -> tuple[Line, ...]:
    del evidence
    facts = by_symbol(verdict)
    kernel = Line(
        r"WG=0,\quad W^TD_vu=0\Rightarrow D^2L[ub^T,ub^T]=2(u^TD_vu)(b^TGb)\ge0",
        "WG = 0;  WᵀD_v u = 0 ⇒ D²L[ubᵀ, ubᵀ] = 2(uᵀD_v u)(bᵀGb) ≥ 0",
        f"|P| {facts['|P|']}, |N| {facts['|N|']}, d {facts['d']}",
        "at least d units of one sign have rank d, and then G = 0, or a left null vector u, which gives G the sign of "
        "that class; with both signs G = 0, with one G is semidefinite and ⟨G, M(W)⟩ = 0: both mean optimality of the "
        "convex loss in M",
    )
    if claim.gram_eigenvalue is None:
        return (kernel,)
    gram = Line(
        r"\lVert\mathcal A^*r\rVert_F^2=r^TKr\ge\kappa\lVert r\rVert^2",
        "‖𝒜*r‖² = rᵀKr ≥ κ‖r‖²",
        f"κ = {down(verdict.proved.gram_eigenvalue)}",
        "𝒜*r = 0 at a minimiser, hence r = 0",
    )
    return (kernel, gram)


PAGE = Page(
    title=lambda _: "Every second-order stationary point is a global minimum",
    notation=NOTATION,
    statement=_statement,
    reasons=_reasons,
    symbols={"gram_eigenvalue": Symbol(r"\kappa", "κ", "zero loss for all labels")},
    fact=in_notation(_FACTS),
)
