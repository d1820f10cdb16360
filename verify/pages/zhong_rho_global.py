"""Page of `zhong-rho-global`."""

from __future__ import annotations

from certificates import Accepted
from certificates.claims.zhong_rho_global import Claim, Evidence
from certificates.language.wording import in_words
from verify.typesetting.decimals import down
from verify.typesetting.facts import shown_fact
from verify.typesetting.formulas import Formula, Line, Part, scientific
from verify.typesetting.moments import DIGITS, NOTATION, number
from verify.typesetting.page import Page, Symbol

__all__ = ["PAGE"]

_SYMBOLS = {
    "power": Symbol("p", "p", "power"),
    "decay": Symbol("Q", "Q", "half the decay"),
    "constant": Symbol("c", "c", "constant of the bound"),
    "scale": Symbol("b", "b", "scale of σ"),
}


def _statement(claim: Claim) -> tuple[Part, ...]:
    base = r"\sigma" if claim.scale == 1 else rf"({number(claim.scale)}\,\sigma)"
    bound = scientific(down(claim.constant, 12))
    bound += rf"\,{base}^{{{claim.power}}}" if claim.power else ""
    bound = rf"\frac{{{bound}}}{{(1+{base}^2)^{{{in_words(claim.decay)}}}}}" if claim.decay else bound
    return (Formula(rf"\rho(\sigma)=\min(T_1,T_2,T_3)\ge {bound}"), " for every ", Formula(r"\sigma>0"), ".")


_LEMMAS = {
    "even": "monotone moments of an even slope bound ρ from below on each cell",
    "softplus": "monotone moments of the logistic slope bound ρ from below on each cell",
    "erf": "ρ is an algebraic function of σ, and the bound an exact polynomial inequality",
    "homogeneous": "ρ(σ) is a power of σ times ρ(1), which is enclosed",
    "step": "Hermite coefficients near 0, Taylor expansion in between, the limit of φ' far out",
}


def _reasons(claim: Claim, evidence: Evidence, verdict: Accepted) -> tuple[Line, ...]:
    del claim, verdict
    counted = [
        f"{len(cells)} cells {where}"
        for cells, where in (
            (evidence.near, "of σ from 0"),
            (evidence.middle, "of σ in between"),
            (evidence.far, "of 1/σ from 0"),
        )
        if cells
    ]
    value = f"lemma “{evidence.lemma}”" + (f" on {', '.join(counted)}" if counted else "")
    latex = r"\rho(\sigma)\ge c\,\frac{(b\sigma)^p}{(1+(b\sigma)^2)^Q}"
    return (Line(latex, "ρ(σ) ≥ c (bσ)^p/(1 + (bσ)²)^Q", value, _LEMMAS[evidence.lemma]),)


PAGE = Page(
    title=lambda _: "A lower bound of ρ for every σ",
    notation=NOTATION,
    statement=_statement,
    reasons=_reasons,
    symbols=_SYMBOLS,
    fact=shown_fact,
    digits=DIGITS,
)
