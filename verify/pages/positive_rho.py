"""Page of `positive-rho`."""

from __future__ import annotations

from certificates import Accepted
from certificates.claims.positive_rho import Claim, Evidence, SigmaCells
from certificates.language.wording import in_words
from verify.typesetting.facts import shown_fact
from verify.typesetting.formulas import Formula, Line, Part
from verify.typesetting.moments import DIGITS, NOTATION
from verify.typesetting.page import Page
from verify.typesetting.slopes import satisfies, sign_lines

__all__ = ["PAGE"]

_DISTANCES = "T₁ and T₂ are squared distances, 0 only for an affine φ'"
_THIRD = Line(
    r"T_3=\tfrac12E_{x,y}[\varphi'(\sigma x)\varphi'(\sigma y)(x-y)^2]>0",
    "T₃ = ½E[φ'(σx)φ'(σy)(x − y)²] > 0",
    "theorem 2.1",
    _DISTANCES,
)
_JUMP = Line(r"\varphi'\ \text{jumps}", "φ' jumps", "exact comparison", "so φ is not affine")


def _statement(claim: Claim) -> tuple[Part, ...]:
    positive = Formula(r"\rho(\sigma)=\min(T_1,T_2,T_3)>0")
    return satisfies(claim.label, positive, " for every ", Formula(r"\sigma>0"))


def _reasons(claim: Claim, evidence: Evidence, verdict: Accepted) -> tuple[Line, ...]:
    del claim
    bends = tuple(shown_fact(fact) for fact in verdict.facts if fact.symbol != "T₃")
    if evidence.sigma is not None:
        return (*bends, _on_cells(evidence.sigma))
    signs = () if evidence.slope is None else sign_lines(evidence.slope, verdict)
    return (*signs, *(bends or (_JUMP,)), _THIRD)


def _on_cells(cells: SigmaCells) -> Line:
    return Line(
        r"T_3(\sigma)>0\quad(\sigma>0)",
        "T₃ > 0 for every σ > 0",
        f"{len(cells.near)} cells of σ up to {in_words(cells.near[-1][1])} and {len(cells.far)} of 1/σ",
        _DISTANCES,
    )


PAGE = Page(
    title=lambda _: "Property P2",
    notation=NOTATION,
    statement=_statement,
    reasons=_reasons,
    symbols={},
    fact=shown_fact,
    digits=DIGITS,
)
