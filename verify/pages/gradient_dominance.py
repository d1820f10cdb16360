"""Page of `gradient-dominance`."""

from __future__ import annotations

from certificates import Accepted
from certificates.claims.gradient_dominance import Claim, Evidence
from verify.typesetting.decimals import down, up
from verify.typesetting.facts import in_notation
from verify.typesetting.formulas import Formula, Line, Part
from verify.typesetting.page import Page, Symbol
from verify.typesetting.quadratic import NOTATION, number_down, number_up

__all__ = ["PAGE"]

_FACTS = {"f(W_0)": "f(W_0)", "2√(2f(W_0)/μ)": r"2\sqrt{2f(W_0)/\mu}"}

_SYMBOLS = {
    "radius": Symbol(r"\varrho", "ϱ", "radius of the ball"),
    "constant": Symbol(r"\mu", "μ", "constant of the inequality"),
    "descent.radius": Symbol(r"\max_t\lVert W_t-W_0\rVert\le", "max ‖W_t − W₀‖ ≤", "how far gradient descent goes"),
    "descent.step_size_max": Symbol(r"\eta\le", "η ≤", "largest step size covered"),
    "descent.decrease_rate": Symbol("m", "m", "f falls by the factor 1 − ηm a step"),
}


def _statement(claim: Claim) -> tuple[Part, ...]:
    parts: tuple[Part, ...] = (
        "For every first layer with ",
        Formula(rf"\lVert W-W_0\rVert_F\le {number_down(claim.radius)}"),
        ": ",
        Formula(rf"\lVert\nabla f(W)\rVert^2\ge2\cdot {number_down(claim.constant)}\,f(W)"),
    )
    if claim.descent is not None:
        run = claim.descent
        parts += (
            ". Exact gradient descent from the given weights with any constant step ",
            Formula(rf"0<\eta\le {number_down(run.step_size_max)}"),
            " stays within ",
            Formula(number_up(run.radius)),
            " of them, and ",
            Formula(rf"f(W_t)\le(1-{number_down(run.decrease_rate)}\,\eta)^tf(W_0)"),
        )
    return (*parts, ".")


def _reasons(claim: Claim, evidence: Evidence, verdict: Accepted) -> tuple[Line, ...]:
    ball = Line(
        r"\mu=\frac{(\sigma_0-c\varrho)^2}{n},\quad c=2v_{\max}\sqrt{nc_4}",
        "μ = (σ₀ − cϱ)²/n, c = 2 v_max √(n c₄)",
        f"μ of f: {down(verdict.proved.constant)}",
        "the Jacobian is linear in W, with ‖J(U)‖ ≤ c‖U‖",
    )
    matrix = Line(
        r"JJ^T-n\mu I\succeq0\ \text{on the ball}",
        "JJᵀ − nμI ⪰ 0 on the ball",
        f"μ of f: {down(verdict.proved.constant)}",
        "one linear matrix inequality with a multiplier for the ball, by factorisation",
    )
    lines = (ball if evidence.method == "ball" else matrix,)
    if claim.descent is None:
        return lines
    path = Line(
        r"\sum_t\lVert W_{t+1}-W_t\rVert\le2\sqrt{2f(W_0)/\mu}<\varrho",
        "Σ ‖W_{t+1} − W_t‖ ≤ 2√(2f(W₀)/μ) < ϱ",
        f"{up(verdict.proved.descent.radius)} < {down(evidence.radius)}",
        "gradient descent does not reach the boundary",
    )
    return (*lines, path)


PAGE = Page(
    title=lambda _: "The gradient dominates the loss around these weights",
    notation=NOTATION,
    statement=_statement,
    reasons=_reasons,
    symbols=_SYMBOLS,
    fact=in_notation(_FACTS),
)
