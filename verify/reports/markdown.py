"""Markdown with LaTeX formulas."""

from __future__ import annotations

import re

from verify.reports.content import Explanation, Line

__all__ = ["render"]


def render(page: Explanation) -> str:
    """The explanation as a Markdown document."""
    parts = [f"# {_safe(page.title)}", "", f"**{_safe(page.verdict_line)}**", "", _safe(page.sentence)]
    parts += _table("Problem", ("", ""), [(_safe(a), _safe(b)) for a, b in page.problem])
    parts += _table("Numbers at the weights", ("symbol", "value", "meaning"), _rows(page.facts))
    parts += _table("Proof", ("statement", "here", "meaning"), _rows(page.steps))
    parts += _table("Claim", ("quantity", "claimed", "meaning"), _rows(page.claims))
    parts += _table("Run", ("", ""), [(_safe(a), _safe(b)) for a, b in page.run])
    if page.ledger:
        parts += ["", "## Rests on", "", *(f"- {_safe(text)}" for text in page.ledger)]
    parts += _table("Identity", ("", ""), [(_safe(a), f"`{b}`") for a, b in page.hashes])
    return "\n".join(parts) + "\n"


def _rows(lines: tuple[Line, ...]) -> list[tuple[str, ...]]:
    return [(f"${line.latex}$", _safe(line.value), _safe(line.meaning)) for line in lines]


def _table(title: str, header: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    if not rows:
        return []
    lines = ["", f"## {title}", "", f"| {' | '.join(header)} |", f"|{'---|' * len(header)}"]
    return lines + [f"| {' | '.join(row)} |" for row in rows]


def _safe(text: str) -> str:
    """Escape what Markdown and HTML would interpret."""
    escaped = re.sub(r"([\\`*_{}\[\]<>#|~$&])", r"\\\1", text)
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in escaped)
