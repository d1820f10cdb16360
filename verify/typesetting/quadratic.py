"""What the pages about quadratic networks share."""

from __future__ import annotations

from typing import Final

from verify.typesetting.decimals import down, up
from verify.typesetting.formulas import Formula, Line, Part, scientific

__all__ = ["NOTATION", "TEACHER", "constants_line", "contraction_line", "factor", "number_down", "number_up"]

NOTATION: Final[tuple[Part, ...]] = (
    "The loss is ",
    Formula(r"f(W)=s\sum_i(q_i-y_i)^2"),
    " with ",
    Formula(r"q_i=\sum_lv_l(w_l^Tx_i)^2"),
    ", a function of the first layer ",
    Formula("W"),
    " alone; ",
    Formula("r=q-y"),
    ", ",
    Formula(r"L=f/(2ns)"),
    ", ",
    Formula(r"G=\tfrac1n\sum_ir_ix_ix_i^T"),
    ".",
)

TEACHER: Final[tuple[Part, ...]] = (
    "Let ",
    Formula(r"W^\circ"),
    " be the teacher's first layer and ",
    Formula(r"\mathrm{dist}(W,W^\circ)=\min_{P^TP=I}\lVert PW-W^\circ\rVert_F"),
    ". Exact gradient descent with ",
)


def number_up(value: float) -> str:
    """LaTeX of a number rounded up."""
    return scientific(up(value))


def number_down(value: float) -> str:
    """LaTeX of a number rounded down."""
    return scientific(down(value))


def factor(decrease: float) -> Formula:
    """One step towards the teacher."""
    latex = rf"\mathrm{{dist}}(W_{{t+1}},W^\circ)\le(1-{number_down(decrease)})\,\mathrm{{dist}}(W_t,W^\circ)"
    return Formula(latex)


def constants_line(facts: dict[str, str]) -> Line:
    """The constants near the teacher, by symbol."""
    return Line(
        r"\lambda\lVert H\rVert^2\le\tfrac1m\sum_i(x_i^TH^TW^\circ x_i)^2\le\Lambda\lVert H\rVert^2",
        "λ‖H‖² ≤ (1/m) Σ (x_iᵀHᵀW°x_i)² ≤ Λ‖H‖²",
        f"λ {facts['λ']}, Λ {facts['Λ']}, c₄ {facts['c₄']}",
        "λ on the directions across rotations; along them the form vanishes",
    )


def contraction_line(value: str) -> Line:
    """The step factor, and why it lasts."""
    return Line(
        r"\mathrm{dist}(W_{t+1},W^\circ)\le\rho(h)\,\mathrm{dist}(W_t,W^\circ)",
        "dist(W_{t+1}, W°) ≤ ρ(h) dist(W_t, W°)",
        value,
        "ρ does not fall with the distance h, so the inequality holds at every later step",
    )
