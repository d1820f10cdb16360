"""Page of `certified-orbit-run`."""

from __future__ import annotations

from certificates import Accepted
from certificates.claims.certified_orbit_run import Claim, Evidence
from verify.typesetting.decimals import down, up
from verify.typesetting.facts import by_symbol, in_notation
from verify.typesetting.formulas import Formula, Line, Part, scientific
from verify.typesetting.page import Page, Symbol
from verify.typesetting.quadratic import (
    NOTATION,
    TEACHER,
    constants_line,
    contraction_line,
    factor,
    number_down,
    number_up,
)

__all__ = ["PAGE"]

_FACTS = {
    "λ": r"\lambda",
    "Λ": r"\Lambda",
    "c₄": "c_4",
    "μ": r"\mu",
    "h₀": "h_0",
    "σ_r²": r"\sigma_r^2",
    "δ": r"\delta",
    "1 − μσ_r²/2": r"1-\mu\sigma_r^2/2",
}

_SYMBOLS = {
    "step_size": Symbol(r"\eta", "η", "step size, exact"),
    "entry_step": Symbol("T", "T", "from this step on"),
    "entry_distance": Symbol(r"\mathrm{dist}(W_T,W^\circ)\le", "dist(W_T, W°) ≤", "distance at T"),
    "decrease": Symbol(r"\delta", "δ", "relative decrease of the distance a step"),
    "asymptotic_decrease": Symbol(r"\delta_\infty", "δ_∞", "the same in the limit"),
}


def _statement(claim: Claim) -> tuple[Part, ...]:
    return (
        *TEACHER,
        Formula(rf"\eta={scientific(down(claim.step_size, 12))}"),
        " from the given weights has ",
        Formula(rf"\mathrm{{dist}}(W_t,W^\circ)\le {number_up(claim.entry_distance)}"),
        " for every ",
        Formula(rf"t\ge {claim.entry_step}"),
        ", and from then on ",
        factor(claim.decrease),
        "; the factor is at most ",
        Formula(rf"1-{number_down(claim.asymptotic_decrease)}"),
        " in the limit.",
    )


def _reasons(claim: Claim, evidence: Evidence, verdict: Accepted) -> tuple[Line, ...]:
    del claim
    proved = verdict.proved
    entry = Line(
        r"\mathrm{dist}(W_T,W^\circ)\le\lVert RW_T-W^\circ\rVert+\lVert I-RR^T\rVert\,\lVert W_T\rVert",
        "dist(W_T, W°) ≤ ‖RW_T − W°‖ + ‖I − RRᵀ‖ ‖W_T‖",
        f"≤ {up(proved.entry_distance)} at T = {evidence.entry_step:,}",
        f"{evidence.entry_step:,} steps of exact gradient descent enclosed with {evidence.bits} bits",
    )
    return (constants_line(by_symbol(verdict)), entry, contraction_line(f"ρ there ≤ 1 − {down(proved.decrease)}"))


PAGE = Page(
    title=lambda _: "Gradient descent from these weights finds the teacher up to rotation",
    notation=NOTATION,
    statement=_statement,
    reasons=_reasons,
    symbols=_SYMBOLS,
    fact=in_notation(_FACTS),
)
