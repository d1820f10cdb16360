"""Page of `cross-entropy-convergence`: the envelope, and what constant steps need (theory 6.8)."""

from __future__ import annotations

from certificates import Accepted
from certificates.claims.cross_entropy_convergence import Claim, Evidence
from certificates.language.wording import in_words
from verify.typesetting.decimals import between, down, up
from verify.typesetting.facts import in_notation
from verify.typesetting.formulas import Formula, Line, Part, scientific
from verify.typesetting.page import Page, Symbol

__all__ = ["PAGE"]

_NOTATION: tuple[Part, ...] = (
    Formula("f"),
    " is the cross-entropy, ",
    Formula(r"\omega"),
    " the smallest weight of a sample in it, ",
    Formula(r"M(w)=-\log(e^{f(w)/\omega}-1)"),
    ", which is positive where ",
    Formula(r"f/\omega<\log 2"),
    " and is then a margin of every sample, and ",
    Formula(r"\theta"),
    " the output layer.",
)

_FACTS = {
    "f/ω": r"f(w_0)/\omega",
    "M₀": "M_0",
    "‖θ₀‖": r"\lVert\theta_0\rVert",
    "ωγ₀²": r"\omega\gamma_0^2",
    "η": r"\eta",
}

_SYMBOLS = {
    "margin": Symbol(r"M_0=-\log(e^{f(w_0)/\omega}-1)", "M₀", "every sample keeps this margin"),
    "rate": Symbol(r"\rho=\omega M_0^2/\lVert\theta_0\rVert^2", "ρ = ωM₀²/‖θ₀‖²", "of the envelope"),
    "loss_at.loss": Symbol("f(w(t))", "f(w(t))", "from the named time on"),
    "steps.step_size_max": Symbol(r"\eta_k\le", "η_k ≤", "largest step covered"),
    "steps.epsilon": Symbol(r"\varepsilon", "ε", "share of the first-order decrease given up"),
}


def _statement(claim: Claim) -> tuple[Part, ...]:
    parts: tuple[Part, ...] = (
        "Let ",
        Formula(rf"\omega={in_words(claim.smallest_weight)},\ M_0={scientific(down(claim.margin))}"),
        f". {_flow(claim)} from the given weights exists for ever, and ",
        Formula(rf"e^M+M\ge e^{{M_0}}+M_0+{scientific(down(claim.rate))}\,t,\quad f=\omega\log(1+e^{{-M}})\to0"),
        "; every sample is classified rightly from the start, with a margin of at least ",
        Formula(r"M\ge M_0"),
        ".",
    )
    if claim.flow == "gradient":
        parts += (
            " So is every sample under exact gradient descent with ",
            Formula(r"f(w_{k+1})\le f(w_k)-(1-\varepsilon)\eta_k\lVert\nabla f(w_k)\rVert^2,\ 0<\varepsilon<1"),
            "; with Armijo backtracking ",
            Formula(r"f\to0"),
            ".",
        )
    return (*parts, *_loss_at(claim), *_steps(claim))


def _flow(claim: Claim) -> str:
    return "Every solution of w' ∈ −∂f(w) (Clarke)" if claim.flow == "clarke" else "Gradient flow"


def _loss_at(claim: Claim) -> tuple[Part, ...]:
    if claim.loss_at is None:
        return ()
    time, loss = scientific(up(claim.loss_at.time)), scientific(up(claim.loss_at.loss))
    return (" From time ", Formula(rf"t={time}"), " on, ", Formula(rf"f\le {loss}"), ".")


def _steps(claim: Claim) -> tuple[Part, ...]:
    if claim.steps is None:
        return ()
    step, epsilon = scientific(down(claim.steps.step_size_max)), up(claim.steps.epsilon)
    rate = scientific(down(claim.rate))
    return (
        " Any steps ",
        Formula(rf"0<\eta_k\le {step}"),
        " fulfil that condition with ",
        Formula(rf"\varepsilon={epsilon}"),
        ", and ",
        Formula(
            r"\int_{M_0}^{M(w_k)}(1+e^x)(x/M_0)^{2\varepsilon/(1-\varepsilon)}dx"
            rf"\ge(1-\varepsilon)\,{rate}\sum_{{j<k}}\eta_j"
        ),
        ".",
    )


def _reasons(claim: Claim, evidence: Evidence, verdict: Accepted) -> tuple[Line, ...]:
    facts = {fact.symbol: fact for fact in verdict.facts}
    loss, norm = facts["f/ω"], facts["‖θ₀‖"]
    lines: tuple[Line, ...] = (
        Line(
            r"f(w_0)/\omega<\log2",
            "f(w₀)/ω < log 2",
            between(loss.lower, loss.upper),
            "each sample's loss is at most f/ω, so every margin is at least M > 0",
        ),
        Line(
            r"\lVert\nabla(f/\omega)\rVert\ge M(1-e^{-f/\omega})/\lVert\theta\rVert",
            "‖∇(f/ω)‖ ≥ M(1 − e^(−f/ω))/‖θ‖",
            f"‖θ₀‖ ≤ {up(norm.upper)}",
            "outputs are linear in the output layer θ; so M/‖θ‖ never decreases along the flow",
        ),
        Line(
            r"\frac{dM}{dt}\ge\omega\gamma_0^2/(1+e^M),\quad\gamma_0=M_0/\lVert\theta_0\rVert",
            "dM/dt ≥ ωγ₀²/(1 + e^M), γ₀ = M₀/‖θ₀‖",
            f"ωγ₀² ≥ {down(verdict.proved.rate)}",
            "integrated: the envelope",
        ),
    )
    if claim.steps is None:
        return lines
    step = Line(
        r"\eta\omega\,\hat f(s)\,K(s+c)\le2\varepsilon\quad\text{for all }s\ge0",
        "ηω f̂(s) K(s + c) ≤ 2ε for all s ≥ 0",
        f"η ≤ {down(verdict.proved.steps.step_size_max)}",
        f"with ε ≈ {evidence.epsilon:.6g}: after a path of length s the loss is at most f̂(s) and the curvature at most "
        "f̂(s) K(s + c); cells of s, and a tail on which it decreases",
    )
    return (*lines, step)


PAGE = Page(
    title=lambda _: "The cross-entropy goes to zero from these weights",
    notation=_NOTATION,
    statement=_statement,
    reasons=_reasons,
    symbols=_SYMBOLS,
    fact=in_notation(_FACTS),
)
