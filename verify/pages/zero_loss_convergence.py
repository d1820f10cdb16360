"""Page of `zero-loss-convergence`: the theorem and its chain of inequalities (theory 1.2 and 1.3)."""

from __future__ import annotations

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
}

_SYMBOLS = {
    "radius": Symbol("r", "r", "iterates and limit stay this close"),
    "step_size_max": Symbol(r"\eta\le 2\varepsilon/L", "η ≤ 2ε/L", "largest step size covered"),
    "decrease_rate": Symbol(r"\kappa=4s(1-\varepsilon)\,\sigma(r)^2", "κ = 4s(1 − ε)σ(r)²", "decrease per step size"),
    "distance_factor": Symbol(r"c=1/((1-\varepsilon)\,\sigma(r))", "c = 1/((1 − ε)σ(r))", "distance per residual"),
    "origin.distance": Symbol(r"\lVert w_0-w_{\mathrm{given}}\rVert", "‖w₀ − w_given‖", "moved by polishing"),
}


def _statement(claim: Claim) -> tuple[Part, ...]:
    return ("Let ", Formula("w_0"), " be the given weights and ", *descent_to_zero_loss(claim), *_origin(claim))


def _origin(claim: Claim) -> tuple[Part, ...]:
    if claim.origin is None:
        return ()
    distance = Formula(scientific(up(claim.origin.distance)))
    tail = f" of the weights of the problem {claim.origin.sha256[:12]}… it was polished from."
    return (" The weights ", Formula("w_0"), " lie within ", distance, tail)


def _reasons(claim: Claim, evidence: Evidence, verdict: Verdict) -> tuple[Line, ...]:
    """The inequalities of theory 1.3 in order; one that was not shown says so."""
    del claim
    facts = {fact.symbol: fact for fact in verdict.facts}
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
            "the Lipschitz constant of the gradient on the trapping region; steps up to 2ε/L are covered",
        ),
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
