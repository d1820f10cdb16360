"""The command ``verify find``: critical points from many starts, each with its certificate."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from certificates import Accepted
from certificates.verdict import as_document
from verify.certification.find import find, refuse_population
from verify.certification.find_results import CertifiedPoint, Found
from verify.cli.importing import show_problem
from verify.cli.terminal import NOT_PROVED, OK, Say
from verify.reports.critical_points import save_critical_points

__all__ = ["find_command"]

_SHOWN = 12  # points without a proof that are named


def find_command(say: Say, problem: Path, starts: int, seed: int, output: Path | None) -> int:
    """Look for critical points, list those that are certified, and draw them."""
    refuse_population(problem)
    show_problem(say, problem)
    folder = problem.with_name(f"{problem.stem}.points") if output is None else output
    try:
        found = find(problem, folder, starts=starts, seed=seed, progress=say.progress)
    except KeyboardInterrupt:
        say.message(f"the same command goes on where it was; {folder} holds what was found")
        raise
    say.document |= {"starts": found.starts, "nowhere": found.nowhere, "best": found.best, "folder": str(found.folder)}
    say.document["points"] = [_document(each) for each in found.points]
    _report(say, found)
    return OK if found.certified else NOT_PROVED


def _report(say: Say, found: Found) -> None:
    rows = [("f", "index", "proved", "starts", "certificate")] + [_row(each) for each in found.certified]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows if found.certified else []:
        say.result("  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip())
    refused = [each for each in found.points if not isinstance(each.verdict, Accepted)]
    for each in refused[:_SHOWN]:
        say.message(f"not certified: f ≈ {each.point.value:.9g}, index {each.point.index}: {_reason(each)}")
    if len(refused) > _SHOWN:
        say.message(f"and {len(refused) - _SHOWN} more that are not certified")
    say.result(
        f"{len(found.certified)} certified critical points of {found.starts} starts, {_spurious(found)} of them "
        f"spurious minima; {found.nowhere} starts ended at none; least f {found.best:.9g}"
    )
    if found.certified:
        picture = found.folder / "points.svg"
        save_critical_points(found, picture)
        say.result(f"written: {found.folder}, with the picture {picture}", picture=str(picture))


def _spurious(found: Found) -> int:
    return sum(each.proof.claim.kind == "spurious-minimum" for each in found.certified)


def _row(each: CertifiedPoint) -> tuple[str, ...]:
    claim: Any = each.proof.claim
    note = f", better by {claim.gap:.6g}" if claim.kind == "spurious-minimum" else ""
    name = "" if each.path is None else each.path.name
    return f"{each.point.value:.9g}", str(each.point.index), claim.kind + note, str(each.point.starts), name


def _reason(each: CertifiedPoint) -> str:
    verdict = each.verdict
    return "" if isinstance(verdict, Accepted) else f"{verdict.kind}: {verdict.finding()}"


def _document(each: CertifiedPoint) -> dict[str, Any]:
    claim: Any = each.proof.claim
    return {
        "value": each.point.value,
        "index": each.point.index,
        "starts": each.point.starts,
        "kind": each.verdict.kind,
        "certified": each.path is not None,
        "spurious": each.path is not None and claim.kind == "spurious-minimum",
        "value_enclosure": None if each.value is None else list(each.value),
        "certificate": None if each.path is None else str(each.path),
        "verdict": as_document(each.verdict),
    }
