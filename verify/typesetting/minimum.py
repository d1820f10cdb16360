"""What pages about minima of objectives share: the objective spelled out, the ball, and why it holds one minimum."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import assert_never

from certificates import Network, Problem, Verdict
from certificates.language.minimum import MinimumEvidence
from certificates.subjects import Decay, Logistic, Loss, SoftmaxCrossEntropy, Squared
from verify.typesetting.decimals import down, less, up
from verify.typesetting.formulas import Formula, Line, Part, scientific
from verify.typesetting.page import Symbol

__all__ = [
    "FACTS",
    "NOTATION",
    "SYMBOLS",
    "ball_lines",
    "lower_end",
    "modulo",
    "objective_of",
    "strict_minimum",
    "upper_end",
]

_LONGEST = 12  # digits of a rational that is typeset as a fraction

NOTATION: tuple[Part, ...] = (
    Formula("w"),
    " stands for the trained parameters, ",
    Formula("w_0"),
    " for the given ones, ",
    Formula("F_i(w)"),
    " for the outputs on sample i. ",
)

FACTS: Mapping[str, str] = {
    "p": "p",
    "f(w₀)": "f(w_0)",
    "‖∇f(c)‖": r"\lVert\nabla f(c)\rVert",
    "λ_min": r"\lambda_{\min}",
    "λ_max": r"\lambda_{\max}",
    "h(R)": "h(R)",
    "h(r)": "h(r)",
    "m": "m",
    "M": "M",
    "D": "D",
}

SYMBOLS: Mapping[str, Symbol] = {
    "radius": Symbol("R", "R", "within this there is no other critical point"),
    "distance": Symbol(r"\lVert\hat w-w_0\rVert", "‖ŵ − w₀‖", "distance to the minimum"),
}


def objective_of(problem: Problem) -> tuple[Part, ...]:
    """The objective of a network with its exact numbers."""
    if not isinstance(problem, Network):
        return ()
    objective = problem.objective
    weights = r"\omega_i\," if objective.sample_weights else ""
    loss = f"f(w)={_number(objective.loss.scale)}\\sum_i{weights}{_sample_loss(objective.loss)}"
    parts: tuple[Part, ...] = ("The objective is ", Formula(loss))
    for decay in objective.decay:  # a formula each: lines break between them
        parts += (" ", Formula("{}+" + _penalty(decay)))
    if objective.sample_weights:
        parts += (", with the weights of samples that the problem file holds",)
    return (*parts, ". ")


def _sample_loss(loss: Loss) -> str:
    match loss:
        case Squared():
            return r"\lVert F_i(w)-y_i\rVert^2"
        case Logistic():
            return r"\sum_c\big(\log(1+e^{F_{ic}(w)})-q_{ic}F_{ic}(w)\big)"
        case SoftmaxCrossEntropy():
            return r"\big(\log\sum_ce^{F_{ic}(w)}-q_i\cdot F_i(w)\big)"
        case _:
            assert_never(loss)


def _penalty(decay: Decay) -> str:
    _, index, name = decay.tensor.split(".")
    letter = ("W" if name == "weight" else "b") + f"_{{{int(index) + 1}}}"
    inside = letter if decay.centre is None else f"{letter}-c_{{{letter}}}"
    return rf"{_number(decay.rate / 2)}\lVert {inside}\rVert^2"


def _number(value: Fraction) -> str:
    if value == 1:
        return ""
    text = f"{value.numerator}{value.denominator}"
    if len(text) > _LONGEST:
        return scientific(f"{float(value):.6g}") + r"\ldots\,"
    return str(value) if value.denominator == 1 else rf"\tfrac{{{value.numerator}}}{{{value.denominator}}}"


def strict_minimum(distance: float, radius: float) -> tuple[Part, ...]:
    """The sentence about ŵ."""
    return (
        "The objective has a strict local minimum ",
        Formula(r"\hat w"),
        " within ",
        Formula(scientific(up(distance))),
        " of the given weights ",
        Formula("w_0"),
        ", and no other critical point within ",
        Formula(scientific(down(radius))),
        " of them.",
    )


def modulo(flat: tuple[str, ...]) -> tuple[Part, ...]:
    """The sentence about directions that are split off."""
    if not flat:
        return ()
    shown = ", ".join(flat[:8]) + (f", … ({len(flat)})" if len(flat) > 8 else "")
    what = f" All of this is modulo the directions along which the objective is constant ({shown}): "
    return (what + "distances and curvature are those of the orthogonal complement.",)


def upper_end(verdict: Verdict, symbol: str) -> float:
    """The upper end of a number of the proof."""
    return next(fact.upper for fact in verdict.facts if fact.symbol == symbol)


def lower_end(verdict: Verdict, symbol: str) -> float:
    """The lower end of a number of the proof."""
    return next(fact.lower for fact in verdict.facts if fact.symbol == symbol)


def ball_lines(evidence: MinimumEvidence, verdict: Verdict) -> tuple[Line, ...]:
    """Checks 5 to 7, with the numbers of this proof; nothing where a refusal has none."""
    if not verdict.facts:
        return ()
    r, m = evidence.inner_radius, lower_end(verdict, "m")
    size = sum(x * x for piece in evidence.correction or () for x in piece) ** 0.5
    centre = "w₀" if not size else f"w₀ + w_lo, ‖w_lo‖ ≈ {size:.2g}"
    return (
        Line(
            r"\nabla^2f(w_0)\succeq\lambda_{\min}I",
            "∇²f(w₀) ⪰ λ_min I",
            f"≥ {down(lower_end(verdict, 'λ_min'))}",
            "the spectrum has a proven end, by the residual of a factorisation of the enclosed Hessian",
        ),
        Line(
            r"h(R)<\lambda_{\min}",
            "h(R) < λ_min",
            less(upper_end(verdict, "h(R)"), lower_end(verdict, "λ_min")),
            f"the Hessian stays positive definite on the ball of R ≈ {evidence.radius:.6g}: at most one critical point",
        ),
        Line(
            r"\lVert\nabla f(c)\rVert<m\,(r-\lVert c-w_0\rVert),\quad m=\lambda_{\min}-h(r)",
            "‖∇f(c)‖ < m (r − ‖c − w₀‖), m = λ_min − h(r)",
            less(upper_end(verdict, "‖∇f(c)‖"), m * (r - size)),
            f"the gradient points outwards on a sphere about c = {centre}: a critical point is inside, r ≈ {r:.3g}",
        ),
    )
