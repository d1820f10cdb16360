"""Page of `width-bound`: the formula of the width (theorems 5.3.3 and 5.3.4)."""

from __future__ import annotations

from certificates import Accepted
from certificates.claims.width_bound import Claim, Evidence
from certificates.language.wording import in_words
from verify.typesetting.decimals import between, down, up
from verify.typesetting.facts import in_notation
from verify.typesetting.formulas import Formula, Line, Part, scientific
from verify.typesetting.page import Page, Symbol

__all__ = ["PAGE"]

_NOTATION: tuple[Part, ...] = (
    "Inputs are divided by their norms, ",
    Formula("G"),
    " is their Gram matrix, ",
    Formula(r"f(x)=m^{-1/2}\sum_ra_r\max(w_r\cdot x,0)"),
    ", the start ",
    Formula(r"w_r\sim N(0,I)"),
    " with fair signs ",
    Formula("a_r"),
    " is drawn, and only the ",
    Formula("w_r"),
    " move.",
)

_FACTS = {"n": "n", "λ₀": r"\lambda_0", "‖G‖": r"\lVert G\rVert", "‖y‖²": r"\lVert y\rVert^2"}

_SYMBOLS = {
    "failure": Symbol(r"\delta", "δ", "probability of other starts, at most"),
    "width": Symbol(r"m\ge", "m ≥", "enough units"),
    "eigenvalue": Symbol(r"\lambda", "λ", "rate of the squared residual"),
}


def _statement(claim: Claim) -> tuple[Part, ...]:
    rate = scientific(down(claim.eigenvalue))
    return (
        "With at least ",
        Formula(scientific(up(claim.width))),
        f" units ({claim.start} start), with a probability of at least {in_words(1 - claim.failure)}, ",
        "every solution of the gradient flow converges to loss 0, and ",
        Formula(rf"\lVert e(t)\rVert^2\le e^{{-{rate}\,t}}\lVert e(0)\rVert^2"),
        ".",
    )


def _reasons(claim: Claim, evidence: Evidence, verdict: Accepted) -> tuple[Line, ...]:
    facts = {fact.symbol: fact for fact in verdict.facts}
    parts = ", ".join(in_words(part) for part in (evidence.kernel, evidence.flips, evidence.residual))
    printed = claim.form == "printed"
    return (
        Line(
            r"\lambda\le\lambda_{\min}(H^\infty)",
            "λ ≤ λ_min(H^∞)",
            between(facts["λ₀"].lower, facts["λ₀"].upper),
            "the kernel in the limit of width, factorised",
        ),
        Line(
            r"\delta_1+\delta_2+\delta_3\le\delta",
            "δ₁ + δ₂ + δ₃ ≤ δ",
            parts,
            "the kernel at the start, units that flip, the residual at the start",
        ),
        Line(
            r"m\ge\frac{512}{\pi}\frac{n^6(C^2+\frac12)}{\lambda^4\delta_2^2\delta_3}"
            if printed
            else r"m\ge\frac{4\lVert G\rVert\,\mathbb E\lVert e_0\rVert^2}{\lambda^2R^2\delta_3}",
            "m ≥ (512/π) n⁶(C² + ½)/(λ⁴δ₂²δ₃)" if printed else "m ≥ 4‖G‖E‖e₀‖²/(λ²R²δ₃)",
            f"with all constants, at most {up(verdict.proved.width)}",
            "so that units move by at most R, within which the kernel keeps half of λ",
        ),
    )


PAGE = Page(
    title=lambda claim: f"Enough units for most random starts, {claim.form}",
    notation=_NOTATION,
    statement=_statement,
    reasons=_reasons,
    symbols=_SYMBOLS,
    fact=in_notation(_FACTS),
)
