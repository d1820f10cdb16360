"""Page of `certified-accuracy`: the minimum, and the margins of the samples there (theory 6.4)."""

from __future__ import annotations

from certificates import Verdict
from certificates.claims.certified_accuracy import Claim, Evidence
from verify.typesetting.decimals import down, up
from verify.typesetting.facts import in_notation
from verify.typesetting.formulas import Formula, Line, Part
from verify.typesetting.minimum import (
    FACTS,
    NOTATION,
    SYMBOLS,
    ball_lines,
    lower_end,
    modulo,
    objective_of,
    strict_minimum,
    upper_end,
)
from verify.typesetting.page import Page, Symbol

__all__ = ["PAGE"]

_FACTS = {**FACTS, "δ": r"\delta", "margin": r"\min_i\big(F_{iy}-\max_{c\ne y}F_{ic}\big)"}

_SYMBOLS = {
    "samples": Symbol("n", "n", "samples that are counted"),
    "right": Symbol(r"\#\text{right}", "# right", "certainly classified rightly at the minimum"),
    "wrong": Symbol(r"\#\text{wrong}", "# wrong", "certainly classified wrongly there"),
    **SYMBOLS,
}


def _statement(claim: Claim) -> tuple[Part, ...]:
    whose = "the objective is made of" if claim.data is None else f"the problem {claim.data.sha256[:12]}… holds"
    low, high = claim.accuracy
    accuracy = f"is {claim.right}/{claim.samples}" if low == high else f"lies in [{down(low)}, {up(high)}]"
    counted = (
        f" at least {claim.right} of the {claim.samples} samples that {whose} are classified rightly and at least "
        f"{claim.wrong} wrongly; the accuracy {accuracy}."
    )
    return (
        *strict_minimum(claim.distance, claim.radius),
        " With the weights ",
        Formula(r"\hat w"),
        counted,
        *modulo(claim.flat),
    )


def _reasons(claim: Claim, evidence: Evidence, verdict: Verdict) -> tuple[Line, ...]:
    """The minimum, then the margins."""
    lines = ball_lines(evidence, verdict)
    if not any(fact.symbol == "δ" for fact in verdict.facts):
        return lines
    margins = any(fact.symbol == "margin" for fact in verdict.facts)
    least = f"the least margin of a sample that counts is ≥ {down(lower_end(verdict, 'margin'))}" if margins else ""
    return (
        *lines,
        Line(
            r"\lVert F(x;\hat w)-F(x;w_0)\rVert\le T^1(x)\,D=\delta(x)",
            "‖F(x; ŵ) − F(x; w₀)‖ ≤ T¹(x) D = δ(x)",
            f"≤ {up(upper_end(verdict, 'δ'))}; {least}",
            f"{claim.right} samples lead by more than they can move, {claim.wrong} lag by more",
        ),
    )


PAGE = Page(
    title=lambda _: "How accurate the classifier is at the exact minimiser near these weights",
    notation=NOTATION,
    statement=_statement,
    reasons=_reasons,
    symbols=_SYMBOLS,
    fact=in_notation(_FACTS),
    refusal=_reasons,
    facts_title="Numbers at the weights",
    subject=objective_of,
)
