"""Page of `slope-growth`."""

from __future__ import annotations

from certificates import Accepted
from certificates.claims.slope_growth import Claim, Evidence
from verify.typesetting.decimals import up
from verify.typesetting.facts import shown_fact
from verify.typesetting.formulas import Formula, Line, Part, scientific
from verify.typesetting.moments import DIGITS, NOTATION
from verify.typesetting.page import Page, Symbol
from verify.typesetting.slopes import satisfies, sign_lines

__all__ = ["PAGE"]

_SYMBOLS = {
    "power": Symbol("p", "p", "power"),
    "constant": Symbol("A", "A", "constant beside the power; 0 in P1"),
    "slope": Symbol("B", "B", "factor of the power, L₁ in P1"),
}


def _statement(claim: Claim) -> tuple[Part, ...]:
    bound = scientific(up(claim.slope, 12)) + (rf"\,|z|^{{{claim.power}}}" if claim.power else "")
    if claim.constant:
        bound = f"{scientific(up(claim.constant, 12))}+{bound}"
    ours = (" (ours)",) if claim.constant else ()
    return satisfies(claim.label, Formula(rf"0\le\varphi'(z)\le {bound}"), " for almost every ", Formula("z"), *ours)


def _reasons(claim: Claim, evidence: Evidence, verdict: Accepted) -> tuple[Line, ...]:
    del claim
    return sign_lines(evidence, verdict)


PAGE = Page(
    title=lambda claim: "A weaker form of property P1" if claim.constant else "Property P1",
    notation=NOTATION,
    statement=_statement,
    reasons=_reasons,
    symbols=_SYMBOLS,
    fact=shown_fact,
    digits=DIGITS,
)
