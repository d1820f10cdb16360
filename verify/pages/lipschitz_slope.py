"""Page of `lipschitz-slope`."""

from __future__ import annotations

from certificates import Accepted
from certificates.claims.lipschitz_slope import Claim, Evidence
from verify.typesetting.decimals import up
from verify.typesetting.facts import shown_fact
from verify.typesetting.formulas import Formula, Line, Part, scientific
from verify.typesetting.moments import DIGITS, NOTATION
from verify.typesetting.page import Page, Symbol
from verify.typesetting.slopes import beyond, satisfies, within

__all__ = ["PAGE"]

_SYMBOLS = {
    "curvature": Symbol(r"\text{where}", "where", "where φ'' exists"),
    "curvature_bound": Symbol("L_2", "L₂", "Lipschitz constant of the slope"),
}


def _statement(claim: Claim) -> tuple[Part, ...]:
    bound = scientific(up(claim.curvature_bound, 12))
    if claim.curvature == "everywhere":
        bounded = Formula(rf"|\varphi''(z)|\le {bound}")
        return satisfies(claim.label, Formula(r"\varphi''"), " exists everywhere and ", bounded)
    return satisfies(claim.label, Formula(r"\varphi'"), " is Lipschitz with constant ", Formula(bound))


def _reasons(claim: Claim, evidence: Evidence, verdict: Accepted) -> tuple[Line, ...]:
    name = "φ''" if claim.curvature == "everywhere" else "φ'"
    latex = name.replace("φ", r"\varphi")
    what, bounded = "|φ''| ≤ L₂", r"|\varphi''(z)|\le L_2"
    return (
        Line(rf"{latex}\ \text{{is continuous}}", f"{name} is continuous", "exact comparison", "at every breakpoint"),
        within(what, bounded, evidence.radius, len(evidence.cells), "an enclosure of φ'' on each"),
        beyond(what, bounded, evidence.radius, verdict),
    )


PAGE = Page(
    title=lambda claim: "Property P3(a)" + ("" if claim.curvature == "everywhere" else ", read as a Lipschitz slope"),
    notation=NOTATION,
    statement=_statement,
    reasons=_reasons,
    symbols=_SYMBOLS,
    fact=shown_fact,
    digits=DIGITS,
)
