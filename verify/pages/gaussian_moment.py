"""Page of `gaussian-moment`."""

from __future__ import annotations

from certificates import Accepted
from certificates.claims.gaussian_moment import Claim, Evidence
from certificates.language.wording import in_words
from verify.typesetting.decimals import certain
from verify.typesetting.facts import shown_fact
from verify.typesetting.formulas import Formula, Line, Part
from verify.typesetting.moments import DIGITS, NOTATION, interval_latex, moments_line, number
from verify.typesetting.page import Page, Symbol

__all__ = ["PAGE"]

_SYMBOLS = {
    "slope_power": Symbol("i", "i", "power of the slope"),
    "power": Symbol("j", "j", "power of z"),
    "sigma": Symbol(r"\sigma", "σ", "where"),
    "value": Symbol(r"\alpha_{ij}(\sigma)", "α_{i,j}(σ)", "the moment"),
}


def _statement(claim: Claim) -> tuple[Part, ...]:
    what = rf"E[\varphi'({number(claim.sigma)}\,z)^{{{claim.slope_power}}}z^{{{claim.power}}}]"
    return ("For ", Formula(r"z\sim N(0,1)"), ", ", Formula(what + interval_latex(claim.value)), ".")


def _reasons(claim: Claim, evidence: Evidence, verdict: Accepted) -> tuple[Line, ...]:
    del claim
    value = verdict.proved.value
    return (moments_line(evidence.quadrature, evidence.bits, verdict, certain(value.lower, value.upper)),)


PAGE = Page(
    title=lambda claim: f"A Gaussian moment at σ = {in_words(claim.sigma)}",
    notation=NOTATION,
    statement=_statement,
    reasons=_reasons,
    symbols=_SYMBOLS,
    fact=shown_fact,
    digits=DIGITS,
)
