"""What the commands ``verify problem`` do: import and describe."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from verify.cli.terminal import OK, Say
from verify.problems import Imported, describe, load_problem, save_problem, summary_document

__all__ = ["import_command", "show_command"]


def import_command(say: Say, load: Callable[[], Imported], output: Path, force: bool) -> int:
    """Import, say what was read and understood, write the problem file with its notes."""
    imported = load()
    for line in imported.read:
        say.result(line)
    network = imported.network
    say.table(describe(network), problem=summary_document(network), read=list(imported.read))
    save_problem(imported.network, output, force=force)
    say.result(f"written: {output}", output=str(output))
    return OK


def show_command(say: Say, file: Path) -> int:
    """Describe a problem file."""
    network = load_problem(file)
    say.table(describe(network), problem=summary_document(network))
    return OK
