"""Page of `population-null-direction`."""

from __future__ import annotations

from certificates import Accepted
from certificates.claims.population_null_direction import Claim, Evidence
from verify.typesetting.facts import in_notation
from verify.typesetting.formulas import Formula, Line, Part
from verify.typesetting.page import Page, Symbol

__all__ = ["PAGE"]

_SYMBOLS = {"nullity": Symbol(r"\dim\ker\nabla^2f(W^*)", "dim ker ∇²f(W*)", "dimension of the null space, at least")}


def _statement(claim: Claim) -> tuple[Part, ...]:
    return (
        "For standard normal inputs and the given teacher, the Hessian of ",
        Formula(r"f(W)=\tfrac12E\big(\sum_jv_j\varphi(w_j^Tx)-\sum_jv_j\varphi(w_j^{*T}x)\big)^2"),
        " satisfies ",
        Formula(rf"\lambda_{{\min}}(\nabla^2f(W^*))=0,\quad\dim\ker\nabla^2f(W^*)\ge {claim.nullity}"),
        ".",
    )


def _reasons(claim: Claim, evidence: Evidence, verdict: Accepted) -> tuple[Line, ...]:
    del claim, verdict
    rows = evidence.direction
    return (
        Line(
            r"\nabla^2f(W^*)[A,A]=4a^2\big((\operatorname{tr}M)^2+\tfrac12\lVert M+M^T\rVert^2\big)"
            r"+b^2\lVert m\rVert^2",
            "∇²f(W*)[A, A] = 4a²((tr M)² + ½‖M + Mᵀ‖²) + b²‖m‖²",
            "0, exactly",
            f"for a direction A ≠ 0 of {len(rows)} rows of {len(rows[0])} numbers",
        ),
        Line(
            r"\nabla^2f(W^*)\succeq0",
            "∇²f(W*) ⪰ 0",
            "always",
            "the residual vanishes at the teacher's weights for every input",
        ),
    )


PAGE = Page(
    title=lambda _: "A population Hessian that is singular at the planted weights",
    notation=(
        Formula(r"\varphi=az^2+bz+c,\ M=\sum_jv_jw_j^*a_j^T,\ m=\sum_jv_ja_j"),
        "; ",
        Formula("a_j"),
        " are the rows of the direction ",
        Formula("A"),
        ".",
    ),
    statement=_statement,
    reasons=_reasons,
    symbols=_SYMBOLS,
    fact=in_notation({"dim ker": r"\dim\ker\nabla^2f(W^*)"}),
)
