"""The command ``verify check``: judge every file."""

from __future__ import annotations

import math
from pathlib import Path

from certificates import Accepted, Verdict
from certificates import check as judge_check
from certificates.errors import Malformed, OutOfMemory
from certificates.verdict import as_document
from verify.cli.outcomes import exit_code
from verify.cli.terminal import BAD_INPUT, NOT_PROVED, OK, OUT_OF_BUDGET, Say
from verify.cli.tiling import folder_tiles

__all__ = ["check_command"]

_SEVERITY = {OK: 0, NOT_PROVED: 1, OUT_OF_BUDGET: 2, BAD_INPUT: 3}


def check_command(
    say: Say,
    files: list[Path],
    arithmetic: str,
    problem: Path | None,
    budget: float | None,
    allow_conditional: bool,
    tiles: Path | None = None,
    tile: int | None = None,
    scheduler: str | None = None,
) -> int:
    """Judge every file; the worst outcome counts."""
    if budget is not None and not 0 < budget < math.inf:
        raise Malformed(f"expected a positive, finite number of operations, got {budget}", place="--budget")
    made = folder_tiles(say, tiles, tile, scheduler)
    worst, results = OK, []
    for file in files:
        try:
            verdict = judge_check(file, problem=problem, arithmetic=arithmetic, budget=budget, tiles=made)
        except Malformed as error:
            lacks_memory = isinstance(error, OutOfMemory)
            code, outcome = (OUT_OF_BUDGET, "out of memory") if lacks_memory else (BAD_INPUT, "malformed")
            text = str(error).removeprefix(ascii(str(file)).strip("'") + ": ")  # the file is named already
            entry = {"outcome": outcome, "error": text}
            say.message(f"{file}: {outcome}: {text}")
        else:
            code, entry = exit_code(verdict, allow_conditional), as_document(verdict)
            say.result(_line(file, verdict))
            for note in verdict.notes:
                say.result(f"  note: {note}")
        results.append({"file": str(file), **entry})
        worst = code if _SEVERITY[code] > _SEVERITY[worst] else worst
    say.document["results"] = results
    return worst


def _line(file: Path, verdict: Verdict) -> str:
    if isinstance(verdict, Accepted):
        conditional = ", conditional on unproved assumptions" if verdict.conditional else ""
        return f"{file}: accepted{conditional} ({verdict.rule}, {verdict.arithmetic})"
    return f"{file}: {verdict.outcome} ({verdict.rule}, {verdict.arithmetic}): {verdict.explanation()}"
