"""``verify.explain``: the page of a result, a problem or a certificate file, in every format."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from certificates import Accepted, Network, Problem, Rejected, Undecided, Verdict, check, check_bytes
from certificates.certificate import encode_certificate
from certificates.kinds import KINDS
from verify.activations.table import ActivationTable
from verify.certification.certify import Certified
from verify.crosscheck.replay import load_subject
from verify.reports import FORMATS
from verify.reports.activation_rows import table_content
from verify.reports.activation_text import render_latex, render_text
from verify.reports.content import explain as page_about
from verify.reports.explanation import Explanation, heading, ledger, verdict_line
from verify.reports.pages import page_of
from verify.reports.subjects import subject_of
from verify.typesetting.claims import claim_rows

__all__ = ["Explainable", "explain"]

_NEXT = "verify.certify searches for something to prove, and says what is in the way where nothing is found."
_HOPELESS = "Nothing is known to help."

Explainable = Certified | Accepted | Rejected | Undecided | Network | ActivationTable | str | Path


def explain(what: Explainable, format: str = "text") -> str:
    r"""Say what there is to say about a result or a problem.

    Parameters
    ----------
    what
        What :func:`verify.certify`, :func:`verify.check` or :func:`verify.activation` returned, a network, or the path
        of a certificate. What was certified is judged anew, from the file if it was written.
    format
        ``text``, ``markdown``, ``latex`` or ``html``; an activation's table is text or LaTeX.

    Returns
    -------
    str
        A page that stands by itself; what strangers wrote is escaped.

    Raises
    ------
    Malformed
        The certificate or its problem is no longer there, or is not what it was.
    ValueError
        There is no such format.

    Examples
    --------
    >>> from verify.problems import from_arrays
    >>> print(explain(from_arrays([[[1.0]], [[1.0]]], None, "tanh", [[1.0]], [[0.5]])).partition("\n")[0])
    Network(1–1–1, tanh, n=1, squared)
    """
    formats = {"text": render_text, "latex": render_latex} if isinstance(what, ActivationTable) else FORMATS
    if format not in formats:
        raise ValueError(f"format: expected one of {', '.join(formats)}, got {format!r}")
    if isinstance(what, ActivationTable):
        return (render_latex if format == "latex" else render_text)(table_content(what))
    return FORMATS[format](_page(what))


def _page(what: Certified | Verdict | Network | str | Path) -> Explanation:
    if isinstance(what, str | Path):
        certificate, subject = load_subject(what)
        return page_about(certificate, check(what), subject, file=Path(what).name)
    if isinstance(what, Network):
        return _of_problem(what)
    if not isinstance(what, Certified):
        return _of_verdict(what, None)
    if what.certificate is None:
        return _of_verdict(what.verdict, what.network)
    if what.certificate_path is not None:
        return _page(what.certificate_path)
    verdict = check_bytes(encode_certificate(what.certificate))
    return page_about(what.certificate, verdict, what.certificate.problem.record or what.network)


def _of_problem(network: Network) -> Explanation:
    subject = subject_of(network, "")
    return Explanation(
        title=repr(network),
        outcome="",
        verdict_line="A problem: nothing is claimed of it.",
        heading="Next",
        sentence=_NEXT,
        statement=(_NEXT,),
        problem=subject.rows,
        activations=subject.activations,
    )


def _of_verdict(verdict: Verdict, network: Problem | None) -> Explanation:
    """A verdict without its certificate: of a refusal there is none."""
    page = page_of(verdict.kind)
    subject = None if network is None else subject_of(network, verdict.kind)
    hashes = (("certificate", verdict.certificate_sha256), ("problem", verdict.problem_sha256))
    shared = Explanation(
        title=f"Not proved: {KINDS[verdict.kind].partition(' (theory')[0]}",
        outcome=verdict.outcome,
        verdict_line=verdict_line(verdict),
        heading="What to try",
        sentence=getattr(verdict, "advice", "") or _HOPELESS,
        statement=(getattr(verdict, "advice", "") or _HOPELESS,),
        problem=() if subject is None else subject.rows,
        activations=() if subject is None else subject.activations,
        notation=page.notation,
        facts_title=page.facts_title,
        facts=tuple(line for line in map(page.fact, verdict.facts) if line is not None),
        ledger=ledger(verdict),
        hashes=tuple((name, digest) for name, digest in hashes if digest),
        notes=verdict.notes,
    )
    if not isinstance(verdict, Accepted):
        return shared
    claim = verdict.claim
    return replace(
        shared,
        title=page.title(claim),
        heading=heading(verdict),
        sentence=claim.sentence(),
        statement=page.statement(claim),
        claims=claim_rows(claim, verdict.proved, page.symbols, page.digits),
    )
