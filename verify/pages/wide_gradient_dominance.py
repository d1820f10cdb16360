"""Page of `wide-gradient-dominance`."""

from __future__ import annotations

from certificates import Accepted
from certificates.claims.wide_gradient_dominance import Claim, Evidence
from verify.typesetting.decimals import down, up
from verify.typesetting.facts import in_notation
from verify.typesetting.formulas import Formula, Line, Part, scientific
from verify.typesetting.page import Page, Symbol

__all__ = ["PAGE"]

_FACTS = {
    "σ_min(H̃)": r"\sigma_{\min}(\tilde H)",
    "σ_J": r"\sigma_J",
    "f(w₀)": r"f(w_0)",
    "‖∇f(w₀)‖": r"\lVert\nabla f(w_0)\rVert",
    "√(c f)": r"\sqrt{c f(w_0)}",
    "‖∇f‖²/c": r"\lVert\nabla f(w_0)\rVert^2/c",
}

_NOTATION: tuple[Part, ...] = (
    "Rows are samples. ",
    Formula(r"\tilde H"),
    " is what the layer reads, with a column of ones if it has a bias; ",
    Formula("J_i"),
    " the derivative of the outputs by its pre-activations at sample ",
    Formula("i"),
    "; ",
    Formula("e_i"),
    " the residual there; ",
    Formula(r"f=s\sum_i\lVert e_i\rVert^2"),
    " the loss.",
)


def _statement(claim: Claim) -> tuple[Part, ...]:
    c = scientific(down(claim.constant))
    where = rf"\lVert w-w_0\rVert\le{scientific(down(claim.radius))}" if claim.radius else "w=w_0"
    parts: tuple[Part, ...] = (
        f"For the gradient by layers.{claim.layer} alone, ",
        Formula(rf"\lVert\nabla f(w)\rVert^2\ge{c}\,f(w)\quad\text{{at all }}{where}"),
        ". Where it vanishes, the loss is 0.",
    )
    if claim.distance is None:
        return parts
    flow = rf"\lVert w(t)-w_0\rVert\le{scientific(up(claim.distance))},\quad f(w(t))\le e^{{-{c}t}}f(w_0)"
    return (*parts, " Gradient flow converges to weights of loss 0, with ", Formula(flow), ".")


def _reasons(claim: Claim, evidence: Evidence, verdict: Accepted) -> tuple[Line, ...]:
    proved = verdict.proved
    ways = [name for name, shifts in (("samples", evidence.samples), ("layers", evidence.layers)) if shifts is not None]
    lines = (
        Line(
            r"\nabla f=2s\sum_i(J_i^Te_i)\tilde h_i^T,\quad\lVert\nabla f\rVert^2\ge"
            r"4s^2\lambda_{\min}(\tilde H\tilde H^T)\sum_i\lVert J_i^Te_i\rVert^2",
            "‖∇f‖² ≥ 4s² λ_min(H̃H̃ᵀ) Σ‖J_iᵀe_i‖²",
            f"λ_min(H̃H̃ᵀ) near {evidence.features:.6g}",
            "the inputs of the layer, one row a sample, are independent",
        ),
        Line(
            r"J_iJ_i^T\succeq\sigma_J^2I,\quad c=4s\,\sigma_{\min}(\tilde H)^2\sigma_J^2",
            "J_iJ_iᵀ ⪰ σ_J²I, c = 4s σ_min(H̃)² σ_J²",
            f"c ≥ {down(proved.constant)}",
            f"what lies above the layer has full rank, by the {' and the '.join(ways)}"
            if ways
            else "it is the last layer",
        ),
    )
    if claim.distance is None:
        return lines
    return (
        *lines,
        Line(
            r"4f(w_0)<\rho^2c\implies\int\lVert\dot w\rVert\,dt\le2\sqrt{f(w_0)/c}<\rho",
            "4f < ρ²c: the flow is no longer than 2√(f/c) < ρ",
            f"ρ = {evidence.radius:.6g}, the flow at most {up(proved.distance)}",
            "c holds on the whole ball",
        ),
    )


PAGE = Page(
    title=lambda claim: f"The gradient by layers.{claim.layer} dominates the loss",
    notation=_NOTATION,
    statement=_statement,
    reasons=_reasons,
    symbols={
        "layer": Symbol("N", "N", "the layer whose gradient it is"),
        "constant": Symbol("c", "c", "constant of dominance"),
        "radius": Symbol(r"\rho", "ρ", "radius of the ball on which it holds, 0 at the weights alone"),
        "distance": Symbol("r", "r", "how far gradient flow comes"),
    },
    fact=in_notation(_FACTS),
)
