"""What we found in the papers and in our own theory, and what is implemented instead."""

from __future__ import annotations

from verify.theory.erratum import INSTANCES, Erratum
from verify.theory.network_errata import NETWORKS
from verify.theory.quadratic_errata import QUADRATIC
from verify.theory.wide_errata import WIDE

__all__ = ["ERRATA", "INSTANCES", "Erratum"]

_SLIDES = "Zhong et al. 2017, slides"

ERRATA = (
    Erratum(
        key="E1",
        source=f"{_SLIDES}, table of ρ, squared ReLU",
        printed="ρ(σ) = 0.27σ",
        holds="ρ(σ) = (4/π − 1)σ² = 0.27323…σ²; the two agree to two digits at σ = 1, not at 0.1 or 10",
        proof="at σ = 10 the enclosure is near 27.3, printed is 2.7; at σ = 1 it is near 0.27323. The tensor "
        "certificate has φ(az) = a²φ(z) for a > 0, so φ'(σz) = σφ'(z) and ρ(σ) = σ²ρ(1) for every σ",
        certificates=("squared-relu-rho-10", "squared-relu-rho-1", "squared-relu-tensor"),
    ),
    Erratum(
        key="E2",
        source=f"{_SLIDES}, table of ρ, quadratic",
        printed="ρ = 0",
        holds="ρ(σ) = −4σ² by the printed definition, attained by T₃; the value 0 is T₁. The cross under P2 is right: "
        "the population Hessian at the planted weights is singular",
        proof="at σ = 1, T₁ = 0 and ρ = T₃ = −4 exactly; other σ by φ(az) = a²φ(z), as in E1. λ_min = 0 at W* = I, k = "
        "d = 3, with a null space of dimension 3, exactly",
        certificates=("quadratic-rho-1", "quadratic-tensor", "quadratic-null-direction"),
    ),
    Erratum(
        key="E3",
        source=f"{_SLIDES}, table of ρ, tanh at σ = 0.1",
        printed="1.8E-4",
        holds="1.8503…E-4, so 1.9E-4 to the nearest; the entry is cut off, while those of erf are rounded",
        proof="the enclosure lies above 1.85E-4 and below 1.9E-4",
        certificates=("tanh-rho-1-10",),
    ),
    Erratum(
        key="E4",
        source=f"{_SLIDES}, table of ρ, erf",
        printed="1.9E-4, 5.2E-2, 2.5E-5 under the name erf",
        holds="right for ∫₀ᶻ e^(−t²) dt, which the slides define as erf; with the usual factor 2/√π they are 2.4E-4, "
        "6.7E-2, 3.2E-5 (4/π times as much). No error of the slides: a warning to who looks up erf",
        proof="enclosures of ρ for the usual erf at the three σ",
        certificates=("erf-rho-1-10", "erf-rho-1", "erf-rho-10"),
    ),
    Erratum(
        key="E5",
        source=f"{_SLIDES}, table of properties, squared ReLU under P3.a, and with it under P1,2,3",
        printed="|φ''(z)| ≤ L₂ for all z",
        holds="φ''(0) does not exist. φ' is Lipschitz with constant 2, which is what smoothness arguments use",
        proof="Lipschitz: proved with L₂ = 2(1 + 10⁻⁵). No φ''(0): the tensor certificate has φ(az) = a²φ(z) and "
        "c₃ > 0; by Taylor a φ''(0) would give φ(±1) = φ''(0)/2, so φ would be even and c₃ = E[φ(z)He₃(z)] = 0",
        certificates=("squared-relu-p3a-lipschitz", "squared-relu-tensor"),
    ),
    Erratum(
        key="E6",
        source=f"{_SLIDES}, fact about the third-order tensor, and the initialisation built on it",
        printed="M₃ = Σ c v_i ‖w_i‖^(q−3) w_i⊗w_i⊗w_i for q-homogeneous φ; c is not given",
        holds="c = E[φ(z)He₃(z)], which is 0 for ReLU and leaky ReLU and wherever φ(z) − φ(−z) is linear: then M₃ = 0 "
        "and the initialisation has nothing to decompose. The fact itself stays true, and the overall guarantee, which "
        "asks for P3(a), does not cover these two. Softplus, which is not homogeneous, has M₃ = 0 as well",
        proof="for ReLU, leaky ReLU and softplus: c₃(σ) = 0 for every σ > 0 (with q = 1, c = c₃(1)); the general "
        "statement is the judge's rule, He₃ being odd and orthogonal to z",
        certificates=("relu-tensor", "leaky-relu-tensor", "softplus-tensor"),
    ),
    Erratum(
        key="E7",
        source=f"{_SLIDES}, table of properties, column P2",
        printed="P2 as a property of its own, with ρ tabulated at three σ and not at all for sigmoid",
        holds="under P1 it needs no numbers: P2 holds if and only if φ is not affine (theorem 2.1). A "
        "sharpening; all eight marks are right",
        proof="the six ticks, for every σ > 0, from φ' ≥ 0 and one point where φ is not affine, without one value of "
        "ρ; linear: ρ ≤ 0 at a σ. Quadratic fails P1, see E2",
        certificates=(
            "relu-p2",
            "leaky-relu-p2",
            "squared-relu-p2",
            "sigmoid-p2",
            "tanh-p2",
            "erf0-p2",
            "identity-not-p2",
        ),
    ),
    Erratum(
        key="E8",
        source=f"{_SLIDES}, overall guarantee",
        printed="for homogeneous φ with P1, P2 and P3(a)",
        holds="with |φ''| ≤ L₂ literally for all z, no φ satisfies this. With a Lipschitz φ' instead it covers exactly "
        "φ = a·max(z, 0)² − b·max(−z, 0)² with a, b ≥ 0, a + b > 0; ReLU is not among them",
        proof="certified: squared ReLU (a = 1, b = 0) has P1, P2, a Lipschitz φ' and degree 2; z² fails P1; z fails "
        "P2. By hand: φ = φ(±1)|z|^q on each side, a bounded φ'' leaves degrees 1 and 2 (degree 0 is constant), a "
        "differentiable φ of degree 1 is linear and fails P2; in degree 2 φ' ≥ 0 gives a, b ≥ 0, and a φ''(0) forces "
        "φ = az² (see E5), which fails P1 or is 0",
        certificates=(
            "squared-relu-p1",
            "squared-relu-p2",
            "squared-relu-p3a-lipschitz",
            "squared-relu-tensor",
            "quadratic-not-p1",
            "identity-not-p2",
        ),
    ),
    Erratum(
        key="E9",
        source=f"{_SLIDES}, definition of ρ, and positive definiteness of the Hessian",
        printed="m₀ = Θ(ρ(σ_k)/(κ²λ)) with ρ = min(T₁, T₂, T₃), under P1",
        holds="at W*, λ_min of the population Hessian is at least v_min² ρ̃(σ_k)/(κ²λ) with ρ̃ = min(T₁, T₂) ≥ ρ: the "
        "constant is 1, and neither T₃ nor P1 is needed. T₃ costs a factor of 5.0 for the slides' erf at σ = 10, 3.3 "
        "for tanh at 10, 1.33 for squared ReLU. A sharpening",
        proof="theorem 4.1.1. The factors from T₁, T₂, T₃ at these σ. Where P1 fails: sin at W* = 2I has ρ(2) = T₃ < 0 "
        "(the slides say nothing), and λ_min ≥ 0.44, ρ̃(2) ≥ 0.33. `verify reproduce zhong-hessian` compares both "
        "bounds with λ_min over random W*",
        certificates=("erf0-rho-10", "tanh-rho-10", "squared-relu-rho-1", "sin-rho-2", "sin-hessian-2"),
    ),
    Erratum(
        key="E10",
        source=f"{_SLIDES}, corollary about gradient descent",
        printed="‖W† − W*‖² ≤ (1 − m₀/M₀)‖W − W*‖² for a step of 1/M₀",
        holds="the factor 1 − m₀/M₀ is that of the distance: its square is that of the squared distance. The printed "
        "one is right, not sharp",
        proof="theorem 4.2.3 (c) at η = 1/M₀; the instance attains the square, so nothing less holds",
        instances=("zhong-corollary",),
    ),
    Erratum(
        key="E11",
        source=f"{_SLIDES}, local strong convexity as the reason for linear convergence",
        printed="gradient descent converges linearly where the objective is strongly convex around W*",
        holds="local convexity is not needed: with exact planted labels descent draws nearer on a ball whose radius is "
        "4 to 7 times that of convexity for tanh with orthonormal rows. A sharpening",
        proof="theorem 4.2.4, beside theorem 4.2.2; in the instance a step comes nearer from where f is concave. Kinds "
        "`planted-convergence` and `strong-convexity` prove the two radii of one problem",
        instances=("zhong-concave",),
    ),
    *QUADRATIC,
    *NETWORKS,
    *WIDE,
    Erratum(
        key="chatterjee-step-size",
        source="Chatterjee, Theorem 1.2 (as printed)",
        printed="the step size min{r/(L1 sqrt(p)), 2 eps/(L2 p)}, from entrywise constants, loses a factor up to p",
        holds="theory 1.2 needs only 2 eps/L with L a Lipschitz constant of the gradient on the trapping region",
        proof="docs/kinds/zero-loss-convergence.md; every accepted certificate of that kind uses it",
    ),
    Erratum(
        key="adjoint-weights",
        source="theory 1.4, adjoint form (ours)",
        printed="largest norms over samples are multiplied",
        holds="keeping the weight of every sample and unit gives half the bound for three layers and more",
        proof="docs/kinds/zero-loss-convergence.md has the derivation",
    ),
    Erratum(
        key="riemann-sums",
        source="theory 1.3 (ours)",
        printed="an upper sum for the integral of beta and a lower one for that of sigma, which lose O(1/cells)",
        holds="the piecewise linear lower bound of sigma is integrated exactly",
        proof="certificates/theorems/trapping.py",
    ),
    Erratum(
        key="marks-with-proviso",
        source="theory 2.6 (ours)",
        printed="all 40 marks of the slides' table of properties agree, one with the proviso of E5",
        holds="two with the proviso: squared ReLU under P3.a, and under P1,2,3, which rests on it since P3.b fails",
        proof="`verify reproduce zhong-property-table`; E5",
        certificates=("squared-relu-p3a-lipschitz", "squared-relu-tensor"),
    ),
    Erratum(
        key="gram-gap",
        source="theory 3.2.5, mixed signs (ours)",
        printed="with K = ((x_iᵀx_j)²) ⪰ κI the optimality gap is bounded by n‖G‖²/(2κ), a witness of its own",
        holds="that bound is never below L(W), and L(W) is a bound of the gap without any K, because L ≥ 0. It says "
        "how ‖G‖ controls the loss, and is reported as such; `optimality-gap` has the method `nonnegative` instead",
        proof="‖G‖_F² = rᵀKr/n² ≥ κ‖r‖²/n² = 2κL/n",
    ),
    Erratum(
        key="one-sign-landscape",
        source="theory 3.2.2 (ours) and Theorem 2.2 of Soltanolkotabi, Javanmard, Lee",
        printed="no spurious minima for outer weights of one sign: for Gaussian inputs and planted labels",
        holds="for k ≥ d outer weights of one sign every second-order stationary point is global, for all inputs and "
        "labels; only the value 0 of the minimum needs planted labels. Kind `global-landscape` certifies both",
        proof="lemma 3.2.3 (iv) with ε_g = ε_H = 0 gives G ⪰ 0, and ⟨G, M(W)⟩ = ½⟨W, ∇L⟩ = 0: what is optimal over "
        "the positive semidefinite matrices. docs/kinds/global-landscape.md",
    ),
    Erratum(
        key="orbit-radii",
        source="theory 3.6.5 (ours)",
        printed="along an enclosed run the radii grow by 1.15 to 1.2 a step, so 64 + 0.3 T bits suffice for T steps",
        holds="the growth is geometric, and depends on the step and the sizes: that figure comes from small steps. Too "
        "few bits make a certificate undecided, never wrong, and the search doubles them once",
        proof="Gaussian data, d = 20, r = 10, m = 4,000, the step 1/200 of the paper's figure: 1.56 a step between "
        "steps 60 and 120; d = 5, r = 2, step 1/8: 2.6",
    ),
)
