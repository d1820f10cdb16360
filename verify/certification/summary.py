"""What :func:`certify` found, in five lines: the claim, its numbers, the files, what else fits, how to check it."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from certificates import Accepted, Rejected, Undecided
from certificates.kinds import KINDS
from verify.typesetting.claims import claim_numbers

if TYPE_CHECKING:
    from verify.certification.certify import Certified

__all__ = ["summary"]


def summary(done: Certified) -> tuple[tuple[str, str], ...]:
    """Five rows (label, text)."""
    verdict = done.verdict
    about = f"{KINDS[verdict.kind].partition(' (theory')[0]} ({verdict.kind})"
    if isinstance(verdict, Accepted):
        return ("proved", about), *_proved(done, verdict)
    return ("not proved", about), *_refused(verdict)


def _proved(done: Certified, verdict: Accepted) -> tuple[tuple[str, str], ...]:
    numbers = ", ".join(f"{name} {value}" for name, value in claim_numbers(verdict.claim))
    certificate = done.certificate_path
    if certificate is None:
        files, command = "nothing; the certificate embeds the problem", "certify(…, output=FILE) writes it"
    else:
        relations = zip(("", ", about ", ", polished from "), done.files, strict=False)
        files = "".join(f"{relation}{path}" for relation, path in relations)
        command = f"verify check {shlex.quote(str(certificate))}"
    return (
        ("numbers", numbers),
        ("written", files),
        ("fits as well", ", ".join(kind for kind, _ in done.offers) or "no other kind"),
        ("check it", command),
    )


def _refused(verdict: Rejected | Undecided) -> tuple[tuple[str, str], ...]:
    numbers = [f"needs {verdict.required}"] if verdict.required else []
    numbers += [f"has {verdict.seen}"] if verdict.seen else []
    return (
        ("why", f"{verdict.outcome}, check {verdict.check}: {verdict.reason}"),
        ("numbers", ", ".join(numbers) or "none"),
        ("written", "nothing"),
        ("try", verdict.advice or "nothing is known to help"),
    )
