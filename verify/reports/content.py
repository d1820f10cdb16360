"""What there is to say about a certificate, once, for every format."""

from __future__ import annotations

from dataclasses import dataclass

from certificates import Accepted, Network, Verdict
from certificates.document import Certificate, content_sha256
from verify.crosscheck.replay import Replay
from verify.problems import describe
from verify.reports.decimals import between, down, up

__all__ = ["Explanation", "Line", "explain"]


@dataclass(frozen=True)
class Line:
    """A formula with its value on this instance: LaTeX, plain text, the value, what it means."""

    latex: str
    plain: str
    value: str
    meaning: str


@dataclass(frozen=True)
class Explanation:
    """A certificate, its verdict and perhaps a run, as text in order."""

    title: str
    outcome: str
    verdict_line: str
    sentence: str
    problem: tuple[tuple[str, str], ...]
    facts: tuple[Line, ...]
    steps: tuple[Line, ...]
    claims: tuple[Line, ...]
    ledger: tuple[str, ...]
    run: tuple[tuple[str, str], ...]
    hashes: tuple[tuple[str, str], ...]
    replay: Replay | None


# symbol of a fact -> its LaTeX
_SYMBOLS = {
    "N": "N",
    "p": "p",
    "‖e₀‖": r"\lVert F(w_0)-y\rVert",
    "λ_min(K)": r"\lambda_{\min}(K)",
    "λ_max(K)": r"\lambda_{\max}(K)",
    "σ₀": r"\sigma_0",
    "S₀": r"S_0",
    "β(0)": r"\beta(0)",
    "β(r)": r"\beta(r)",
    "σ(r)": r"\sigma(r)",
    "L": "L",
}


def explain(certificate: Certificate, verdict: Verdict, network: Network, replay: Replay | None = None) -> Explanation:
    """Collect what the formats print.

    Parameters
    ----------
    certificate, verdict, network
        A certificate, what the judge says of it, and its problem.
    replay
        A run to show beside it.
    """
    return Explanation(
        title="Gradient descent from these weights converges to zero loss",
        outcome=verdict.outcome,
        verdict_line=_verdict_line(verdict),
        sentence=certificate.claim.sentence(),
        problem=tuple(describe(network)),
        facts=_facts(verdict),
        steps=_steps(certificate, verdict) if verdict.facts else (),
        claims=_claims(certificate, verdict),
        ledger=tuple(part.text for part in verdict.ledger) if isinstance(verdict, Accepted) else (),
        run=_run(replay),
        hashes=(
            ("certificate, sha256", verdict.certificate_sha256),
            ("content without provenance, sha256", content_sha256(certificate)),
            ("problem, sha256", verdict.problem_sha256),
        ),
        replay=replay,
    )


def _verdict_line(verdict: Verdict) -> str:
    if isinstance(verdict, Accepted):
        suffix = ", on the condition of unproved assumptions" if verdict.conditional else ""
        return f"Accepted by the rule “{verdict.rule}”, {verdict.arithmetic} arithmetic{suffix}."
    return f"{verdict.outcome.capitalize()} by the rule “{verdict.rule}”: {verdict.explanation()}."


def _facts(verdict: Verdict) -> tuple[Line, ...]:
    return tuple(
        Line(_SYMBOLS[fact.symbol], fact.symbol, between(fact.lower, fact.upper), fact.meaning)
        for fact in verdict.facts
        if fact.symbol in _SYMBOLS
    )


def _steps(certificate: Certificate, verdict: Verdict) -> tuple[Line, ...]:
    """The chain of inequalities of theory 1.3 with this instance's numbers."""
    facts = {fact.symbol: fact for fact in verdict.facts}
    evidence = certificate.evidence
    left, right = facts["criterion left"], facts["criterion right"]
    radius, epsilon = up(evidence.trapping_radius), f"{evidence.epsilon:.6g}"
    return (
        Line(
            r"\lVert F(w_0)-y\rVert<(1-\varepsilon)\int_0^r\sigma(\rho)\,d\rho",
            "‖F(w₀) − y‖ < (1 − ε)∫₀ʳ σ(ρ) dρ",
            f"{up(left.upper, 8)} < {down(right.lower, 8)}",
            f"the trapping criterion, with r = {radius} and ε = {epsilon}",
        ),
        Line(
            r"\sigma(r)=\sigma_0-\int_0^r\beta>0",
            "σ(r) = σ₀ − ∫₀ʳ β > 0",
            between(facts["σ(r)"].lower, facts["σ(r)"].upper),
            f"the Jacobian keeps full rank on the ball; β is the {evidence.curvature} bound",
        ),
        Line(
            r"L=2s\left[\left(S_0+\int_0^r\beta\right)^2+\lVert F(w_0)-y\rVert\,\beta(r)\right]",
            "L = 2s[(S₀ + ∫₀ʳ β)² + ‖F(w₀) − y‖ β(r)]",
            between(facts["L"].lower, facts["L"].upper),
            "the gradient's Lipschitz constant on the trapping region",
        ),
    )


def _claims(certificate: Certificate, verdict: Verdict) -> tuple[Line, ...]:
    """Every field of the claim beside what the evidence proves."""
    claim, proved = certificate.claim, verdict.proved
    rows = (
        (r"r", "r", "radius", up, "iterates and limit stay this close to the weights"),
        (r"\eta\le 2\varepsilon/L", "η ≤ 2ε/L", "step_size_max", down, "largest step size covered"),
        (
            r"\kappa=4s(1-\varepsilon)\sigma(r)^2",
            "κ = 4s(1 − ε)σ(r)²",
            "decrease_rate",
            down,
            "decrease per unit of step",
        ),
        (r"c=1/((1-\varepsilon)\sigma(r))", "c = 1/((1 − ε)σ(r))", "distance_factor", up, "distance per residual"),
    )
    lines = []
    for latex, plain, name, rounded, meaning in rows:
        value = rounded(getattr(claim, name))
        if proved is not None:
            value += f" (proved: {rounded(getattr(proved, name), 8)})"
        lines.append(Line(latex, plain, value, meaning))
    if claim.origin is not None:
        lines.append(
            Line(
                r"\lVert w_0-w_{\mathrm{given}}\rVert",
                "‖w₀ − w_given‖",
                up(claim.origin.distance),
                "distance to the weights the problem was polished from",
            )
        )
    return tuple(lines)


def _run(replay: Replay | None) -> tuple[tuple[str, str], ...]:
    if replay is None:
        return ()
    run = replay.run
    rate = f"{replay.certified_rate:.4g} certified"
    if replay.measured_rate == replay.measured_rate:  # not NaN
        rate = f"{replay.measured_rate:.4g} measured, {rate}: the certificate is cautious by {replay.looseness:.2f}×"
    return (
        ("steps", f"{run.steps[-1]:,} of size {run.step_size:.6g}, {len(run.steps)} recorded"),
        ("loss", f"{run.losses[0]:.4e} → {run.losses[-1]:.4e}"),
        ("distance from the start", f"{run.distances.max():.4e}, certified below {up(replay.radius)}"),
        ("rate", rate),
        ("rounding floor of the computed loss", f"about {replay.floor:.1e}"),
        ("agreement", "every recorded step" if replay.agrees else f"{len(replay.violations)} recorded steps disagree"),
    )
