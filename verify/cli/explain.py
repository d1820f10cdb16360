"""The command ``verify explain``: a certificate, its page, and a run beside it."""

from __future__ import annotations

from pathlib import Path

from certificates import check as judge_check
from certificates.document import write_atomically
from certificates.verdict import as_document
from verify.cli.outcomes import exit_code
from verify.cli.replay import is_about_orbits, run_from_weights, runs_to_teacher
from verify.cli.terminal import Say
from verify.crosscheck.planted import OrbitReplay
from verify.crosscheck.replay import Replay, load_subject
from verify.reports import FORMATS, explain

__all__ = ["explain_command"]


def explain_command(
    say: Say, file: Path, style: str, steps: int, problem: Path | None, output: Path | None, force: bool
) -> int:
    """Judge the certificate, run it if asked to, and render the page."""
    verdict = judge_check(file, problem=problem)
    certificate, subject = load_subject(file, problem)
    run: Replay | None = None
    runs: tuple[OrbitReplay, ...] = ()
    if steps and is_about_orbits(file, problem):
        runs = runs_to_teacher(say, file, steps, None, problem)
    elif steps:
        run = run_from_weights(say, file, steps, None, problem)
    page = FORMATS[style](explain(certificate, verdict, subject, run, runs=runs, file=file.name))
    say.document["verdict"] = as_document(verdict)
    if output is None:
        say.raw(page)
    else:
        write_atomically(output, page.encode(), force=force)
        say.result(f"written: {output}", output=str(output))
    return exit_code(verdict)
