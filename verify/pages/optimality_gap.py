"""Page of `optimality-gap`."""

from __future__ import annotations

from certificates import Accepted
from certificates.claims.optimality_gap import Claim, Evidence
from verify.typesetting.decimals import up
from verify.typesetting.facts import in_notation
from verify.typesetting.formulas import Formula, Line, Part
from verify.typesetting.page import Page, Symbol
from verify.typesetting.quadratic import NOTATION, number_up

__all__ = ["PAGE"]

_FACTS = {
    "f(W)": "f(W)",
    "‖∇f(W)‖": r"\lVert\nabla f(W)\rVert",
    "inf f": r"\inf f",
    "f(W) − inf f": r"f(W)-\inf f",
}


def _statement(claim: Claim) -> tuple[Part, ...]:
    return (
        "With the outer weights and the data as given, over all first layers, ",
        Formula(rf"f(W)-\inf f\le {number_up(claim.gap)}"),
        ".",
    )


_DUAL = Line(
    r"L(W)-L(W')\le\tfrac1{2n}\lVert r-\alpha\nu\rVert^2+\tfrac{\alpha}{n}\nu^Tq\quad"
    r"\text{if}\ X^T\mathrm{diag}(\nu)X\succeq0",
    "L(W) − L(W') ≤ ‖r − αν‖²/(2n) + (α/n) νᵀq   if Xᵀdiag(ν)X ⪰ 0",
    "X^T diag(ν) X is positive semidefinite",
    "weak duality; ν is rounded to doubles and shifted until the judge's own factorisation accepts it",
)


def _reasons(claim: Claim, evidence: Evidence, verdict: Accepted) -> tuple[Line, ...]:
    del claim
    ways = {
        "dual": (_DUAL,),
        "self-dual": (
            Line(r"\nu=r+t\mathbf{1}", "ν = r + t·1", f"t = {up(evidence.shift)}", "the network's own residual"),
            _DUAL,
        ),
        "least-squares": (
            Line(
                r"L(W)-L(W')\le L(W)-\ell(M^\circ)+\frac{\lVert G^\circ\rVert_F^2}{2s_T}",
                "L(W) − L(W') ≤ L(W) − ℓ(M°) + ‖G°‖²/(2 s_T)",
                "the moment matrix T is positive definite",
                "M° nearly minimises the least-squares loss over all symmetric matrices",
            ),
        ),
        "nonnegative": (Line(r"\inf f\ge0", "inf f ≥ 0", "the gap is the loss", "f is a sum of squares"),),
    }
    bound = Line(
        r"f(W)-\inf f",
        "f(W) − inf f",
        f"≤ {up(verdict.proved.gap)}",
        "the bound at the best α, in the problem's own f = 2ns·L",
    )
    return (*ways[evidence.method], bound)


PAGE = Page(
    title=lambda _: "How far these weights are from optimal",
    notation=NOTATION,
    statement=_statement,
    reasons=_reasons,
    symbols={"gap": Symbol(r"f(W)-\inf f\le", "f(W) − inf f ≤", "optimality gap")},
    fact=in_notation(_FACTS),
)
