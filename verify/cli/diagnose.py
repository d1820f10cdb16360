"""The command ``verify diagnose``: call :func:`verify.diagnose` and print its rows."""

from __future__ import annotations

from pathlib import Path

from verify.cli.terminal import OK, Say
from verify.diagnosis.diagnose import diagnose
from verify.problems import describe, load_problem, summary_document

__all__ = ["diagnose_command"]


def diagnose_command(say: Say, problem: Path) -> int:
    """Read the problem, show it, and what is estimated about it."""
    network = load_problem(problem)
    say.table(describe(network), problem=summary_document(network))
    found = diagnose(network)
    say.result("")
    say.table(found.rows(), **found.to_dict())
    return OK
