"""Plain text for a terminal."""

from __future__ import annotations

from textwrap import fill

from verify.reports.content import Explanation, Line

__all__ = ["render"]

_WIDTH = 100


def render(page: Explanation) -> str:
    """The explanation in at most 100 columns; control characters are spelled out."""
    parts = [page.title, "=" * len(page.title), "", fill(page.verdict_line, _WIDTH), "", fill(page.sentence, _WIDTH)]
    parts += _section("Problem", _pairs(page.problem))
    parts += _section("Numbers at the weights", _lines(page.facts))
    parts += _section("Proof", _lines(page.steps))
    parts += _section("Claim", _lines(page.claims))
    parts += _section("Run", _pairs(page.run))
    parts += _section("Rests on", [f"- {text}" for text in page.ledger])
    parts += _section("Identity", _pairs(page.hashes))
    return "".join(c if c.isprintable() or c == "\n" else repr(c)[1:-1] for c in "\n".join(parts)) + "\n"


def _section(title: str, lines: list[str]) -> list[str]:
    return ["", title, "-" * len(title), *lines] if lines else []


def _pairs(rows: tuple[tuple[str, str], ...]) -> list[str]:
    width = max((len(name) for name, _ in rows), default=0)
    return [f"{name:<{width}}  {value}" for name, value in rows]


def _lines(rows: tuple[Line, ...]) -> list[str]:
    width = max((len(row.plain) for row in rows), default=0)
    value = max((len(row.value) for row in rows), default=0)
    return [f"{row.plain:<{width}}  {row.value:<{value}}  {row.meaning}" for row in rows]
