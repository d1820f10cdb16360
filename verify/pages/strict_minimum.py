"""Page of `strict-minimum`: the ball, the spectrum, and descent to the minimum (theory 6.4 and 4.2)."""

from __future__ import annotations

from fractions import Fraction

from certificates import Verdict
from certificates.claims.strict_minimum import Claim, Evidence
from certificates.language.wording import rounded_down, rounded_up
from verify.typesetting.decimals import down, less, up
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

_SYMBOLS = {
    **SYMBOLS,
    "strong_convexity": Symbol("m", "m", "∇²f(ŵ) is at least this, off the flat directions"),
    "smoothness": Symbol("M", "M", "∇²f(ŵ) is at most this"),
    "value_lower": Symbol(r"f(\hat w)\ge", "f(ŵ) ≥", "least value nearby, from below"),
    "value_upper": Symbol(r"f(\hat w)\le", "f(ŵ) ≤", "least value nearby, from above"),
    "step_size_max": Symbol(r"\eta\le 2/(m+M)", "η ≤ 2/(m + M)", "largest constant step covered"),
    "float_loop.step_size": Symbol(r"\eta", "η of the loop", "step of the loop in binary64"),
    "float_loop.gradient_error": Symbol(r"\epsilon_g", "ε_g", "error of its gradient, assumed"),
    "float_loop.drift": Symbol(r"\epsilon/m", "ε/m", "how far from ŵ its errors keep it"),
    "float_loop.horizon": Symbol("t\\le", "t ≤", "steps it is followed, as some directions are flat"),
    "float_loop.flat_drift": Symbol("d", "d", "how far it moves along them meanwhile"),
    "origin.distance": Symbol(r"\lVert w_0-w_{\mathrm{given}}\rVert", "‖w₀ − w_given‖", "moved by polishing"),
}


def _statement(claim: Claim) -> tuple[Part, ...]:
    m, big = scientific(down(claim.strong_convexity)), scientific(up(claim.smoothness))
    low, high = rounded_down(Fraction(claim.value_lower)), rounded_up(Fraction(claim.value_upper))
    parts: tuple[Part, ...] = (
        *strict_minimum(claim.distance, claim.radius),
        " There ",
        Formula(rf"{m}\,I\preceq\nabla^2f(\hat w)\preceq {big}\,I"),
        " and ",
        Formula(rf"f(\hat w)\in[{scientific(low)},\,{scientific(high)}]"),
        ".",
    )
    if claim.step_size_max > 0:
        parts += (
            " Exact gradient descent from ",
            Formula("w_0"),
            " with any constant step ",
            Formula(rf"0<\eta\le {scientific(down(claim.step_size_max))}"),
            " converges to it: ",
            Formula(rf"\lVert w_t-\hat w\rVert\le(1-{m}\,\eta)^t\lVert w_0-\hat w\rVert"),
            ".",
        )
    return parts + _loop(claim) + modulo(claim.flat) + _origin(claim)


def _loop(claim: Claim) -> tuple[Part, ...]:
    loop = claim.float_loop
    if loop is None:
        return ()
    until = " for ever." if loop.horizon is None else f" for every t ≤ {down(loop.horizon)}."
    return (
        " A loop in binary64, ",
        Formula(r"w\leftarrow\mathrm{fl}(w-\mathrm{fl}(\eta\hat g))"),
        f" with η = {loop.step_size!r}, whose gradient errs by at most ",
        Formula(scientific(down(loop.gradient_error))),
        " there, has ",
        Formula(
            rf"\lVert w_t-\hat w\rVert\le(1-{scientific(down(claim.strong_convexity))}\,\eta)^t"
            rf"\lVert w_0-\hat w\rVert+{scientific(up(loop.drift))}"
        ),
        until,
    )


def _origin(claim: Claim) -> tuple[Part, ...]:
    if claim.origin is None:
        return ()
    distance = Formula(scientific(up(claim.origin.distance)))
    tail = f" of the weights of the problem {claim.origin.sha256[:12]}… it was polished from."
    return (" The weights ", Formula("w_0"), " lie within ", distance, tail)


def _reasons(claim: Claim, evidence: Evidence, verdict: Verdict) -> tuple[Line, ...]:
    """The inequalities of checks 5 to 7 in order, and of descent."""
    lines = ball_lines(evidence, verdict)
    if claim.step_size_max <= 0 or not lines:
        return lines
    return (
        *lines,
        Line(
            r"2\lVert\hat w-w_0\rVert\le r",
            "2‖ŵ − w₀‖ ≤ r",
            less(2 * upper_end(verdict, "D"), evidence.inner_radius),
            "descent never leaves the inner ball, where each step contracts by 1 − ηm",
        ),
    )


PAGE = Page(
    title=lambda _: "A strict local minimum of the objective lies near these weights",
    notation=NOTATION,
    statement=_statement,
    reasons=_reasons,
    symbols=_SYMBOLS,
    fact=in_notation(FACTS),
    refusal=_reasons,
    facts_title="Numbers at the weights",
    subject=objective_of,
    shows_minimum=True,
)
