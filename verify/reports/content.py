"""What there is to say about a certificate, once, for every kind and every format."""

from __future__ import annotations

from collections.abc import Sequence

from certificates import Accepted, Network, Problem, Verdict
from certificates.certificate import Certificate
from verify.crosscheck.planted import OrbitReplay
from verify.crosscheck.replay import Replay
from verify.reports.explanation import Explanation, hashes, heading, ledger, recheck, verdict_line
from verify.reports.minimum_plots import picture_of
from verify.reports.pages import AnyPage, page_of
from verify.reports.runs import run_rows
from verify.reports.subjects import Subject, subject_of
from verify.typesetting.claims import claim_rows
from verify.typesetting.formulas import Line

__all__ = ["explain"]


def explain(
    certificate: Certificate,
    verdict: Verdict,
    problem: Problem,
    replay: Replay | None = None,
    *,
    runs: Sequence[OrbitReplay] = (),
    file: str = "",
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
    file
        The name of the certificate's file, for the head of the page and the commands that repeat the check.
    """
    claim, page = certificate.claim, page_of(certificate.kind)
    subject = subject_of(problem, certificate.kind)
    return Explanation(
        title=_title(page.title(claim), subject, isinstance(verdict, Accepted)),
        outcome=verdict.outcome,
        verdict_line=verdict_line(verdict),
        heading=heading(verdict),
        sentence=claim.sentence(),
        statement=page.subject(problem) + page.statement(claim),
        file=_named(file, certificate),
        problem=subject.rows,
        activations=subject.activations,
        notation=page.notation,
        facts_title=page.facts_title,
        facts=tuple(line for line in map(page.fact, verdict.facts) if line is not None),
        steps=_steps(page, certificate, verdict),
        claims=claim_rows(claim, verdict.proved, page.symbols, page.digits),
        ledger=ledger(verdict),
        run=run_rows(replay, runs),
        hashes=hashes(certificate, verdict, subject.digest),
        recheck=recheck(file or "CERTIFICATE", has_two_arithmetics=subject.has_two_arithmetics),
        replay=replay,
        notes=verdict.notes,
        minimum=picture_of(problem, verdict) if page.shows_minimum and isinstance(problem, Network) else None,
    )


def _named(file: str, certificate: Certificate) -> str:
    """The certificate's file, and the problem's."""
    return f"{file}, about {certificate.problem.path}" if file and certificate.problem.path else file


def _title(title: str, subject: Subject, proved: bool) -> str:
    if subject.name:
        return f"{title}: {subject.name}" if proved else f"Not proved: {title}: {subject.name}"
    return title if proved else f"Not proved: {title[0].lower()}{title[1:]}"


def _steps(page: AnyPage, certificate: Certificate, verdict: Verdict) -> tuple[Line, ...]:
    if isinstance(verdict, Accepted):
        return page.reasons(certificate.claim, certificate.evidence, verdict)
    if page.refusal is None or not verdict.facts:
        return ()
    return page.refusal(certificate.claim, certificate.evidence, verdict)
