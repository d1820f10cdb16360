"""Page of `tangent-kernel`."""

from __future__ import annotations

from certificates import Accepted
from certificates.claims.tangent_kernel import Claim, Evidence
from verify.typesetting.decimals import down, up
from verify.typesetting.facts import in_notation
from verify.typesetting.formulas import Formula, Line, Part, scientific
from verify.typesetting.page import Page, Symbol

__all__ = ["PAGE"]

_FACTS = {"n": "n", "λ_min(K) ≥": r"\lambda_{\min}(K)\ge", "λ_min(K) ≤": r"\lambda_{\min}(K)\le"}
_KERNELS = {
    "limit": r"K_{ij}=x_i^Tx_j\,\mathbb E\,\varphi'(w\cdot x_i)\varphi'(w\cdot x_j),\quad w\sim N(0,I)",
    "empirical": r"K=JJ^T",
}
_NOTATION: tuple[Part, ...] = (
    Formula("n"),
    " samples ",
    Formula("x_i"),
    "; ",
    Formula("J"),
    " is the Jacobian of all outputs in what is trained, and descent on a sum of squares moves the residuals by ",
    Formula("K"),
    ".",
)


def _statement(claim: Claim) -> tuple[Part, ...]:
    rows = " of the inputs divided by their norms" if claim.inputs == "unit" else ""
    return (
        f"The tangent kernel{rows}, ",
        Formula(_KERNELS[claim.kernel]),
        ", is positive definite: ",
        Formula(rf"{scientific(down(claim.lower))}\le\lambda_{{\min}}(K)\le{scientific(up(claim.upper))}"),
        ".",
    )


def _reasons(claim: Claim, evidence: Evidence, verdict: Accepted) -> tuple[Line, ...]:
    del claim
    proved = verdict.proved
    return (
        Line(
            r"\lambda_{\min}(K)\ge\mu-\lVert K-\mu I-LL^T\rVert",
            "λ_min(K) ≥ μ − ‖K − μI − LLᵀ‖",
            f"μ = {evidence.shift:.9g}, the bound is {down(proved.lower)}",
            "any factor L; what a factorisation in tiles leaves is bounded by the sums of its rows",
        )
        if evidence.shift is not None
        else Line(
            r"\lambda_{\min}(K)\ge\sum_kc_k^2\Big(1-\max_i\sum_{j\ne i}\lvert\rho_{ij}\rvert^{k+1}\Big)_+",
            "λ_min(K) ≥ Σ c_k² (1 − max_i Σ_{j≠i} |ρ_ij|^{k+1})₊",
            f"the bound is {down(proved.lower)}",
            "Gershgorin's circles of every Hadamard power of the Gram matrix",
        ),
        Line(
            r"\lambda_{\min}(K)\le\frac{v^TKv}{v^Tv}" if evidence.direction else r"\lambda_{\min}(K)\le\min_iK_{ii}",
            "λ_min(K) ≤ vᵀKv/vᵀv" if evidence.direction else "λ_min(K) ≤ min K_ii",
            f"at most {up(proved.upper)}",
            "any direction v" if evidence.direction else "unit vectors are directions",
        ),
    )


PAGE = Page(
    title=lambda claim: f"The {claim.kernel} tangent kernel is positive definite",
    notation=_NOTATION,
    statement=_statement,
    reasons=_reasons,
    symbols={
        "lower": Symbol(r"\lambda_{\min}(K)\ge", "λ_min(K) ≥", "smallest eigenvalue, from below"),
        "upper": Symbol(r"\lambda_{\min}(K)\le", "λ_min(K) ≤", "the same, from above"),
    },
    fact=in_notation(_FACTS),
)
