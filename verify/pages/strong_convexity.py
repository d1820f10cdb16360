"""Page of `strong-convexity`: the ball, the constants of theory 4.2, and the minimiser in it."""

from __future__ import annotations

from fractions import Fraction

from certificates import Verdict
from certificates.claims.strong_convexity import Claim, Evidence, Minimiser
from certificates.language.wording import rounded_down, rounded_up
from verify.typesetting.decimals import down, less, up
from verify.typesetting.facts import in_notation
from verify.typesetting.formulas import Formula, Line, Part, scientific
from verify.typesetting.minimum import FACTS, NOTATION, lower_end, modulo, objective_of, upper_end
from verify.typesetting.page import Page, Symbol

__all__ = ["PAGE"]

_SYMBOLS = {
    "radius": Symbol("R", "R", "all is about this ball around the weights"),
    "strong_convexity": Symbol("m", "m", "∇²f is at least this on the ball, off the flat directions"),
    "smoothness": Symbol("M", "M", "∇²f is at most this on the ball"),
    "minimiser.distance": Symbol(r"\lVert\hat w-w_0\rVert", "‖ŵ − w₀‖", "distance to the minimiser"),
    "minimiser.value_lower": Symbol(r"f(\hat w)\ge", "f(ŵ) ≥", "its value, from below"),
    "minimiser.value_upper": Symbol(r"f(\hat w)\le", "f(ŵ) ≤", "its value, from above"),
    "minimiser.start_radius": Symbol(r"\lVert w^0-w_0\rVert\le", "‖w⁰ − w₀‖ ≤", "starts of descent that are covered"),
    "minimiser.step_size_max": Symbol(r"\eta\le 2/(m+M)", "η ≤ 2/(m + M)", "largest constant step covered"),
}

_FACTS = {
    **FACTS,
    "‖∇f(w₀)‖": r"\lVert\nabla f(w_0)\rVert",
    "s₀": "s_0",
    "S₀": "S_0",
    "χ": r"\chi",
    "ξ": r"\xi",
    "e₀": "e_0",
    "β": r"\beta",
    "γ": r"\gamma",
}


def _statement(claim: Claim) -> tuple[Part, ...]:
    whose = "planted by the teacher, exactly" if claim.labels == "planted" else "as given"
    m, big = scientific(down(claim.strong_convexity)), scientific(up(claim.smoothness))
    return (
        f"With labels {whose}, ",
        Formula(rf"{m}\,I\preceq\nabla^2f(w)\preceq {big}\,I"),
        " for every ",
        Formula("w"),
        " within ",
        Formula(scientific(down(claim.radius))),
        " of the given weights ",
        Formula("w_0"),
        " (almost every one, where second derivatives may jump).",
        *(() if claim.minimiser is None else _minimiser(claim.minimiser, m)),
        *modulo(claim.flat),
    )


def _minimiser(found: Minimiser, m: str) -> tuple[Part, ...]:
    low, high = rounded_down(Fraction(found.value_lower)), rounded_up(Fraction(found.value_upper))
    parts: tuple[Part, ...] = (
        " Exactly one critical point ",
        Formula(r"\hat w"),
        " lies in that ball, where the objective is least on it: ",
        *_place(found.distance),
        ", and ",
        Formula(rf"f(\hat w)\in[{scientific(low)},\,{scientific(high)}]"),
        ".",
    )
    if found.step_size_max <= 0:
        return parts
    return (
        *parts,
        " Exact gradient descent from any start within ",
        Formula(scientific(down(found.start_radius))),
        " of the weights, with any constant step ",
        Formula(rf"0<\eta\le {scientific(down(found.step_size_max))}"),
        ", converges to it: ",
        Formula(rf"\lVert w^t-\hat w\rVert\le(1-{m}\,\eta)^t\lVert w^0-\hat w\rVert"),
        ".",
    )


def _place(distance: float) -> tuple[Part, ...]:
    if distance <= 0:
        return ("the weights themselves",)
    return "within ", Formula(scientific(up(distance))), " of the weights"


def _reasons(claim: Claim, evidence: Evidence, verdict: Verdict) -> tuple[Line, ...]:
    """Checks 7 and 8, with the numbers of this proof; nothing where a refusal has none."""
    found = {fact.symbol: fact for fact in verdict.facts}
    if "m" not in found:
        return ()
    m, radius = lower_end(verdict, "m"), evidence.radius
    lines = (
        Line(r"\nabla^2f\succeq mI,\quad m>0", "∇²f ⪰ m I, m > 0", f"≥ {down(m)}", found["m"].meaning),
        Line(r"\nabla^2f\preceq MI", "∇²f ⪯ M I", f"≤ {up(upper_end(verdict, 'M'))}", found["M"].meaning),
    )
    if claim.minimiser is None or "‖∇f(w₀)‖" not in found:
        return lines
    return (
        *lines,
        Line(
            r"\lVert\nabla f(w_0)\rVert<mR",
            "‖∇f(w₀)‖ < mR",
            less(upper_end(verdict, "‖∇f(w₀)‖"), m * radius),
            "the gradient points outwards on the sphere: the one critical point is inside",
        ),
    )


PAGE = Page(
    title=lambda _: "The objective is strongly convex on a ball around these weights",
    notation=NOTATION,
    statement=_statement,
    reasons=_reasons,
    symbols=_SYMBOLS,
    fact=in_notation(_FACTS),
    refusal=_reasons,
    facts_title="Numbers at the weights and on the ball",
    subject=objective_of,
    shows_minimum=True,
)
