"""Claims about quadratic networks as typeset statements; numbers are rounded as in ``claim.sentence()``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from verify.typesetting.decimals import down, up
from verify.typesetting.formulas import Formula, Part, scientific

__all__ = ["TITLES", "number_down", "number_up", "statement"]

TITLES = {
    "certified-orbit-run": "Gradient descent from these weights finds the teacher up to rotation",
    "global-landscape": "Every second-order stationary point is a global minimum",
    "gradient-dominance": "The gradient dominates the loss around these weights",
    "gradient-dominance-sos": "The gradient dominates a polynomial loss on a ball",
    "negative-curvature": "These weights are no local minimum",
    "optimality-gap": "How far these weights are from optimal",
    "orbit-convergence": "Gradient descent from near the teacher finds it up to rotation",
    "second-order-stationary": "These weights are nearly second-order stationary",
}


def statement(claim: Any) -> tuple[Part, ...]:
    """The claim with typeset formulas."""
    return _STATEMENTS[claim.kind](claim)


def number_up(value: Any) -> str:
    """LaTeX of a number rounded up."""
    return scientific(up(value))


def number_down(value: Any) -> str:
    """LaTeX of a number rounded down."""
    return scientific(down(value))


def _gap(claim: Any) -> tuple[Part, ...]:
    return (
        "With the outer weights and the data as given, over all first layers, ",
        Formula(rf"f(W)-\inf f\le {number_up(claim.gap)}"),
        ".",
    )


def _curvature(claim: Any) -> tuple[Part, ...]:
    parts: tuple[Part, ...] = (
        "Some direction ",
        Formula(r"U\ne0"),
        " has ",
        Formula(rf"D^2f(W)[U,U]\le-{number_down(claim.curvature)}\,\lVert U\rVert^2"),
        ", so the given first layer is no local minimum; ",
        Formula(rf"\lVert\nabla f(W)\rVert\le {number_up(claim.gradient_norm)}"),
    )
    if claim.descent > 0:
        parts += ("; some first layer has ", Formula(rf"f(W')\le f(W)-{number_down(claim.descent)}"))
    return (*parts, ".")


def _landscape(claim: Any) -> tuple[Part, ...]:
    parts: tuple[Part, ...] = (
        "For all labels: every first layer with ",
        Formula(r"\nabla f(W)=0"),
        " and ",
        Formula(r"\nabla^2f(W)\succeq0"),
        " is a global minimiser",
    )
    if claim.gram_eigenvalue is not None:
        form = rf"\big((x_i^Tx_j)^2\big)_{{ij}}\succeq {number_down(claim.gram_eigenvalue)}\,I"
        parts += ("; ", Formula(form), ", so the minimum is 0 for all labels")
    return (*parts, ".")


def _stationary(claim: Any) -> tuple[Part, ...]:
    return (
        Formula(rf"\lVert\nabla f(W)\rVert\le {number_up(claim.gradient_norm)}"),
        ", ",
        Formula(rf"\nabla^2f(W)\succeq-{number_up(claim.curvature_deficit)}\,I"),
        " and ",
        Formula(rf"f(W)-\inf f\le {number_up(claim.gap)}"),
        " at the given first layer.",
    )


def _dominance(claim: Any) -> tuple[Part, ...]:
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


def _sums_of_squares(claim: Any) -> tuple[Part, ...]:
    excess = "f(w)" if claim.level == 0 else rf"\big(f(w)-{number_up(claim.level)}\big)"
    return (
        "For every point with ",
        Formula(rf"\lVert w-w^*\rVert\le {number_down(claim.radius)}"),
        ": ",
        Formula(rf"\lVert\nabla f(w)\rVert^2\ge2\cdot {number_down(claim.constant)}\,{excess}"),
        ".",
    )


_ORBIT: tuple[Part, ...] = (
    "Let ",
    Formula(r"W^\circ"),
    " be the teacher's first layer and ",
    Formula(r"\mathrm{dist}(W,W^\circ)=\min_{P^TP=I}\lVert PW-W^\circ\rVert_F"),
    ". Exact gradient descent with ",
)


def _factor(decrease: float) -> Formula:
    latex = rf"\mathrm{{dist}}(W_{{t+1}},W^\circ)\le(1-{number_down(decrease)})\,\mathrm{{dist}}(W_t,W^\circ)"
    return Formula(latex)


def _orbit(claim: Any) -> tuple[Part, ...]:
    return (
        *_ORBIT,
        Formula(rf"\eta={scientific(down(claim.step_size, 12))}"),
        " from every ",
        Formula(rf"\mathrm{{dist}}(W_0,W^\circ)\le {number_down(claim.radius)}"),
        " has ",
        _factor(claim.decrease),
        " at every step; the factor is at most ",
        Formula(rf"1-{number_down(claim.half_decrease)}"),
        " from half that distance, and ",
        Formula(rf"1-{number_down(claim.asymptotic_decrease)}"),
        " in the limit.",
    )


def _run(claim: Any) -> tuple[Part, ...]:
    return (
        *_ORBIT,
        Formula(rf"\eta={scientific(down(claim.step_size, 12))}"),
        " from the given weights has ",
        Formula(rf"\mathrm{{dist}}(W_t,W^\circ)\le {number_up(claim.entry_distance)}"),
        " for every ",
        Formula(rf"t\ge {claim.entry_step}"),
        ", and from then on ",
        _factor(claim.decrease),
        "; the factor is at most ",
        Formula(rf"1-{number_down(claim.asymptotic_decrease)}"),
        " in the limit.",
    )


_STATEMENTS: dict[str, Callable[[Any], tuple[Part, ...]]] = {
    "certified-orbit-run": _run,
    "global-landscape": _landscape,
    "gradient-dominance": _dominance,
    "gradient-dominance-sos": _sums_of_squares,
    "negative-curvature": _curvature,
    "optimality-gap": _gap,
    "orbit-convergence": _orbit,
    "second-order-stationary": _stationary,
}
