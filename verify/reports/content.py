"""What there is to say about a certificate, once, for every format: one module per family of kinds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from certificates import Network, Problem, Verdict
from certificates.certificate import Certificate
from certificates.subjects import ActivationProblem, PolynomialProblem
from verify.crosscheck.orbit import OrbitReplay
from verify.crosscheck.replay import Replay
from verify.reports.activations import explain_activation
from verify.reports.convergence import explain_convergence
from verify.reports.explanation import Explanation
from verify.reports.quadratic import explain_quadratic
from verify.reports.quadratic_statements import TITLES as QUADRATIC

__all__ = ["explain"]


def explain(
    certificate: Certificate,
    verdict: Verdict,
    problem: Problem,
    replay: Replay | None = None,
    *,
    runs: Sequence[OrbitReplay] = (),
    names: Mapping[str, str] | None = None,
) -> Explanation:
    """Collect what the formats print.

    Parameters
    ----------
    certificate, verdict, problem
        A certificate, what the judge says of it, and its problem.
    replay
        A run to show beside it, if the claim is about gradient descent.
    runs
        The same for claims about planted quadratic networks.
    names
        File names for the commands that repeat the check, under the key ``certificate``.
    """
    if isinstance(problem, ActivationProblem):
        return explain_activation(certificate, verdict, problem, names=names)
    if isinstance(problem, Network | PolynomialProblem) and certificate.kind in QUADRATIC:
        page = explain_quadratic(certificate, verdict, problem, replay, runs, names=names)
        return replace(page, notes=verdict.notes)
    if isinstance(problem, Network):
        page = explain_convergence(certificate, verdict, problem, replay, names=names)
        return replace(page, notes=verdict.notes)
    raise TypeError(f"no report about a subject of type {problem.type}")
