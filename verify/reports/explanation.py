"""What every explanation holds, whatever it is about; and the parts that all kinds share."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from certificates import Accepted, Verdict
from certificates.certificate import Certificate, content_sha256
from certificates.expression import Activation
from certificates.expression.printing import to_latex, to_text
from verify.crosscheck.replay import Replay
from verify.reports.minimum_plots import MinimumPicture
from verify.typesetting.formulas import Line, Part

__all__ = ["Explanation", "formula_of", "hashes", "heading", "ledger", "recheck", "verdict_line"]


@dataclass(frozen=True)
class Explanation:
    """A certificate, its verdict and perhaps a run, as text in order.

    Parameters
    ----------
    title, outcome, verdict_line
        What is (or is not) proved, and by which rule.
    heading, sentence, statement
        ``Theorem``, or ``Claim (not proved)``; then the claim in words, plain and with typeset formulas.
    file
        The certificate's file and its problem's; empty for what is in memory.
    problem, activations, notation
        Rows (quantity, value), one formula for each activation that occurs, and what the symbols mean.
    facts_title, facts, steps, claims
        The numbers of the proof, the chain of inequalities, and what is claimed beside what is proved.
    ledger, run, hashes, recheck
        What it rests on; rows about the run; digests; the commands that repeat the check.
    replay
        The run, for the picture.
    notes
        The remarks in the problem file.
    minimum
        The spectrum and a slice, for the picture.
    """

    title: str
    outcome: str
    verdict_line: str
    heading: str
    sentence: str
    statement: tuple[Part, ...]
    file: str = ""
    problem: tuple[tuple[str, str], ...] = ()
    activations: tuple[Line, ...] = ()
    notation: tuple[Part, ...] = ()
    facts_title: str = ""
    facts: tuple[Line, ...] = ()
    steps: tuple[Line, ...] = ()
    claims: tuple[Line, ...] = ()
    ledger: tuple[str, ...] = ()
    run: tuple[tuple[str, str], ...] = ()
    hashes: tuple[tuple[str, str], ...] = ()
    recheck: tuple[str, ...] = ()
    replay: Replay | None = None
    notes: tuple[str, ...] = ()
    minimum: MinimumPicture | None = None


def heading(verdict: Verdict) -> str:
    """``Theorem`` only where one is proved."""
    if not isinstance(verdict, Accepted):
        return "Claim (not proved)"
    return "Theorem (conditional)" if verdict.conditional else "Theorem"


def verdict_line(verdict: Verdict) -> str:
    """Outcome, rule, and why not."""
    if isinstance(verdict, Accepted):
        suffix = ", on the condition of unproved assumptions" if verdict.conditional else ""
        return f"Accepted by the rule “{verdict.rule}”, {verdict.arithmetic} arithmetic{suffix}."
    return f"{verdict.outcome.capitalize()} by the rule “{verdict.rule}”: {verdict.explanation()}."


def formula_of(activation: Activation) -> Line:
    """φ(z) in both notations."""
    expression = activation.expression
    return Line(rf"\varphi(z)={to_latex(expression)}", "φ(z)", to_text(expression), activation.text)


def ledger(verdict: Verdict) -> tuple[str, ...]:
    """What an accepted claim rests on."""
    return tuple(part.text for part in verdict.ledger) if isinstance(verdict, Accepted) else ()


def hashes(certificate: Certificate, verdict: Verdict, problem: str) -> tuple[tuple[str, str], ...]:
    """Names and digests; a claim judged before it was written has fewer."""
    rows = (
        ("certificate", verdict.certificate_sha256),
        ("certificate without provenance", content_sha256(certificate)),
        (problem, verdict.problem_sha256),
    )
    return tuple((name, value) for name, value in rows if value)


def recheck(name: str, *, has_two_arithmetics: bool) -> tuple[str, ...]:
    """The commands that repeat the check, in the folder of the file of that name."""
    quoted = shlex.quote(name)
    return (
        f"verify check {quoted}",
        f"python -m certificates check {quoted}" + (" --arithmetic arb" if has_two_arithmetics else ""),
    )
