"""The command ``verify reproduce``."""

from __future__ import annotations

from pathlib import Path

from verify.cli.terminal import NOT_PROVED, OK, Say
from verify.experiments import reproduce
from verify.experiments.rendering import text_table

__all__ = ["reproduce_command"]


def reproduce_command(say: Say, name: str, output: Path | None, force: bool) -> int:
    """Reproduce a table or figure, print it and write it with its certificates."""
    folder = Path(name) if output is None else output
    done = reproduce(name, folder, force=force, progress=lambda what, k, n: say.progress("proving", k, n, what))
    say.raw(text_table(done))
    say.document["reproduction"] = done.document
    say.result(f"written: {folder}", output=str(folder))
    return OK if done.is_complete else NOT_PROVED
