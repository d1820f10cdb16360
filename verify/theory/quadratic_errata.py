"""Errata and sharpenings about quadratic activations; each comes with exact instances."""

from __future__ import annotations

from verify.theory.erratum import Erratum
from verify.theory.xia_shi_2019.printed import STATEMENTS

__all__ = ["QUADRATIC"]

_SJL = "Soltanolkotabi, Javanmard, Lee 2018"
_XS = "Xia, Shi 2019"

QUADRATIC = (
    Erratum(
        key="SJL1",
        source=f"{_SJL}, Theorem 2.1, and Lemma 5.6 behind it",
        printed="the global optimum is 0 for almost every data, as long as d ≤ n ≤ cd² with an unspecified constant c",
        holds="for n ≤ d(d + 1)/2, without a lower limit; c = 1/2 is the best constant. The Khatri–Rao matrix has d² "
        "rows of which d(d + 1)/2 are distinct: that is the largest n for which its columns can be independent, and "
        "beyond it the σ_min of that Lemma is 0 whatever the constant (lemma 4.5.6)",
        proof="theorem 3.2.2 (c), (d): det K, K = ((x_iᵀx_j)²), is a polynomial in the data, and not the zero "
        "polynomial as the instance shows for d = 3. K > 0 at given data proves it for these data: the "
        "certificate has n = 6, d = 3 and all labels",
        certificates=("zero-loss-6-in-3",),
        instances=("sjl-2.1",),
    ),
    Erratum(
        key="SJL2",
        source=f"{_SJL}, Theorem 2.2",
        printed="n ≤ cd² for the planted model; bounds in terms of v_min",
        holds="no limit on n is needed: planted labels are realisable, the minimum is 0, and corollary 3.2.9 "
        "bounds L for every n. v_min can be replaced by v_eff, the largest uᵀD_vu over unit u with WᵀD_vu = 0",
        proof="lemma 3.2.3 (ii) and corollary 3.2.9; the instances have n > d(d + 1)/2 with L(W*) = 0, and "
        "v_eff ≥ 100 v_min",
        instances=("sjl-2.2", "sjl-2.2-v"),
    ),
    Erratum(
        key="XS1",
        source=f"{_XS}, (13) and (15)",
        printed=STATEMENTS["(13)"],
        holds="σ_r(A) α_t ≤ α_{t+1} ≤ σ₁(A) α_t, σ_r(B) β_t ≤ β_{t+1} ≤ σ₁(B) β_t: the factors √r are wrong. The "
        "printed lower bounds are false for r ≥ 2, the upper ones hold and are loose. (15) inherits them",
        proof="α_t = ‖a_t‖/√r with a_{t+1}ᵀ = a_tᵀA on both sides (proposition 3.6.1); the instance is "
        "nonnegative definite as the paper asks",
        instances=("xs-13",),
    ),
    Erratum(
        key="XS2",
        source=f"{_XS}, 4.1",
        printed=STATEMENTS["4.1"],
        holds="this M♮ has rank 1, so for r ≥ 2 σ_r = 0, κ = ∞, and Theorem 1 says nothing. Convergence there is "
        "sublinear",
        proof="on the curve s² = 2 − b²/3, which ends at b = 0 in the orbit of M♮, the population step leaves s as it "
        "is and multiplies b by 1 − (8/3)μb²: no factor below 1 serves near b = 0",
        instances=("xs-wlog",),
    ),
    Erratum(
        key="XS3",
        source=f"{_XS}, (16) and what follows",
        printed=STATEMENTS["(16)"],
        holds="true for M♮ = [e₁, …, e₁], where dist² = r[(α − 1)² + β²]; false in general: α = 1 and β = 0 do not "
        "make dist = 0. The certificates of `orbit-convergence` bound dist itself",
        proof="dist² = ‖M‖² + ‖M♮‖² − 2‖MᵀM♮‖_*, evaluated exactly",
        instances=("xs-16",),
    ),
    Erratum(
        key="XS4",
        source=f"{_XS}, Definition 2, 3.2, Theorem 1, last display of 4.3",
        printed='m♮ and n_{i,∥} in (8); initial columns "standard Gaussian" and N(0, n⁻¹I); Stage 2 for t ≥ 0; '
        "dist(M_t, M♮) ≤ (1 − ρ)^{t−T_δ} ‖M_t − M♮‖_F",
        holds="m_i♮ and m_{i,∥}, else (8) and (9) do not add up to m_i; N(0, n⁻¹I) is meant; t ≥ T_δ; the last "
        "display needs ‖M_{T_δ}Q_{T_δ} − M♮‖_F on the right",
        proof="two instances; the two readings of the initial columns contradict each other for n ≥ 2, and Stage 2 "
        "has nothing to start from before T_δ",
        instances=("xs-8", "xs-last-display"),
    ),
    Erratum(
        key="XS5",
        source=f"{_XS}, after Theorem 1, and the conclusion",
        printed="with μ = c/(r²κ²σ_r²), O(r² log(1/ε)) iterations reach ε-accuracy",
        holds="O(r²κ² log(1/ε)): the factor of Stage 2 is 1 − c/(2r²κ²)",
        proof="the printed factor, raised to powers: with c = 1, r = 2 halving takes 6 steps for κ = 1, over 554 for "
        "κ = 10",
        instances=("xs-steps",),
    ),
    Erratum(
        key="XS6",
        source=f"{_XS}, abstract and Theorem 1",
        printed="a local region with strong convexity surrounding M♮",
        holds="impossible for r ≥ 2: the Hessian at M♮ vanishes on the directions M♮Ω, Ω antisymmetric, r(r − 1)/2 of "
        "them for full column rank. It holds modulo rotations only",
        proof="D²ℒ(M♮)[U, U] = 2⟨a²⟩ and a_i = x_iᵀM♮ΩM♮ᵀx_i = 0 for every input; the kind `orbit-convergence` adds "
        "these directions before it tests",
        instances=("xs-convexity",),
    ),
    Erratum(
        key="XS7",
        source=f"{_XS}, Fig. 2(b), (c)",
        printed="α_t/β_t of (8)–(10) grows exponentially fast throughout",
        holds="only for the aligned iterate M_tQ_t. As defined, with M_t itself, the ratio stays bounded: M_t tends "
        "to M♮ times a rotation, which is not the identity",
        proof="the instance is a global minimum with (α/β)² = 9/16; `verify reproduce xia-shi-fig-2` plots both",
        instances=("xs-alignment",),
    ),
    Erratum(
        key="XS8",
        source=f"{_XS}, 4.2",
        printed='"by assuming the independence between M_t and {x_i}", while all data are reused',
        holds="the assumption fails from t = 1 on for gradient descent without resampling, and with it E[r(M_t)] = 0, "
        "on which the central limit theorem is used. `certified-orbit-run` follows the concrete run instead",
        proof="E[∇ℒ(M₁) − ∇ℱ(M₁)] by Gaussian moments, exactly; it would be 0",
        instances=("xs-independence",),
    ),
)
