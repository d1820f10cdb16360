"""Page of `critical-point`."""

from __future__ import annotations

from certificates import Accepted
from certificates.claims.critical_point import Claim, Evidence
from verify.typesetting.decimals import down, up
from verify.typesetting.facts import in_notation
from verify.typesetting.formulas import Formula, Line, Part, scientific
from verify.typesetting.objective import OBJECTIVE, modulo
from verify.typesetting.page import Page, Symbol

__all__ = ["PAGE"]

_FACTS = {
    "p": "p",
    "f(w₀)": "f(w_0)",
    "‖∇f(w₀)‖": r"\lVert\nabla f(w_0)\rVert",
    "μ": r"\mu",
    "h(R)": "h(R)",
    "h(r)": "h(r)",
}

_SYMBOLS = {
    "index": Symbol(r"\iota", "ι", "negative eigenvalues of the Hessian at the critical point"),
    "radius": Symbol("R", "R", "the critical point is alone within this distance"),
    "distance": Symbol(r"\lVert\hat w-w_0\rVert\le", "‖ŵ − w₀‖ ≤", "distance to the critical point"),
    "nondegeneracy": Symbol("m", "m", "no eigenvalue of the Hessian there is nearer to 0"),
    "negative_curvature": Symbol(
        r"-\lambda_{\min}(\nabla^2f(\hat w))\ge", "−λ_min(∇²f(ŵ)) ≥", "negative curvature at the critical point"
    ),
    "value_lower": Symbol(r"f(\hat w)\ge", "f(ŵ) ≥", "lower end of its value"),
    "value_upper": Symbol(r"f(\hat w)\le", "f(ŵ) ≤", "upper end of its value"),
}


def _statement(claim: Claim) -> tuple[Part, ...]:
    distance, radius = scientific(up(claim.distance)), scientific(down(claim.radius))
    low, high = scientific(down(claim.value_lower, 12)), scientific(up(claim.value_upper, 12))
    return (
        Formula("f"),
        " has exactly one critical point ",
        Formula(r"\hat w"),
        " within ",
        Formula(radius),
        " of ",
        Formula("w_0"),
        ", and ",
        Formula(rf"\lVert\hat w-w_0\rVert\le {distance}"),
        ". ",
        Formula(r"\nabla^2f(\hat w)"),
        f" has exactly {claim.index} negative eigenvalue{'' if claim.index == 1 else 's'}",
        *_deepest(claim),
        ", and none in ",
        Formula(rf"(-{scientific(down(claim.nondegeneracy))},{scientific(down(claim.nondegeneracy))})"),
        ". ",
        Formula(rf"{low}\le f(\hat w)\le {high}"),
        ".",
        *modulo(claim.flat),
    )


def _deepest(claim: Claim) -> tuple[Part, ...]:
    if claim.negative_curvature <= 0:
        return ()
    return f", {'it is' if claim.index == 1 else 'one of them'} at most ", Formula(
        f"-{scientific(down(claim.negative_curvature))}"
    )


def _reasons(claim: Claim, evidence: Evidence, verdict: Accepted) -> tuple[Line, ...]:
    facts = {fact.symbol: fact for fact in verdict.facts}
    gap, slope = down(facts["μ"].lower), up(facts["‖∇f(w₀)‖"].upper)
    return (
        Line(
            r"\lvert\lambda(\nabla^2f(w_0))\rvert\ge\mu",
            "|λ(∇²f(w₀))| ≥ μ",
            f"μ ≥ {gap}, {claim.index} of them negative",
            "on a space of so many dimensions the Hessian is negative, and lifted there it is positive",
        ),
        Line(
            r"\lVert\nabla f(w_0)\rVert\le(\mu-h(r))\,r",
            "‖∇f(w₀)‖ ≤ (μ − h(r)) r",
            f"{slope}, h(r) ≤ {up(facts['h(r)'].upper)}",
            f"with r ≈ {evidence.inner_radius:.6g}: w − ∇²f(w₀)⁻¹∇f(w) contracts the small ball into itself",
        ),
        Line(
            r"h(R)<\mu",
            "h(R) < μ",
            f"{up(facts['h(R)'].upper)} < {gap}",
            f"with R ≈ {evidence.radius:.6g}: the Hessian stays nonsingular, so the point is alone and keeps its index",
        ),
    )


def _title(claim: Claim) -> str:
    return (
        "A strict minimum lies near these weights" if claim.index == 0 else "A critical point lies near these weights"
    )


PAGE = Page(
    title=_title,
    notation=OBJECTIVE,
    statement=_statement,
    reasons=_reasons,
    symbols=_SYMBOLS,
    fact=in_notation(_FACTS),
    facts_title="Numbers at the weights",
)
