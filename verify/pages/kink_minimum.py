"""Page of `kink-minimum`: the kinks, the frozen objective, and why every unit stays at its kink (theorem 6.4.1)."""

from __future__ import annotations

from fractions import Fraction

from certificates import Verdict
from certificates.claims.kink_minimum import Claim, Evidence
from certificates.language.wording import rounded_down, rounded_up
from verify.typesetting.decimals import down, less, up
from verify.typesetting.facts import in_notation
from verify.typesetting.formulas import Formula, Line, Part, scientific
from verify.typesetting.minimum import NOTATION, lower_end, modulo, objective_of, upper_end
from verify.typesetting.page import Page, Symbol

__all__ = ["PAGE"]

_FACTS = {
    "f(ŵ)": r"f(\hat w)",
    "‖ŵ − w_0‖": r"\lVert\hat w-w_0\rVert",
    "μ": r"\mu",
    "h(R)": "h(R)",
    "m": "m",
    "G'": "G'",
    "m(R − δ)": r"m(R-\delta)",
    "min s": r"\min s",
    "σ_min(C)": r"\sigma_{\min}(C)",
    "|ν|": r"\lVert\nu\rVert",
}

_SYMBOLS = {
    "radius": Symbol("R", "R", "on this ball f grows from the minimum"),
    "distance": Symbol(r"\lVert\hat w-w_0\rVert\le", "‖ŵ − w₀‖ ≤", "distance to the minimum"),
    "growth": Symbol("m", "m", "f(w) − f(ŵ) is at least half of this times ‖w − ŵ‖²"),
    "value_lower": Symbol(r"f(\hat w)\ge", "f(ŵ) ≥", "value at the minimum, from below"),
    "value_upper": Symbol(r"f(\hat w)\le", "f(ŵ) ≤", "value at the minimum, from above"),
}

_SHOWN = 8


def _statement(claim: Claim) -> tuple[Part, ...]:
    low, high = rounded_down(Fraction(claim.value_lower)), rounded_up(Fraction(claim.value_upper))
    return (
        "The objective has a strict local minimum ",
        Formula(r"\hat w"),
        " within ",
        Formula(scientific(up(claim.distance))),
        " of the given weights ",
        Formula("w_0"),
        ": ",
        Formula(rf"f(w)\ge f(\hat w)+\tfrac12\cdot {scientific(down(claim.growth))}\,\lVert w-\hat w\rVert^2"),
        " for all ",
        Formula("w"),
        " within ",
        Formula(scientific(down(claim.radius))),
        " of them, and ",
        Formula(rf"f(\hat w)\in[{scientific(low)},\,{scientific(high)}]"),
        ". ",
        _kinks(claim),
        *modulo(claim.flat),
    )


def _kinks(claim: Claim) -> str:
    if not claim.kinks:
        return "It lies on no kink."
    shown = ", ".join(f"unit {unit} on sample {sample}" for sample, unit in claim.kinks[:_SHOWN])
    more = f", … ({len(claim.kinks)} pairs)" if len(claim.kinks) > _SHOWN else ""
    return f"There hidden units are exactly 0 on some samples, and nowhere else: {shown}{more}."


def _reasons(claim: Claim, evidence: Evidence, verdict: Verdict) -> tuple[Line, ...]:
    """Checks 7 to 9; nothing where a refusal has no numbers."""
    if not verdict.facts:
        return ()
    lines = (
        Line(
            r"\nabla^2f_\theta(w_0)+C^T\Sigma C\succeq\mu I,\quad h(R)<\mu",
            "∇²f_θ(w₀) + CᵀΣC ⪰ μI, h(R) < μ",
            less(upper_end(verdict, "h(R)"), lower_end(verdict, "μ")),
            f"with the slopes at the kinks frozen, f is convex along them on the ball of R ≈ {evidence.radius:.6g}",
        ),
        Line(
            r"G'<m(R-\delta),\quad m=\mu-h(R)",
            "G' < m(R − δ), m = μ − h(R)",
            less(upper_end(verdict, "G'"), lower_end(verdict, "m(R − δ)")),
            "so it has one critical point on the kinks, in the ball",
        ),
    )
    if not claim.kinks:
        return lines
    held = Line(
        r"\Sigma_a(|C_aw_0|+\lVert C_a\rVert R)\le2(s_a-\lVert\nu\rVert)",
        "Σ_a(|C_a w₀| + ‖C_a‖R) ≤ 2(s_a − ‖ν‖)",
        f"min s ≥ {down(lower_end(verdict, 'min s'))}, ‖ν‖ ≤ {up(upper_end(verdict, '|ν|'))}",
        "leaving a kink costs at least s_a |C_a w|, more than Σ borrowed: theorem 6.4.1",
    )
    return (*lines, held)


PAGE = Page(
    title=lambda claim: f"A strict local minimum on {len(claim.kinks)} kinks lies near these weights",
    notation=NOTATION,
    statement=_statement,
    reasons=_reasons,
    symbols=_SYMBOLS,
    fact=in_notation(_FACTS),
    refusal=_reasons,
    facts_title="Numbers at the weights",
    subject=objective_of,
)
