"""Page of `orbit-convergence`."""

from __future__ import annotations

from certificates import Accepted
from certificates.claims.orbit_convergence import Claim, Evidence
from verify.typesetting.decimals import down
from verify.typesetting.facts import by_symbol, in_notation
from verify.typesetting.formulas import Formula, Line, Part, scientific
from verify.typesetting.page import Page, Symbol
from verify.typesetting.quadratic import NOTATION, TEACHER, constants_line, contraction_line, factor, number_down

__all__ = ["PAGE"]

_FACTS = {
    "λ": r"\lambda",
    "Λ": r"\Lambda",
    "c₄": "c_4",
    "μ": r"\mu",
    "h₀": "h_0",
    "steps": r"\text{steps}",
}

_SYMBOLS = {
    "step_size": Symbol(r"\eta", "η", "step size, exact"),
    "radius": Symbol(r"\varrho", "ϱ", "radius of the ball"),
    "decrease": Symbol(r"\delta", "δ", "relative decrease of the distance a step"),
    "half_decrease": Symbol(r"\delta_{1/2}", "δ_½", "the same from half the radius"),
    "asymptotic_decrease": Symbol(r"\delta_\infty", "δ_∞", "the same in the limit"),
}


def _statement(claim: Claim) -> tuple[Part, ...]:
    return (
        *TEACHER,
        Formula(rf"\eta={scientific(down(claim.step_size, 12))}"),
        " from every ",
        Formula(rf"\mathrm{{dist}}(W_0,W^\circ)\le {number_down(claim.radius)}"),
        " has ",
        factor(claim.decrease),
        " at every step; the factor is at most ",
        Formula(rf"1-{number_down(claim.half_decrease)}"),
        " from half that distance, and ",
        Formula(rf"1-{number_down(claim.asymptotic_decrease)}"),
        " in the limit.",
    )


def _reasons(claim: Claim, evidence: Evidence, verdict: Accepted) -> tuple[Line, ...]:
    del claim, evidence
    value = f"ρ at the radius ≤ 1 − {down(verdict.proved.decrease)}"
    return (constants_line(by_symbol(verdict)), contraction_line(value))


PAGE = Page(
    title=lambda _: "Gradient descent from near the teacher finds it up to rotation",
    notation=NOTATION,
    statement=_statement,
    reasons=_reasons,
    symbols=_SYMBOLS,
    fact=in_notation(_FACTS),
)
