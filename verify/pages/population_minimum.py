"""Page of `population-minimum`."""

from __future__ import annotations

from certificates import Accepted
from certificates.claims.population_minimum import Claim, Evidence
from verify.typesetting.decimals import down, less, up
from verify.typesetting.facts import in_notation
from verify.typesetting.formulas import Formula, Line, Part, scientific
from verify.typesetting.page import Page, Symbol

__all__ = ["PAGE"]

_FACTS = {
    "nk": "nk",
    "F(w₀)": "F(W_0)",
    "‖∇F(w₀)‖": r"\lVert\nabla F(W_0)\rVert",
    "‖I − YH‖": r"\lVert I-YH\rVert_\infty",
    "‖Y∇F(w₀)‖": r"\lVert Y\nabla F(W_0)\rVert_\infty",
    "μ": r"\mu",
}

_SYMBOLS = {
    "index": Symbol(r"\iota", "ι", "negative eigenvalues of the Hessian in the span of the teacher"),
    "radius": Symbol("R", "R", "the critical point is alone where every entry is that near"),
    "distance": Symbol(r"\lVert\hat w-W_0\rVert_\infty\le", "‖ŵ − W₀‖_∞ ≤", "distance to it, entry by entry"),
    "nondegeneracy": Symbol("m", "m", "no eigenvalue of the Hessian in the span is nearer to 0"),
    "value_lower": Symbol(r"F(\hat w)\ge", "F(ŵ) ≥", "lower end of its value"),
    "value_upper": Symbol(r"F(\hat w)\le", "F(ŵ) ≤", "upper end of its value"),
    "transverse.index": Symbol(r"\tau", "τ", "negative eigenvalues of T: of the Hessian, for each further dimension"),
    "transverse.nondegeneracy": Symbol("m_T", "m_T", "no eigenvalue of T is nearer to 0"),
}


def _statement(claim: Claim) -> tuple[Part, ...]:
    low, high = scientific(down(claim.value_lower, 12)), scientific(up(claim.value_upper, 12))
    return (
        "Of the students in the span of the teacher with ",
        Formula(rf"\lVert W-W_0\rVert_\infty\le {scientific(down(claim.radius))}"),
        " exactly one, ",
        Formula(r"\hat w"),
        ", is a critical point of ",
        Formula("F"),
        ", and ",
        Formula(rf"\lVert\hat w-W_0\rVert_\infty\le {scientific(up(claim.distance))}"),
        ". ",
        *_curvature(claim),
        ". ",
        Formula(rf"{low}\le F(\hat w)\le {high}"),
        "." if not claim.is_spurious else ": the minimum is spurious, as other weights reach 0.",
    )


def _curvature(claim: Claim) -> tuple[Part, ...]:
    where = "With d = k" if claim.transverse is None else "In every dimension d ≥ k"
    least = (
        " in the span has no eigenvalue in ",
        Formula(rf"(-{scientific(down(claim.nondegeneracy))},{scientific(down(claim.nondegeneracy))})"),
    )
    if claim.is_minimum:
        return f"{where} it is a strict local minimum: ", Formula(r"\nabla^2F(\hat w)"), *least
    across = 0 if claim.transverse is None else claim.transverse.index
    count = Formula(rf"{claim.index}" + (rf"+{across}(d-k)" if across else ""))
    return f"{where} ", Formula(r"\nabla^2F(\hat w)"), " has exactly ", count, " negative eigenvalues, and", *least


def _reasons(claim: Claim, evidence: Evidence, verdict: Accepted) -> tuple[Line, ...]:
    facts = {fact.symbol: fact for fact in verdict.facts}
    lines = [
        Line(
            r"\lVert I-Y\nabla^2F(W)\rVert_\infty<1",
            "‖I − Y∇²F(W)‖_∞ < 1",
            less(facts["‖I − YH‖"].upper, 1.0),
            f"on the box of radius r ≈ {evidence.radius:.6g}: W − Y∇F(W) contracts it",
        ),
        Line(
            r"\lvert Y\nabla F(W_0)\rvert<(1-\lVert I-YH\rVert)\,r",
            "|Y∇F(W₀)| < (1 − ‖I − YH‖) r",
            f"{up(facts['‖Y∇F(w₀)‖'].upper)} at most",
            "row by row: into itself, so it has one fixed point there, the critical point",
        ),
        Line(
            r"\lvert\lambda(\nabla^2F(\hat w))\rvert\ge\mu",
            "|λ(∇²F(ŵ))| ≥ μ",
            f"μ ≥ {down(facts['μ'].lower)}, {claim.index} of them negative",
            "on the small box that holds ŵ, by a factorisation",
        ),
    ]
    if claim.transverse is not None:
        lines.append(
            Line(
                r"\lvert\lambda(T(\hat w))\rvert\ge m_T",
                "|λ(T(ŵ))| ≥ m_T",
                f"m_T ≥ {down(claim.transverse.nondegeneracy)}, {claim.transverse.index} of them negative",
                "across the span the Hessian is one copy of T for each further dimension",
            )
        )
    return tuple(lines)


def _title(claim: Claim) -> str:
    if claim.is_spurious:
        return "A spurious minimum of the population loss lies near this student"
    what = "strict minimum" if claim.is_minimum else "saddle"
    return f"A {what} of the population loss lies near this student"


PAGE = Page(
    title=_title,
    notation=(
        "The population loss is ",
        Formula(r"F(W)=\tfrac12\mathbb E\big(\sum_i(w_i\cdot x)_+-\sum_j(e_j\cdot x)_+\big)^2"),
        ", ",
        Formula(r"x\sim\mathcal N(0,I_d)"),
        "; ",
        Formula("W_0"),
        " is the given student.",
    ),
    statement=_statement,
    reasons=_reasons,
    symbols=_SYMBOLS,
    fact=in_notation(_FACTS),
    facts_title="Numbers at the student",
    digits=(12, 14),
)
