"""Page of `planted-convergence`: the ball around the teacher, and why the residual pulls towards it (theory 4.2)."""

from __future__ import annotations

from certificates import Accepted
from certificates.claims.planted_convergence import Claim, Evidence
from verify.typesetting.decimals import down, up
from verify.typesetting.facts import by_symbol, in_notation
from verify.typesetting.formulas import Formula, Line, Part, scientific
from verify.typesetting.page import Page, Symbol

__all__ = ["PAGE"]

_NOTATION: tuple[Part, ...] = (
    "The loss is ",
    Formula(r"f(W)=s\sum_i\lVert V\varphi(Wx_i)-V\varphi(W^*x_i)\rVert^2"),
    " with the teacher's first layer ",
    Formula("W^*"),
    " and the output layer ",
    Formula("V"),
    " of both frozen; ",
    Formula("J"),
    " is the Jacobian of the outputs, ",
    Formula("J_*"),
    " the one at ",
    Formula("W^*"),
    ", ",
    Formula("r"),
    (
        " the residual. Biases of hidden units count as weights of an input 1, and are 0 at the teacher. At kinks "
        "of the activation ∇f is formed with any slopes between the one-sided ones; critical is meant as by Clarke."
    ),
)

_FACTS = {
    "n": "n",
    "p": "p",
    "s_*": "s_*",
    "S_*": "S_*",
    "χ/n": r"\chi/n",
    "β": r"\beta",
    "2s_*/3β": r"2s_*/3\beta",
    "τ": r"\tau",
    "κ": r"\kappa",
    "‖W₀ − W*‖": r"\lVert W_0-W^*\rVert",
}

_SYMBOLS = {
    "step_size": Symbol(r"\eta", "η", "step size, exact"),
    "radius": Symbol("R", "R", "radius of the ball of starts"),
    "decrease": Symbol(r"\mu", "μ", "relative decrease of the squared distance a step"),
    "step_size_max": Symbol(r"\eta_{\max}", "η_max", "largest constant step covered"),
    "unique_radius": Symbol(r"R_u", "R_u", "no other critical point is as near"),
    "distance": Symbol(r"\lVert W_0-W^*\rVert", "‖W₀ − W*‖", "distance of the given weights"),
}


def _statement(claim: Claim) -> tuple[Part, ...]:
    decrease = scientific(down(claim.decrease))
    parts: tuple[Part, ...] = (
        "Exact gradient descent with ",
        Formula(rf"\eta={scientific(down(claim.step_size, 12))}"),
        " from every ",
        Formula(rf"\lVert W_0-W^*\rVert\le {scientific(down(claim.radius))}"),
        " has ",
        Formula(rf"\lVert W_{{t+1}}-W^*\rVert^2\le(1-{decrease})\,\lVert W_t-W^*\rVert^2"),
        " at every step",
    )
    if claim.step_size_max > 0:
        parts += (
            ", and with any other constant step ",
            Formula(rf"0<\eta'\le {scientific(down(claim.step_size_max))}"),
            " the same with that decrease times ",
            Formula(r"\eta'/\eta"),
        )
    parts += (".",)
    if claim.distance is not None:
        near = Formula(rf"\lVert W_0-W^*\rVert\le {scientific(up(claim.distance))}")
        parts += (" The given weights are such a start: ", near, ".")
    if claim.unique_radius > 0:
        ball = Formula(scientific(down(claim.unique_radius)))
        parts += (" No other critical point lies within ", ball, " of ", Formula("W^*"), ".")
    return parts


def _reasons(claim: Claim, evidence: Evidence, verdict: Accepted) -> tuple[Line, ...]:
    del claim
    facts = by_symbol(verdict)
    if "τ" in facts:
        turn = (r"a=b=\tau(R)", "a = b = τ(R)", f"τ {facts['τ']}, across the kinks that the ball may reach")
    else:
        turn = (
            r"a=\beta R,\ b=\tfrac12\beta R",
            "a = βR, b = βR/2",
            f"β {facts['β']}, with R = {down(evidence.radius)}",
        )
    return (
        Line(
            r"s_*\lVert\Delta\rVert\le\lVert J_*\Delta\rVert/\sqrt n\le S_*\lVert\Delta\rVert",
            "s_*‖Δ‖ ≤ ‖J_*Δ‖/√n ≤ S_*‖Δ‖",
            f"s_* {facts['s_*']}, S_* {facts['S_*']}",
            "at the teacher the outputs see every direction of the weights",
        ),
        Line(*turn, "how far J/√n turns on the ball, and r/√n differs from J(W)(W − W*)/√n per distance"),
        Line(
            r"\lVert W^+-W^*\rVert^2\le(1-\eta((s_*-a)^2-b^2))\lVert W-W^*\rVert^2",
            "‖W⁺ − W*‖² ≤ (1 − η((s_* − a)² − b²))‖W − W*‖²",
            f"κ = (s_* − a)² − b² {facts['κ']}; the decrease is {down(verdict.proved.decrease)}",
            "for steps up to (S_* + a)⁻² of L = ‖r‖²/2n; f = 2ns·L",
        ),
    )


PAGE = Page(
    title=lambda _: "Gradient descent from near the planted weights finds them",
    notation=_NOTATION,
    statement=_statement,
    reasons=_reasons,
    symbols=_SYMBOLS,
    fact=in_notation(_FACTS),
)
