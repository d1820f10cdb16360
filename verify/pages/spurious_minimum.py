"""Page of `spurious-minimum`: the minimum, and the better point (theory 4.3)."""

from __future__ import annotations

from fractions import Fraction

from certificates import Verdict
from certificates.claims.spurious_minimum import Claim, Evidence
from certificates.language.wording import rounded_down, rounded_up
from verify.typesetting.decimals import down, up
from verify.typesetting.facts import in_notation
from verify.typesetting.formulas import Formula, Line, Part, scientific
from verify.typesetting.minimum import (
    FACTS,
    NOTATION,
    SYMBOLS,
    ball_lines,
    modulo,
    objective_of,
    strict_minimum,
    upper_end,
)
from verify.typesetting.page import Page, Symbol

__all__ = ["PAGE"]

_FACTS = {**FACTS, "f(w′)": "f(w')"}

_SYMBOLS = {
    "gap": Symbol(r"f(\hat w)-f(w')", "f(ŵ) − f(w′)", "by how much other weights are better"),
    **SYMBOLS,
    "value_lower": Symbol(r"f(\hat w)\ge", "f(ŵ) ≥", "value at the minimum, from below"),
    "value_upper": Symbol(r"f(\hat w)\le", "f(ŵ) ≤", "value at the minimum, from above"),
}


def _statement(claim: Claim) -> tuple[Part, ...]:
    low, high = rounded_down(Fraction(claim.value_lower)), rounded_up(Fraction(claim.value_upper))
    return (
        *strict_minimum(claim.distance, claim.radius),
        " There ",
        Formula(rf"f(\hat w)\in[{scientific(low)},\,{scientific(high)}]"),
        ". It is spurious: at other weights ",
        Formula("w'"),
        ", which the evidence holds, ",
        Formula(rf"f(w')\le f(\hat w)-{scientific(down(claim.gap))}"),
        ".",
        *modulo(claim.flat),
    )


def _reasons(claim: Claim, evidence: Evidence, verdict: Verdict) -> tuple[Line, ...]:
    """The minimum, then the better point."""
    lines = ball_lines(evidence, verdict)
    if not any(fact.symbol == "f(w′)" for fact in verdict.facts):
        return lines
    return (
        *lines,
        Line(
            r"f(w')<f(w_0)-\tfrac12MD^2\le f(\hat w)",
            "f(w′) < f(w₀) − ½MD² ≤ f(ŵ)",
            f"≤ {up(upper_end(verdict, 'f(w′)'))} < {down(claim.value_lower)}",
            "the other weights are enclosed at exactly these numbers, with the same samples and penalties",
        ),
    )


PAGE = Page(
    title=lambda _: "A strict local minimum lies near these weights, and it is spurious",
    notation=NOTATION,
    statement=_statement,
    reasons=_reasons,
    symbols=_SYMBOLS,
    fact=in_notation(_FACTS),
    refusal=_reasons,
    facts_title="Numbers at the weights",
    subject=objective_of,
    shows_minimum=True,
)
