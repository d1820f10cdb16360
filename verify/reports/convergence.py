"""What there is to say about a `zero-loss-convergence` certificate."""

from __future__ import annotations

import math
from collections.abc import Mapping

from certificates import Accepted, Network, Verdict
from certificates.certificate import Certificate
from verify.crosscheck.replay import Replay
from verify.problems import describe
from verify.reports.convergence_proof import proof_steps, statement
from verify.reports.explanation import Explanation, formula_of, hashes, heading, ledger, recheck, verdict_line
from verify.typesetting.decimals import between, down, up
from verify.typesetting.formulas import Formula, Line, Part

__all__ = ["explain_convergence", "run_rows"]


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


def explain_convergence(
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
        verdict_line=verdict_line(verdict),
        heading=heading(verdict),
        sentence=certificate.claim.sentence(),
        statement=statement(certificate.claim),
        problem=tuple(describe(network)),
        activations=_activations(network),
        notation=_NOTATION,
        facts_title="Numbers at the weights",
        facts=_facts(verdict),
        steps=proof_steps(certificate, verdict) if verdict.facts else (),
        claims=_claims(certificate, verdict),
        ledger=ledger(verdict),
        run=run_rows(replay),
        hashes=hashes(certificate, verdict, "problem"),
        recheck=recheck((names or {}).get("certificate", "CERTIFICATE"), arithmetic=True),
        replay=replay,
    )


def _activations(network: Network) -> tuple[Line, ...]:
    """Each activation once, in the order of the layers."""
    return tuple(formula_of(each) for each in dict.fromkeys(network.activations))


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


def run_rows(replay: Replay | None) -> tuple[tuple[str, str], ...]:
    """Rows (quantity, value) about a run; none without one."""
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
