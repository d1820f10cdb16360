"""Page of `tensor-constant`."""

from __future__ import annotations

from certificates import Accepted
from certificates.claims.tensor_constant import Claim, Evidence
from certificates.language.wording import in_words
from verify.typesetting.facts import shown_fact
from verify.typesetting.formulas import Formula, Line, Part
from verify.typesetting.moments import DIGITS, NOTATION, interval_latex, moments_line, number
from verify.typesetting.page import Page, Symbol

__all__ = ["PAGE"]

_SYMBOLS = {
    "sigma": Symbol(r"\sigma", "σ", "where"),
    "mean_slope": Symbol(r"\mu", "μ", "mean slope"),
    "mean_curvature": Symbol(r"\gamma", "γ", "mean curvature"),
    "third": Symbol("c_3", "c₃", "constant of the third-order tensor"),
    "fourth": Symbol("c_4", "c₄", "constant of the fourth-order tensor"),
    "degree": Symbol("q", "q", "degree of homogeneity"),
    "vacuous": Symbol(r"\text{vacuous}", "vacuous", "tensors whose constant is 0 for every σ"),
}

_TENSORS = {
    "mean_slope": r"\mu=E[\varphi'(\sigma z)]",
    "mean_curvature": r"\gamma=\sigma^{-2}E[\varphi(\sigma z)He_2(z)]",
    "third": r"c_3=\sigma^{-3}E[\varphi(\sigma z)He_3(z)]",
    "fourth": r"c_4=\sigma^{-4}E[\varphi(\sigma z)He_4(z)]",
}


def _statement(claim: Claim) -> tuple[Part, ...]:
    parts: list[Part] = ["For ", Formula(r"z\sim N(0,1)"), " and ", Formula(rf"\sigma={number(claim.sigma)}"), ": "]
    items: list[tuple[Part, ...]] = [
        (Formula(rf"{_TENSORS[name]}{interval_latex(value)}"),) for name, value in claim.intervals.items()
    ]
    if claim.degree is not None:
        items.append((Formula(rf"\varphi(az)=a^{{{claim.degree}}}\varphi(z)"), " for all ", Formula("a>0")))
    items += [
        (f"the constant of the {name}-order tensor is 0 for every ", Formula(r"\sigma>0")) for name in claim.vacuous
    ]
    for index, item in enumerate(items):
        parts += ["; " if index else "", *item]
    return (*parts, ".")


_STEIN = Line(
    r"\mu=\alpha_{10},\ \gamma=\frac{\alpha_{11}}{\sigma},\ c_3=\frac{\alpha_{12}-\alpha_{10}}{\sigma^2},"
    r"\ c_4=\frac{\alpha_{13}-3\alpha_{11}}{\sigma^3}",
    "μ = α₁₀, γ = α₁₁/σ, c₃ = (α₁₂ − α₁₀)/σ², c₄ = (α₁₃ − 3α₁₁)/σ³",
    "Stein",
    "k integrations by parts, as He_k n = (−d/dz)^k n",
)
_VANISHING = {
    "third": Line(
        r"\varphi'(z)+\varphi'(-z)=\kappa",
        "φ'(z) + φ'(−z) = κ",
        "exact identity",
        "the odd part of φ is linear, so c₃ = 0",
    ),
    "fourth": Line(
        r"\varphi'(z)-\varphi'(-z)=\kappa z",
        "φ'(z) − φ'(−z) = κz",
        "exact identity",
        "the even part is quadratic, so c₄ = 0",
    ),
}


def _reasons(claim: Claim, evidence: Evidence, verdict: Accepted) -> tuple[Line, ...]:
    lines = [moments_line(evidence.quadrature, evidence.bits, verdict, "four moments"), _STEIN]
    lines += [_VANISHING[name] for name in claim.vacuous]
    if claim.degree is not None:
        latex = rf"\varphi(az)=a^{{{claim.degree}}}\varphi(z)"
        lines.append(Line(latex, f"φ(az) = a^{claim.degree} φ(z)", "exact", "a > 0"))
    return tuple(lines)


PAGE = Page(
    title=lambda claim: f"Constants of the moment tensors at σ = {in_words(claim.sigma)}",
    notation=NOTATION,
    statement=_statement,
    reasons=_reasons,
    symbols=_SYMBOLS,
    fact=shown_fact,
    digits=DIGITS,
)
