"""Why a claim about a quadratic network was accepted: the steps of its rule, with what this evidence gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from certificates import Accepted
from verify.typesetting.decimals import between, down, up
from verify.typesetting.formulas import Line

__all__ = ["reasons"]


def reasons(claim: Any, evidence: Any, verdict: Accepted) -> tuple[Line, ...]:
    """The steps in order; ``verdict`` is the acceptance of exactly this claim and evidence."""
    return _REASONS[claim.kind](claim, evidence, verdict)


def _facts(verdict: Accepted) -> dict[str, str]:
    return {fact.symbol: between(fact.lower, fact.upper) for fact in verdict.facts}


_DUAL = Line(
    r"L(W)-L(W')\le\tfrac1{2n}\lVert r-\alpha\nu\rVert^2+\tfrac{\alpha}{n}\nu^Tq\quad"
    r"\text{if}\ X^T\mathrm{diag}(\nu)X\succeq0",
    "L(W) − L(W') ≤ ‖r − αν‖²/(2n) + (α/n) νᵀq   if Xᵀdiag(ν)X ⪰ 0",
    "X^T diag(ν) X is positive semidefinite",
    "weak duality; ν is rounded to doubles and shifted until the judge's own factorisation accepts it",
)


def _gap(claim: Any, evidence: Any, verdict: Accepted) -> tuple[Line, ...]:
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


def _curvature(claim: Any, evidence: Any, verdict: Accepted) -> tuple[Line, ...]:
    del evidence
    facts = _facts(verdict)
    lines = (
        Line(
            r"D^2L[ub^T,ub^T]=\tfrac4n\sum_i(a^Tx_i)^2(b^Tx_i)^2+2(u^TD_vu)(b^TGb),\quad a=W^TD_vu",
            "D²L[ubᵀ, ubᵀ] = (4/n) Σ (aᵀx_i)²(bᵀx_i)² + 2(uᵀD_v u)(bᵀGb),  a = WᵀD_v u",
            f"−D²f[U, U]/‖U‖² {facts['−D²f[U, U]/‖U‖²']}",
            "evaluated for the given u and b, both terms",
        ),
    )
    if claim.descent <= 0:
        return lines
    descent = Line(
        r"f(W)-f(W+tU)",
        "f(W) − f(W + tU)",
        facts["f(W) − f(W + tU)"],
        "a quartic in t, enclosed at the given t; the infimum is at least as far below",
    )
    return (*lines, descent)


def _landscape(claim: Any, evidence: Any, verdict: Accepted) -> tuple[Line, ...]:
    del evidence
    facts = _facts(verdict)
    kernel = Line(
        r"WG=0,\quad W^TD_vu=0\Rightarrow D^2L[ub^T,ub^T]=2(u^TD_vu)(b^TGb)\ge0",
        "WG = 0;  WᵀD_v u = 0 ⇒ D²L[ubᵀ, ubᵀ] = 2(uᵀD_v u)(bᵀGb) ≥ 0",
        f"|P| {facts['|P|']}, |N| {facts['|N|']}, d {facts['d']}",
        "at least d units of one sign have rank d, and then G = 0, or a left null vector u, which gives G the sign of "
        "that class; with both signs G = 0, with one G is semidefinite and ⟨G, M(W)⟩ = 0: both mean optimality of the "
        "convex loss in M",
    )
    if claim.gram_eigenvalue is None:
        return (kernel,)
    gram = Line(
        r"\lVert\mathcal A^*r\rVert_F^2=r^TKr\ge\kappa\lVert r\rVert^2",
        "‖𝒜*r‖² = rᵀKr ≥ κ‖r‖²",
        f"κ = {down(verdict.proved.gram_eigenvalue)}",
        "𝒜*r = 0 at a minimiser, hence r = 0",
    )
    return (kernel, gram)


def _stationary(claim: Any, evidence: Any, verdict: Accepted) -> tuple[Line, ...]:
    del claim
    way = "Lemma 3.2.4" if evidence.hessian_shift is None else "Lemma 3.2.4, and the whole Hessian by factorisation"
    proved = verdict.proved
    rows = [fact for fact in verdict.facts if fact.symbol == "gap"]
    return (
        Line(r"\nabla L(W)=2D_vWG", "∇L(W) = 2 D_v W G", f"‖∇f(W)‖ ≤ {up(proved.gradient_norm)}", "evaluated in balls"),
        Line(
            r"\lambda_{\min}(\nabla^2L)\ge-2\max\{\max_Pv_l[-\lambda_{\min}(G)]_+,\max_N|v_l|[\lambda_{\max}(G)]_+\}",
            "λ_min(∇²L) ≥ −2 max{max_P v_l [−λ_min(G)]₊, max_N |v_l| [λ_max(G)]₊}",
            f"∇²f(W) ⪰ −{up(proved.curvature_deficit)} I",
            f"by {way}",
        ),
        Line(
            r"f(W)-\inf f\le\min_{\text{rows}}",
            "f(W) − inf f ≤ the smallest row",
            "; ".join(f"{fact.at}: {up(fact.upper)}" for fact in rows),
            "every row of the table of bounds that applies",
        ),
    )


def _dominance(claim: Any, evidence: Any, verdict: Accepted) -> tuple[Line, ...]:
    ball = Line(
        r"\mu=\frac{(\sigma_0-c\varrho)^2}{n},\quad c=2v_{\max}\sqrt{nc_4}",
        "μ = (σ₀ − cϱ)²/n, c = 2 v_max √(n c₄)",
        f"μ of f: {down(verdict.proved.constant)}",
        "the Jacobian is linear in W, with ‖J(U)‖ ≤ c‖U‖",
    )
    matrix = Line(
        r"JJ^T-n\mu I\succeq0\ \text{on the ball}",
        "JJᵀ − nμI ⪰ 0 on the ball",
        f"μ of f: {down(verdict.proved.constant)}",
        "one linear matrix inequality with a multiplier for the ball, by factorisation",
    )
    lines = (ball if evidence.method == "ball" else matrix,)
    if claim.descent is None:
        return lines
    path = Line(
        r"\sum_t\lVert W_{t+1}-W_t\rVert\le2\sqrt{2f(W_0)/\mu}<\varrho",
        "Σ ‖W_{t+1} − W_t‖ ≤ 2√(2f(W₀)/μ) < ϱ",
        f"{up(verdict.proved.descent.radius)} < {down(evidence.radius)}",
        "gradient descent does not reach the boundary",
    )
    return (*lines, path)


def _sums_of_squares(claim: Any, evidence: Any, verdict: Accepted) -> tuple[Line, ...]:
    del claim, verdict
    sizes = [int(((8 * len(part) + 1) ** 0.5 - 1) / 2) for part in (evidence.first, evidence.second)]
    return (
        Line(
            r"\lVert\nabla f\rVert^2-2\mu(f-\text{level})=z_0^TQ_0z_0+(\varrho^2-\lVert h\rVert^2)\,z_1^TQ_1z_1",
            "‖∇f‖² − 2μ(f − level) = z₀ᵀQ₀z₀ + (ϱ² − ‖h‖²) z₁ᵀQ₁z₁",
            f"exact, for Gram matrices of sizes {sizes[0]} and {sizes[1]}",
            "every coefficient compared over the rationals",
        ),
        Line(r"Q_0\succ0,\ Q_1\succ0", "Q₀ ≻ 0, Q₁ ≻ 0", "both", "proved by factorisation"),
    )


def _orbit(claim: Any, evidence: Any, verdict: Accepted) -> tuple[Line, ...]:
    del claim, evidence
    facts, proved = _facts(verdict), verdict.proved
    return (_constants(facts), _contraction(f"ρ at the radius ≤ 1 − {down(proved.decrease)}"))


def _run(claim: Any, evidence: Any, verdict: Accepted) -> tuple[Line, ...]:
    del claim
    facts, proved = _facts(verdict), verdict.proved
    entry = Line(
        r"\mathrm{dist}(W_T,W^\circ)\le\lVert RW_T-W^\circ\rVert+\lVert I-RR^T\rVert\,\lVert W_T\rVert",
        "dist(W_T, W°) ≤ ‖RW_T − W°‖ + ‖I − RRᵀ‖ ‖W_T‖",
        f"≤ {up(proved.entry_distance)} at T = {evidence.entry_step:,}",
        f"{evidence.entry_step:,} steps of exact gradient descent enclosed with {evidence.bits} bits",
    )
    return (_constants(facts), entry, _contraction(f"ρ there ≤ 1 − {down(proved.decrease)}"))


def _constants(facts: dict[str, str]) -> Line:
    return Line(
        r"\lambda\lVert H\rVert^2\le\tfrac1m\sum_i(x_i^TH^TW^\circ x_i)^2\le\Lambda\lVert H\rVert^2",
        "λ‖H‖² ≤ (1/m) Σ (x_iᵀHᵀW°x_i)² ≤ Λ‖H‖²",
        f"λ {facts['λ']}, Λ {facts['Λ']}, c₄ {facts['c₄']}",
        "λ on the directions across rotations; along them the form vanishes",
    )


def _contraction(value: str) -> Line:
    return Line(
        r"\mathrm{dist}(W_{t+1},W^\circ)\le\rho(h)\,\mathrm{dist}(W_t,W^\circ)",
        "dist(W_{t+1}, W°) ≤ ρ(h) dist(W_t, W°)",
        value,
        "ρ does not fall with the distance h, so the inequality holds at every later step",
    )


_REASONS: dict[str, Callable[[Any, Any, Accepted], tuple[Line, ...]]] = {
    "certified-orbit-run": _run,
    "global-landscape": _landscape,
    "gradient-dominance": _dominance,
    "gradient-dominance-sos": _sums_of_squares,
    "negative-curvature": _curvature,
    "optimality-gap": _gap,
    "orbit-convergence": _orbit,
    "second-order-stationary": _stationary,
}
