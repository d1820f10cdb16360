"""What there is to say about a certificate, once, for every format."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from certificates import Accepted, Network, Verdict
from certificates.document import Certificate, content_sha256
from certificates.expression.printing import to_latex, to_text
from verify.crosscheck.replay import Replay
from verify.problems import describe
from verify.reports.decimals import between, down, up
from verify.reports.proof import Line, Part, proof_steps, statement

__all__ = ["Explanation", "explain"]


@dataclass(frozen=True)
class Explanation:
    """A certificate, its verdict and perhaps a run, as text in order.

    Parameters
    ----------
    title, outcome, verdict_line
        What is (or is not) proved, and by which rule.
    heading, sentence, statement
        ``Theorem``, or ``Claim (not proved)``; then the claim in words, plain and with typeset formulas.
    problem, activations
        Rows (quantity, value), and one formula for each activation that occurs.
    facts, steps, claims
        The numbers of the proof, the chain of inequalities, and what is claimed beside what is proved.
    ledger, run, hashes, recheck
        What it rests on; rows about the run; digests; the commands that repeat the check.
    replay
        The run, for the picture.
    """

    title: str
    outcome: str
    verdict_line: str
    heading: str
    sentence: str
    statement: tuple[Part, ...]
    problem: tuple[tuple[str, str], ...]
    activations: tuple[Line, ...]
    facts: tuple[Line, ...]
    steps: tuple[Line, ...]
    claims: tuple[Line, ...]
    ledger: tuple[str, ...]
    run: tuple[tuple[str, str], ...]
    hashes: tuple[tuple[str, str], ...]
    recheck: tuple[str, ...]
    replay: Replay | None


# symbol of a fact -> its LaTeX
_SYMBOLS = {
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


def explain(
    certificate: Certificate,
    verdict: Verdict,
    network: Network,
    replay: Replay | None = None,
    *,
    names: Mapping[str, str] | None = None,
) -> Explanation:
    """Collect what the formats print.

    Parameters
    ----------
    certificate, verdict, network
        A certificate, what the judge says of it, and its problem.
    replay
        A run to show beside it.
    names
        File names for the commands that repeat the check, under the key ``certificate``.
    """
    title = "Gradient descent from these weights converges to zero loss"
    proved = isinstance(verdict, Accepted)
    return Explanation(
        title=title if proved else f"Not proved: {title[0].lower()}{title[1:]}",
        outcome=verdict.outcome,
        verdict_line=_verdict_line(verdict),
        heading=_heading(verdict),
        sentence=certificate.claim.sentence(),
        statement=statement(certificate.claim),
        problem=tuple(describe(network)),
        activations=_activations(network),
        facts=_facts(verdict),
        steps=proof_steps(certificate, verdict) if verdict.facts else (),
        claims=_claims(certificate, verdict),
        ledger=tuple(part.text for part in verdict.ledger) if isinstance(verdict, Accepted) else (),
        run=_run(replay),
        hashes=_hashes(certificate, verdict),
        recheck=_recheck((names or {}).get("certificate", "CERTIFICATE")),
        replay=replay,
    )


def _heading(verdict: Verdict) -> str:
    if not isinstance(verdict, Accepted):
        return "Claim (not proved)"
    return "Theorem (conditional)" if verdict.conditional else "Theorem"


def _verdict_line(verdict: Verdict) -> str:
    if isinstance(verdict, Accepted):
        suffix = ", on the condition of unproved assumptions" if verdict.conditional else ""
        return f"Accepted by the rule “{verdict.rule}”, {verdict.arithmetic} arithmetic{suffix}."
    return f"{verdict.outcome.capitalize()} by the rule “{verdict.rule}”: {verdict.explanation()}."


def _activations(network: Network) -> tuple[Line, ...]:
    """Each activation once, in the order of the layers."""
    found = {activation.text: activation for activation in network.activations}
    return tuple(
        Line(rf"\varphi(z)={to_latex(each.expression)}", "φ(z)", to_text(each.expression), text)
        for text, each in found.items()
    )


def _facts(verdict: Verdict) -> tuple[Line, ...]:
    return tuple(
        Line(_SYMBOLS[fact.symbol], fact.symbol, between(fact.lower, fact.upper), fact.meaning)
        for fact in verdict.facts
        if fact.symbol in _SYMBOLS
    )


def _claims(certificate: Certificate, verdict: Verdict) -> tuple[Line, ...]:
    """Every field of the claim beside what the evidence proves, both rounded in the weak direction."""
    claim, proved = certificate.claim, verdict.proved
    rows = (
        ("r", "r", "radius", up, "iterates and limit stay this close"),
        (r"\eta\le 2\varepsilon/L", "η ≤ 2ε/L", "step_size_max", down, "largest step size covered"),
        (
            r"\kappa=4s(1-\varepsilon)\,\sigma(r)^2",
            "κ = 4s(1 − ε)σ(r)²",
            "decrease_rate",
            down,
            "decrease per step size",
        ),
        (r"c=1/((1-\varepsilon)\,\sigma(r))", "c = 1/((1 − ε)σ(r))", "distance_factor", up, "distance per residual"),
    )
    lines = [
        Line(
            latex,
            plain,
            rounded(getattr(claim, name)),
            meaning,
            proved="" if proved is None else rounded(getattr(proved, name), 8),
        )
        for latex, plain, name, rounded, meaning in rows
    ]
    if claim.origin is not None:
        shown = "" if proved is None or proved.origin is None else up(proved.origin.distance, 8)
        given = r"\lVert w_0-w_{\mathrm{given}}\rVert"
        lines.append(Line(given, "‖w₀ − w_given‖", up(claim.origin.distance), "moved by polishing", proved=shown))
    return tuple(lines)


def _run(replay: Replay | None) -> tuple[tuple[str, str], ...]:
    if replay is None:
        return ()
    run = replay.run
    rate = f"{replay.certified_rate:.4g} certified"
    if not math.isnan(replay.measured_rate):
        rate = f"{replay.measured_rate:.4g} measured, {rate}; their ratio is {replay.looseness:.2f}"
    return (
        ("steps", f"{run.steps[-1]:,} of size {run.step_size:.6g}, {len(run.steps)} recorded"),
        ("loss", f"{run.losses[0]:.4e} → {run.losses[-1]:.4e}"),
        ("distance from the start", f"{run.distances.max():.4e}, certified below {up(replay.radius)}"),
        ("rate", rate),
        ("rounding floor of the loss", f"about {replay.floor:.1e}"),
        ("agreement", "every recorded step" if replay.agrees else f"{len(replay.violations)} recorded steps disagree"),
    )


def _hashes(certificate: Certificate, verdict: Verdict) -> tuple[tuple[str, str], ...]:
    rows = (
        ("certificate", verdict.certificate_sha256),
        ("certificate without provenance", content_sha256(certificate)),
        ("problem", verdict.problem_sha256),
    )
    return tuple((name, value) for name, value in rows if value)  # a claim judged before it was written has fewer


def _recheck(name: str) -> tuple[str, ...]:
    return (f"verify check {name}", f"python -m certificates check {name} --arithmetic arb")
