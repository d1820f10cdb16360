"""Why a claim about a property of an activation was accepted: the steps of its rule, with this evidence's numbers."""

from __future__ import annotations

import re
from typing import Any

from certificates import Accepted, Fact
from certificates.language.wording import in_words
from verify.typesetting.decimals import enclosed
from verify.typesetting.formulas import Line

__all__ = ["property_reasons", "shown_fact", "symbol_latex"]


def property_reasons(claim: Any, evidence: Any, verdict: Accepted) -> tuple[Line, ...]:
    """The steps in order."""
    facts = {fact.symbol: fact for fact in verdict.facts}
    if claim.traits.family == "A2.3":
        return _assumption(claim, evidence, facts)
    if claim.traits.family == "P3a" and not claim.traits.is_negation:
        return _curvature(claim, evidence, verdict)
    if evidence.rule == "sign":
        return _sign(claim, evidence, verdict)
    if evidence.rule == "third-term":
        return _third_term(evidence, facts)
    if evidence.rule == "witness":
        return tuple(shown_fact(fact) for fact in verdict.facts)
    if evidence.rule == "growth":
        return _growth(claim, facts)
    return (_identity(claim),)


def _sign(claim: Any, evidence: Any, verdict: Accepted) -> tuple[Line, ...]:
    """P1, P1' and P2 by the sign of φ'."""
    how = "assumed, not proved" if verdict.conditional else "by its expansion at infinity"
    lines = [
        Line(
            rf"\varphi'(z)\ge0\quad(|z|\le {evidence.radius})",
            f"φ' ≥ 0 for |z| ≤ {evidence.radius}",
            f"{len(evidence.cells)} cells",
            "on each an enclosure of φ', or an exact zero of φ' in it, shows the sign",
        ),
        Line(rf"\varphi'(z)\ge0\quad(|z|>{evidence.radius})", f"φ' ≥ 0 for |z| > {evidence.radius}", how, "both tails"),
    ]
    if claim.property != "P2":
        return tuple(lines)
    not_affine = [shown_fact(fact) for fact in verdict.facts]
    jump = Line(r"\varphi'\ \text{jumps}", "φ' jumps", "exact comparison", "so φ is not affine")
    lines += not_affine or [jump]
    lines.append(
        Line(
            r"T_3=\tfrac12E_{x,y}[\varphi'(\sigma x)\varphi'(\sigma y)(x-y)^2]>0",
            "T₃ = ½E[φ'(σx)φ'(σy)(x − y)²] > 0",
            "theorem 2.1",
            "T₁ and T₂ are squared distances, 0 only for an affine φ'",
        )
    )
    return tuple(lines)


def _curvature(claim: Any, evidence: Any, verdict: Accepted) -> tuple[Line, ...]:
    how = "assumed, not proved" if verdict.conditional else "by its expansion at infinity"
    what = "φ''" if claim.property == "P3a-strict" else "φ'"
    latex = what.replace("φ", r"\varphi")
    return (
        Line(rf"{latex}\ \text{{is continuous}}", f"{what} is continuous", "exact comparison", "at every breakpoint"),
        Line(
            rf"|\varphi''(z)|\le L_2\quad(|z|\le {evidence.radius})",
            f"|φ''| ≤ L₂ for |z| ≤ {evidence.radius}",
            f"{len(evidence.cells)} cells",
            "an enclosure of φ'' on each",
        ),
        Line(
            rf"|\varphi''(z)|\le L_2\quad(|z|>{evidence.radius})",
            f"|φ''| ≤ L₂ for |z| > {evidence.radius}",
            how,
            "both tails",
        ),
    )


def _third_term(evidence: Any, facts: dict[str, Fact]) -> tuple[Line, ...]:
    lines = [shown_fact(facts["φ^(3)(z₀)"])]
    lines.append(
        Line(
            r"T_3(\sigma)>0\quad(\sigma>0)",
            "T₃ > 0 for every σ > 0",
            f"{len(evidence.near)} cells of σ up to {in_words(evidence.near[-1][1])} and {len(evidence.far)} of 1/σ",
            "T₁ and T₂ are squared distances, 0 only for an affine φ'",
        )
    )
    return tuple(lines)


def shown_fact(fact: Fact) -> Line:
    """A number of the judge's with its meaning."""
    meaning = f"{fact.meaning}, at {fact.at}" if fact.at else fact.meaning
    value = enclosed(fact.lower, fact.upper, 8)
    return Line(symbol_latex(fact.symbol), fact.symbol, value, meaning, at=fact.at)


def _growth(claim: Any, facts: dict[str, Fact]) -> tuple[Line, ...]:
    if claim.property == "not-P3a":
        latex = r"|\varphi''(z)|\to\infty"
        return (Line(latex, "|φ''| → ∞", "on one side", "by its expansion at infinity"),)
    lines = [shown_fact(fact) for fact in facts.values()]
    return (*lines, Line(r"|\varphi'(z)|\to\infty", "|φ'| → ∞", "on one side", "by its expansion at infinity"))


def _identity(claim: Any) -> Line:
    if claim.property == "not-P3a":
        return Line(
            r"\varphi'\ \text{jumps}", "φ' jumps", "exact comparison", "of the one-sided slopes at a breakpoint"
        )
    return Line(
        r"\varphi(z)=a_kz+b_k", "every piece is affine", "exact normal forms", "and φ is continuous at every breakpoint"
    )


def _assumption(claim: Any, evidence: Any, facts: dict[str, Fact]) -> tuple[Line, ...]:
    if evidence.rule == "identity":
        gamma = Line(r"\varphi'(-z)=\varphi'(z)", "φ' is even", "exact identity", "so γ(σ) = 0 for every σ > 0")
    else:
        value = f"{len(evidence.cells)} cells and both tails"
        latex = r"\varphi'(w)-\varphi'(-w)\ge0\quad(w>0)"
        gamma = Line(latex, "φ'(w) − φ'(−w) ≥ 0 for w > 0", value, "and > 0 somewhere, so γ(σ) > 0")
    lines = [gamma, _mean(evidence), *(shown_fact(fact) for fact in facts.values())]
    if claim.traits.at_zero:
        lines.append(Line(r"\sigma=0", "σ = 0", "by the derivatives at 0", "μ(0) = φ'(0) and γ(0) = φ''(0)"))
    return tuple(lines)


def _mean(evidence: Any) -> Line:
    if evidence.mean == "slope-sum":
        value = f"{len(evidence.mean_cells)} cells and both tails"
        latex = r"\varphi'(w)+\varphi'(-w)\ge0\quad(w>0)"
        return Line(latex, "φ'(w) + φ'(−w) ≥ 0 for w > 0", value, "and > 0 somewhere, so μ(σ) > 0")
    if evidence.mean == "identity":
        latex = r"\varphi'(w)+\varphi'(-w)=\kappa"
        return Line(latex, "φ'(w) + φ'(−w) is a constant κ", "exact identity", "so μ(σ) = κ/2 for every σ")
    return Line(r"\mu(\sigma)=\sum c\,e^{\lambda^2\sigma^2/2}", "μ has a closed form", "of one sign", "so μ(σ) ≠ 0")


def symbol_latex(symbol: str) -> str:
    r"""A judge's symbol in LaTeX; without the sign |, which would end a cell of a Markdown table.

    Examples
    --------
    >>> symbol_latex("sup |φ'|")
    "\\sup \\lvert \\varphi '\\rvert "
    """
    symbol = re.sub(r"\|([^|]*)\|", r"\\lvert \1\\rvert ", symbol)
    for plain, latex in _LATEX.items():
        symbol = symbol.replace(plain, latex)
    return symbol


_LATEX = {
    "v_min": r"v_{\min}", "sup ": r"\sup ", "^(2)": "''", "^(3)": "'''", "φ": r"\varphi ", "ρ": r"\rho ",
    "σ": r"\sigma ", "μ": r"\mu ", "γ": r"\gamma ", "α": r"\alpha ", "₀": "_0", "₁": "_1", "₂": "_2", "₃": "_3",
    "₄": "_4",
}  # fmt: skip
