"""Page of `deep-linear-gradient-dominance`."""

from __future__ import annotations

from certificates import Accepted
from certificates.claims.deep_linear_gradient_dominance import Claim, Evidence
from verify.typesetting.decimals import down
from verify.typesetting.facts import in_notation
from verify.typesetting.formulas import Formula, Line, Part, scientific
from verify.typesetting.linear import NOTATION
from verify.typesetting.page import Page, Symbol

__all__ = ["PAGE"]

_FACTS = {
    "f(W)": "f(W)",
    "‖∇f(W)‖²": r"\lVert\nabla f(W)\rVert^2",
    "f(W) − min f": r"f(W)-\min f",
}

_END = Line(
    r"\mu=2s\,\varsigma\sum_ka_kb_k",
    "μ = 2sς Σ a_k b_k",
    "the inputs or the outputs are the narrowest layer",
    "ς bounds the least non-zero eigenvalue of S, and the other two those of the layers above and below, exactly",
)
_INTERIOR = Line(
    r"\mu=\frac{2s\min\{\varsigma\alpha,\beta\}}{1+2\lVert\Sigma\rVert/\eta}",
    "μ = 2s min{ςα, β}/(1 + 2‖Σ‖/η)",
    "a hidden layer is the narrowest one",
    "η separates what R reaches from the rest: the singular vectors are near those of the minimum",
)


def _statement(claim: Claim) -> tuple[Part, ...]:
    return (
        "At these weights ",
        Formula(rf"\lVert\nabla f(W)\rVert^2\ge2\cdot {scientific(down(claim.constant))}\,(f(W)-\min f)"),
        ", the minimum over all weights of these widths.",
    )


def _reasons(claim: Claim, evidence: Evidence, verdict: Accepted) -> tuple[Line, ...]:
    del claim
    form = _END if evidence.case == "end" else _INTERIOR
    value = Line(r"\mu", "μ", f"≥ {down(verdict.proved.constant)}", f"with ς ≈ {evidence.inputs:.6g}")
    return form, value


PAGE = Page(
    title=lambda _: "The gradient dominates the gap of a deep linear network",
    notation=NOTATION,
    statement=_statement,
    reasons=_reasons,
    symbols={"constant": Symbol(r"\mu", "μ", "constant of the inequality")},
    fact=in_notation(_FACTS),
)
