"""Page of `deep-linear-gap`."""

from __future__ import annotations

from certificates import Accepted
from certificates.claims.deep_linear_gap import Claim, Evidence
from verify.typesetting.decimals import up
from verify.typesetting.facts import in_notation
from verify.typesetting.formulas import Formula, Line, Part, scientific
from verify.typesetting.linear import NOTATION
from verify.typesetting.page import Page, Symbol

__all__ = ["PAGE"]

_FACTS = {"r": "r", "f(W)": "f(W)", "f(W) − γ": r"f(W)-\gamma"}


def _statement(claim: Claim) -> tuple[Part, ...]:
    return (
        "Over all weights of all layers, of these widths, ",
        Formula(rf"f(W)-\min f\le {scientific(up(claim.gap))}"),
        ".",
    )


def _reasons(claim: Claim, evidence: Evidence, verdict: Accepted) -> tuple[Line, ...]:
    del claim
    return (
        Line(
            r"Z\succeq0,\quad\begin{pmatrix}S&C^T\\C&Z+\tau I\end{pmatrix}\succeq0",
            "Z ⪰ 0, (S Cᵀ; C Z + τI) ⪰ 0",
            f"τ ≈ {evidence.threshold:.6g}, Z of size {len(evidence.dual)}",
            "exact: the signs of the coefficients of two characteristic polynomials",
        ),
        Line(
            r"\lVert Y-RX\rVert_F^2\ge\lVert Y\rVert_F^2-r\tau-\operatorname{tr}Z",
            "‖Y − RX‖² ≥ ‖Y‖² − rτ − tr Z",
            "for every R of rank at most r",
            "the trace of the second matrix between (R, −P) and its transpose, P a projector with R = PR",
        ),
        Line(
            r"f(W)-\min f\le\gamma",
            "f(W) − min f ≤ γ",
            f"γ ≤ {up(verdict.proved.gap)}",
            "both sides times s, and f(W) exactly",
        ),
    )


PAGE = Page(
    title=lambda _: "How far a deep linear network is from its global minimum",
    notation=NOTATION,
    statement=_statement,
    reasons=_reasons,
    symbols={"gap": Symbol(r"f(W)-\min f\le", "f(W) − min f ≤", "optimality gap")},
    fact=in_notation(_FACTS),
)
