"""Markdown with LaTeX formulas."""

from __future__ import annotations

from verify.reports.explanation import Explanation
from verify.typesetting.escape import markdown as safe
from verify.typesetting.escape import terminal
from verify.typesetting.formulas import Formula, Line, Part

__all__ = ["render"]


def render(page: Explanation) -> str:
    """The explanation as a Markdown document."""
    parts = [f"# {safe(page.title)}", "", f"*{safe(page.verdict_line)}*", ""]
    parts += [f"File: {safe(page.file)}", ""] if page.file else []
    parts += [f"> **{safe(page.heading)}.** {''.join(map(_part, page.statement))}"]
    parts += _table("Problem", ("quantity", "value"), [(safe(a), safe(b)) for a, b in page.problem])
    parts += [item for line in page.activations for item in ("", f"Activation {safe(line.meaning)}: ${line.latex}$.")]
    parts += _table(page.facts_title, ("symbol", "value", "meaning"), _rows(page.facts))
    parts += _steps(page.steps)
    parts += _table("Claim", ("quantity", "claimed", "proved", "meaning"), _claims(page.claims))
    parts += _table("Run", ("quantity", "value"), [(safe(a), safe(b)) for a, b in page.run])
    if page.ledger:
        parts += ["", "## What this rests on", "", *(f"- {safe(text)}" for text in page.ledger)]
    if page.notes:
        parts += ["", "## Notes in the problem file (unchecked)", "", *(f"- {safe(note)}" for note in page.notes)]
    parts += _table("Identity", ("file", "sha256"), [(safe(a), f"`{b}`") for a, b in page.hashes])
    if page.recheck:  # an indented block is copied as it stands
        parts += ["", "## Check it again", "", *(f"    {terminal(command)}" for command in page.recheck)]
    return "\n".join(parts) + "\n"


def _part(part: Part) -> str:
    return f"${part.latex}$" if isinstance(part, Formula) else safe(part)


def _rows(lines: tuple[Line, ...]) -> list[tuple[str, ...]]:
    return [(f"${line.latex}$", safe(line.value), safe(line.meaning)) for line in lines]


def _claims(lines: tuple[Line, ...]) -> list[tuple[str, ...]]:
    return [(f"${line.latex}$", safe(line.value), safe(line.proved), safe(line.meaning)) for line in lines]


def _steps(lines: tuple[Line, ...]) -> list[str]:
    parts = ["", "## Proof"] if lines else []
    for line in lines:
        parts += ["", f"$${line.latex}$$", "", f"**{safe(line.value)}** — {safe(line.meaning)}."]
    return parts


def _table(title: str, header: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    if not rows:
        return []
    lines = ["", f"## {title}", "", f"| {' | '.join(header)} |", f"|{'---|' * len(header)}"]
    return lines + [f"| {' | '.join(row)} |" for row in rows]
