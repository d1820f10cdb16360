"""The commands behind :mod:`verify.cli`: call a documented function, print what it returns."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from certificates import Accepted, Verdict
from certificates import check as judge_check
from certificates.errors import Malformed, MalformedProblem, OutOfMemory
from verify.cli.outcomes import exit_code, verdict_document
from verify.cli.terminal import BAD_INPUT, NOT_PROVED, OK, OUT_OF_BUDGET, Say
from verify.problems import Imported, describe, load_problem, save_problem, summary_document

if TYPE_CHECKING:
    from verify.theory.errata import Erratum

__all__ = [
    "check_command",
    "doctor_command",
    "import_command",
    "list_command",
    "reproduce_command",
    "show_command",
]

_SEVERITY = {OK: 0, NOT_PROVED: 1, OUT_OF_BUDGET: 2, BAD_INPUT: 3}


def check_command(
    say: Say,
    files: list[Path],
    arithmetic: str,
    problem: Path | None,
    budget: float | None,
    allow_conditional: bool,
) -> int:
    """Judge every file; the worst outcome counts."""
    worst, results = OK, []
    for file in files:
        try:
            verdict = judge_check(file, problem=problem, arithmetic=arithmetic, budget=budget)
        except Malformed as error:
            lacks_memory = isinstance(error, OutOfMemory)
            code, outcome = (OUT_OF_BUDGET, "out of memory") if lacks_memory else (BAD_INPUT, "malformed")
            entry = {"outcome": outcome, "error": str(error)}
            say.message(f"{file}: {outcome}: {error}")
        else:
            code, entry = exit_code(verdict, allow_conditional), verdict_document(verdict)
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


def list_command(say: Say, topic: str) -> int:
    """Print one of the lists."""
    from certificates.expression import CATALOGUE
    from certificates.kinds import KINDS, find
    from verify.experiments import EXPERIMENTS
    from verify.theory.errata import ERRATA

    if topic == "errata":
        return _list_errata(say, ERRATA)
    rows: list[tuple[str, str]] = {
        "kinds": [(name, find(name).about) for name in KINDS],
        "activations": [(name, entry.meaning) for name, entry in CATALOGUE.items()],
        "experiments": [(name, experiment.title) for name, experiment in EXPERIMENTS.items()],
    }[topic]
    say.table(rows, **{topic: dict(rows)})
    return OK


def _list_errata(say: Say, errata: Iterable[Erratum]) -> int:
    """Print what is said, what holds, which files prove it, and exact instances, computed anew."""
    from verify.theory.errata import INSTANCES

    document: dict[str, Any] = {}
    for each in errata:
        paths = [str(path) for path in each.paths]
        document[each.key] = {
            "source": each.source,
            "printed": each.printed,
            "holds": each.holds,
            "proof": each.proof,
            "certificates": paths,
            "facts": [str(fact) for name in each.instances for fact in INSTANCES[name].facts()],
        }
        say.result(f"{each.key}  {each.source}")
        for name in ("printed", "holds", "proof"):
            say.result(f"    {name + ':':<9}{document[each.key][name]}")
        for path in paths:
            say.result(f"    {path}")
        for name in each.instances:
            say.result(f"    exactly, {INSTANCES[name].about}:")
            for fact in INSTANCES[name].facts():
                say.result(f"        {fact}")
    say.document["errata"] = document
    return OK


def reproduce_command(say: Say, name: str, output: Path | None, force: bool) -> int:
    """Reproduce a table or figure, print it and write it with its certificates."""
    from verify.experiments import reproduce
    from verify.experiments.rendering import text_table

    folder = Path(name) if output is None else output
    done = reproduce(name, folder, force=force, progress=lambda what, k, n: say.progress("proving", k, n, what))
    say.raw(text_table(done))
    say.document["reproduction"] = done.document
    say.result(f"written: {folder}", output=str(folder))
    return OK if done.is_complete else NOT_PROVED


def doctor_command(say: Say) -> int:
    """Probe the platform; compare the installed judge with what its distribution recorded."""
    from certificates.arithmetic.platform import self_test
    from certificates.installation import foreign_files

    self_test()
    strangers = foreign_files()
    if strangers:
        raise MalformedProblem(
            f"the installed judge holds files that its distribution did not bring: {', '.join(strangers[:5])}",
            place="installation",
            remedy="reinstall gradcert in a fresh environment",
        )
    say.result("platform: binary64, subnormals and matrix products pass the self-test", platform="sound")
    say.result("installation: the judge's files are those of its distribution", installation="clean")
    return OK
