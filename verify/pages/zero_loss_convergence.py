"""Page of `zero-loss-convergence`: the theorem and its chain of inequalities (theory 1.2 and 1.3)."""

from __future__ import annotations

from collections.abc import Iterator

from certificates import Fact, Verdict
from certificates.claims.zero_loss_convergence import Claim, Evidence
from verify.typesetting.decimals import between, less, up
from verify.typesetting.descent import descent_to_zero_loss
from verify.typesetting.facts import in_notation
from verify.typesetting.formulas import Formula, Line, Part, scientific
from verify.typesetting.page import Page, Symbol

__all__ = ["PAGE"]

_NOTATION: tuple[Part, ...] = (
    "The loss is ",
    Formula(r"f(w)=s\lVert F(w)-y\rVert^2"),
    "; ",
    Formula("e_0=F(w_0)-y"),
    " is the residual at the weights, ",
    Formula("J"),
    " the Jacobian of ",
    Formula("F"),
    " in the trained parameters, and ",
    Formula("K=JJ^T"),
    " the tangent kernel.",
)

_FACTS = {
    "N": "N",
    "p": "p",
    "‖e₀‖": r"\lVert e_0\rVert",
    "λ_min(K)": r"\lambda_{\min}(K)",
    "λ_max(K)": r"\lambda_{\max}(K)",
    "σ₀": r"\sigma_0",
    "S₀": r"S_0",
    "β(0)": r"\beta(0)",
    "β(r)": r"\beta(r)",
    "σ(r)": r"\sigma(r)",
    "L": "L",
    "ξ": r"\xi",
    "β(ϱ)": r"\beta(\varrho)",
    "√Λ": r"\sqrt\Lambda",
    "D₀": "D_0",
    "u₀": "u_0",
    "Ψ": r"\Psi(u_0)",
    "σ_∞": r"\sigma_\infty",
}

_SYMBOLS = {
    "radius": Symbol("r", "r", "iterates and limit stay this close"),
    "step_size_max": Symbol(r"\eta", "η", "largest step size covered"),
    "decrease_rate": Symbol(r"\kappa", "κ", "decrease per step size"),
    "distance_factor": Symbol("c", "c", "distance per residual"),
    "by_distance.distance_bound": Symbol("D_0", "D₀", "a zero is this close"),
    "by_distance.loss_bound": Symbol(r"C=s\Lambda D_0^2", "C = sΛD₀²", "the loss is at most this times the decrease"),
    "origin.distance": Symbol(r"\lVert w_0-w_{\mathrm{given}}\rVert", "‖w₀ − w_given‖", "moved by polishing"),
}


def _statement(claim: Claim) -> tuple[Part, ...]:
    given = claim.by_distance
    bounds = None if given is None else (given.loss_bound, given.distance_bound)
    descent = descent_to_zero_loss(claim, bounds)
    return ("Let ", Formula("w_0"), " be the given weights and ", *descent, *_origin(claim))


def _origin(claim: Claim) -> tuple[Part, ...]:
    if claim.origin is None:
        return ()
    distance = Formula(scientific(up(claim.origin.distance)))
    tail = f" of the weights of the problem {claim.origin.sha256[:12]}… it was polished from."
    return (" The weights ", Formula("w_0"), " lie within ", distance, tail)


def _reasons(claim: Claim, evidence: Evidence, verdict: Verdict) -> tuple[Line, ...]:
    """The inequalities of theory 1.3 or 1.10 in order; one that was not shown says so."""
    del claim
    facts = {fact.symbol: fact for fact in verdict.facts}
    if evidence.by_distance is not None:
        return tuple(_by_distance(facts, evidence))
    left, right = facts["criterion left"], facts["criterion right"]
    return (
        _rank(facts["σ(r)"], evidence.curvature),
        Line(
            r"\lVert e_0\rVert<(1-\varepsilon)\int_0^r\sigma(\rho)\,d\rho",
            "‖e₀‖ < (1 − ε)∫₀ʳ σ(ρ) dρ",
            less(left.upper, right.lower),
            f"the trapping criterion, with r ≈ {evidence.trapping_radius:.6g} and ε ≈ {evidence.epsilon:.6g}: "
            "the residual is used up before the boundary of the ball",
        ),
        Line(
            r"L=2s\left[\left(S_0+\int_0^r\beta(\rho)\,d\rho\right)^2+\lVert e_0\rVert\,\beta(r)\right]",
            "L = 2s[(S₀ + ∫₀ʳ β(ρ) dρ)² + ‖e₀‖ β(r)]",
            between(facts["L"].lower, facts["L"].upper),
            "the Lipschitz constant of the gradient on the trapping region; steps up to 2ε/L are covered, and "
            "κ = 4s(1 − ε)σ(r)², c = 1/((1 − ε)σ(r))",
        ),
    )


def _by_distance(facts: dict[str, Fact], evidence: Evidence) -> Iterator[Line]:
    """Theorems 1.10.6 and 1.10.4, as far as they came."""
    step = facts["ξ"]
    yield Line(
        r"\lVert J^+e_0\rVert\le\xi=\sqrt{c^TKc}+\lVert e_0-Kc\rVert/\sigma_0",
        "‖J⁺e₀‖ ≤ ξ = √(cᵀKc) + ‖e₀ − Kc‖/σ₀",
        between(step.lower, step.upper),
        "an exact zero is near: the Newton step of least norm, for a stored vector c",
    )
    if "u₀" not in facts:
        return
    ratio, margin = facts["u₀"], facts["Ψ"]
    shown = between(margin.lower, margin.upper) + ("" if margin.lower > 0 else ", not shown to be positive")
    yield Line(
        r"u_0=\beta(\varrho)\,D_0/\sigma_*",
        "u₀ = β(ϱ)D₀/σ_*",
        between(ratio.lower, ratio.upper),
        f"how much the network bends on the way to the nearest zero; β is the {evidence.curvature} bound on the ball "
        f"of radius ϱ ≈ {evidence.trapping_radius:.6g}",
    )
    yield Line(
        r"\Psi(u_0)=c(u_0)-u_0^2/(1-v)>0",
        "Ψ(u₀) = c(u₀) − u₀²/(1 − v) > 0",
        shown,
        "the distance to the nearest zero falls faster than that zero moves",
    )


def _rank(slope: Fact, curvature: str) -> Line:
    shown = between(slope.lower, slope.upper) + ("" if slope.lower > 0 else ", not shown to be positive")
    return Line(
        r"\sigma(r)=\sigma_0-\int_0^r\beta(\rho)\,d\rho>0",
        "σ(r) = σ₀ − ∫₀ʳ β(ρ) dρ > 0",
        shown,
        f"the Jacobian keeps full rank on the ball of radius r; β is the {curvature} bound of its Lipschitz constant",
    )


PAGE = Page(
    title=lambda _: "Gradient descent from these weights converges to zero loss",
    notation=_NOTATION,
    statement=_statement,
    reasons=_reasons,
    symbols=_SYMBOLS,
    fact=in_notation(_FACTS),
    refusal=_reasons,
    facts_title="Numbers at the weights",
)
