"""Page of `nondegenerate-activation`."""

from __future__ import annotations

from certificates import Accepted
from certificates.claims.nondegenerate_activation import Claim, Evidence
from verify.typesetting.facts import shown_fact
from verify.typesetting.formulas import Formula, Line, Part
from verify.typesetting.moments import DIGITS, NOTATION
from verify.typesetting.page import Page, Symbol
from verify.typesetting.slopes import satisfies

__all__ = ["PAGE"]

_SYMBOLS = {
    "mean": Symbol(r"\mu", "μ", "mean slope"),
    "curvature": Symbol(r"\gamma", "γ", "mean curvature"),
    "sigma": Symbol(r"\sigma", "σ", "which σ"),
}


def _title(claim: Claim) -> str:
    case = "(a)" if claim.curvature == "nonzero" else "(b)"
    return f"Assumption 2.3 {case}" + ("" if claim.sigma == "nonnegative" else " for σ > 0")


def _statement(claim: Claim) -> tuple[Part, ...]:
    """Our reading of Assumption 2.3."""
    whole = Formula(r"\sigma>0" if claim.sigma == "positive" else r"\sigma\ge0")
    return satisfies(
        claim.label,
        Formula(r"\mu(\sigma)=E[\varphi'(\sigma g)]"),
        f" is {claim.mean} for every ",
        whole,
        ", and ",
        Formula(r"\gamma(\sigma)=E[\varphi''(\sigma g)]"),
        f" is {claim.curvature} for every ",
        whole,
        "; ",
        Formula(r"\varphi'"),
        " and ",
        Formula(r"\varphi''"),
        " are bounded and ",
        Formula(r"\varphi'"),
        " is not affine (our reading; the printed formulas are lost)",
    )


def _reasons(claim: Claim, evidence: Evidence, verdict: Accepted) -> tuple[Line, ...]:
    if claim.curvature == "zero":
        gamma = Line(r"\varphi'(-z)=\varphi'(z)", "φ' is even", "exact identity", "so γ(σ) = 0 for every σ > 0")
    else:
        value = f"{len(evidence.cells)} cells and both tails"
        latex = r"\varphi'(w)-\varphi'(-w)\ge0\quad(w>0)"
        gamma = Line(latex, "φ'(w) − φ'(−w) ≥ 0 for w > 0", value, "and > 0 somewhere, so γ(σ) > 0")
    lines = [gamma, _mean(claim, evidence), *map(shown_fact, verdict.facts)]
    if claim.sigma == "nonnegative":
        lines.append(Line(r"\sigma=0", "σ = 0", "by the derivatives at 0", "μ(0) = φ'(0) and γ(0) = φ''(0)"))
    return tuple(lines)


def _mean(claim: Claim, evidence: Evidence) -> Line:
    if evidence.mean == "slope-sum":
        value = f"{len(evidence.mean_cells)} cells and both tails"
        latex = r"\varphi'(w)+\varphi'(-w)\ge0\quad(w>0)"
        return Line(latex, "φ'(w) + φ'(−w) ≥ 0 for w > 0", value, "and > 0 somewhere, so μ(σ) > 0")
    if evidence.mean == "identity":
        latex = r"\varphi'(w)+\varphi'(-w)=\kappa"
        kappa = "κ = 0" if claim.mean == "zero" else "κ ≠ 0"
        meaning = f"{kappa}, and μ(σ) = κ/2 for every σ"
        return Line(latex, "φ'(w) + φ'(−w) is a constant κ", "exact identity", meaning)
    return Line(r"\mu(\sigma)=\sum c\,e^{\lambda^2\sigma^2/2}", "μ has a closed form", "of one sign", "so μ(σ) ≠ 0")


PAGE = Page(
    title=_title,
    notation=NOTATION,
    statement=_statement,
    reasons=_reasons,
    symbols=_SYMBOLS,
    fact=shown_fact,
    digits=DIGITS,
)
