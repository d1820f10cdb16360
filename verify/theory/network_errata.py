"""Errata about networks of one hidden layer with both layers trained."""

from __future__ import annotations

from verify.theory.erratum import Erratum

__all__ = ["NETWORKS"]

_SJL = "Soltanolkotabi, Javanmard, Lee 2018"

NETWORKS = (
    Erratum(
        key="SJL3",
        source=f"{_SJL}, proof of Lemma 7.14",
        printed="the norm of the Hessian is at most the sum of the norms of its diagonal blocks, ∇²_vv L and ∇²_WW L",
        holds="for positive semidefinite matrices; ∇²L is none, because of the terms r_i∇²f_i. What holds is "
        "‖∇²L‖ ≤ ‖𝒥‖²/n + e·½(c₂ + √(c₂² + 4c₁²)), c₁ = L₁ξ, c₂ = max|v_l|L₂√(χ/n) (lemma 4.5.5)",
        proof="one tanh unit at v = w = 0 with x = y = 1: both blocks are 0 and the Hessian is −1 off the diagonal, "
        "where what holds is attained; and one unit z² with both blocks positive or negative",
        instances=("sjl-7.14", "sjl-7.14-blocks"),
    ),
    Erratum(
        key="SJL4",
        source=f"{_SJL}, Assumption 2.3 and its examples",
        printed="the average slope E[φ'(σg)] is (a) nonzero or (b) zero; softplus satisfies (a), being convex, "
        "the others (b), because φ'' is odd",
        holds="the examples are about γ(σ) = E[φ''(σg)]: the average slope of all of them is positive. Our reading has "
        "γ in (a) and (b), and μ ≠ 0 beside them",
        proof="at σ = 1, softplus has μ = ½ and γ > 0, tanh has μ > 0 and |γ| < 10⁻⁴⁸; for every σ: `verify reproduce "
        "sjl-fig-1`",
        certificates=("softplus-tensor", "tanh-tensor"),
    ),
)
