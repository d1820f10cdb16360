"""Page of `piecewise-affine`."""

from __future__ import annotations

from certificates import Accepted
from certificates.claims.piecewise_affine import Claim, Evidence
from verify.typesetting.facts import shown_fact
from verify.typesetting.formulas import Formula, Line, Part
from verify.typesetting.moments import DIGITS, NOTATION
from verify.typesetting.page import Page, Symbol
from verify.typesetting.slopes import satisfies

__all__ = ["PAGE"]

_SYMBOLS = {"kinks": Symbol("e", "e", "number of kinks, at most")}


def _statement(claim: Claim) -> tuple[Part, ...]:
    said = f" is continuous and affine between at most {claim.kinks} kinks"
    return satisfies(claim.label, Formula(r"\varphi"), said)


def _reasons(claim: Claim, evidence: Evidence, verdict: Accepted) -> tuple[Line, ...]:
    del claim, evidence, verdict
    meaning = "and φ is continuous at every breakpoint"
    return (Line(r"\varphi(z)=a_kz+b_k", "every piece is affine", "exact normal forms", meaning),)


PAGE = Page(
    title=lambda _: "Property P3(b)",
    notation=NOTATION,
    statement=_statement,
    reasons=_reasons,
    symbols=_SYMBOLS,
    fact=shown_fact,
    digits=DIGITS,
)
