"""Page of `zhong-rho`."""

from __future__ import annotations

from certificates import Accepted
from certificates.claims.zhong_rho import Claim, Evidence
from certificates.language.wording import in_words
from verify.typesetting.decimals import certain
from verify.typesetting.facts import shown_fact
from verify.typesetting.formulas import Formula, Line, Part
from verify.typesetting.moments import DIGITS, NOTATION, interval_latex, moments_line, number
from verify.typesetting.page import Page, Symbol

__all__ = ["PAGE"]

_SYMBOLS = {
    "sigma": Symbol(r"\sigma", "σ", "where"),
    "first": Symbol("T_1", "T₁", "contains the term"),
    "second": Symbol("T_2", "T₂", "contains the term"),
    "third": Symbol("T_3", "T₃", "contains the term"),
    "rho": Symbol(r"\rho(\sigma)", "ρ(σ)", "contains the minimum"),
    "active": Symbol("k", "k", "terms that may attain the minimum"),
}


def _statement(claim: Claim) -> tuple[Part, ...]:
    terms = zip((1, 2, 3), (claim.first, claim.second, claim.third), strict=True)
    listed = [part for k, value in terms for part in (Formula(f"T_{k}{interval_latex(value)}"), ", ")]
    sigma, active = number(claim.sigma), " or ".join(f"T{'₁₂₃'[k - 1]}" for k in claim.active)
    rho = Formula(rf"\rho=\min(T_1,T_2,T_3){interval_latex(claim.rho)}")
    return ("At ", Formula(rf"\sigma={sigma}"), ": ", *listed, "so ", rho, f", attained by {active}.")


def _reasons(claim: Claim, evidence: Evidence, verdict: Accepted) -> tuple[Line, ...]:
    del claim
    proved = verdict.proved
    terms = (
        (r"T_1=\alpha_{20}-\alpha_{10}^2-\alpha_{11}^2", "T₁ = α₂₀ − α₁₀² − α₁₁²", proved.first),
        (r"T_2=\alpha_{22}-\alpha_{11}^2-\alpha_{12}^2", "T₂ = α₂₂ − α₁₁² − α₁₂²", proved.second),
        (r"T_3=\alpha_{10}\alpha_{12}-\alpha_{11}^2", "T₃ = α₁₀α₁₂ − α₁₁²", proved.third),
    )
    meanings = {fact.symbol: fact.meaning for fact in verdict.facts}
    lines = [Line(t, p, certain(v.lower, v.upper), meanings.get(p[:2], "")) for t, p, v in terms]
    return (moments_line(evidence.quadrature, evidence.bits, verdict, "five moments"), *lines)


PAGE = Page(
    title=lambda claim: f"The constants T₁, T₂, T₃ and ρ at σ = {in_words(claim.sigma)}",
    notation=NOTATION,
    statement=_statement,
    reasons=_reasons,
    symbols=_SYMBOLS,
    fact=shown_fact,
    digits=DIGITS,
)
