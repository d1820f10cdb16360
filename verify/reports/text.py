"""Plain text for a terminal."""

from __future__ import annotations

from collections.abc import Iterable
from textwrap import fill

from verify.reports.explanation import Explanation
from verify.typesetting.escape import terminal
from verify.typesetting.formulas import Line

__all__ = ["render"]

_WIDTH = 100


def render(page: Explanation) -> str:
    """The explanation, wrapped at 100 columns; control characters are spelled out."""
    parts = [page.title, "=" * len(page.title), "", fill(page.verdict_line, _WIDTH), ""]
    parts += [f"File: {page.file}", ""] if page.file else []
    parts += [fill(f"{page.heading}. {page.sentence}", _WIDTH)]
    activations = [("activation " + line.meaning, f"{line.plain} = {line.value}") for line in page.activations]
    parts += _section("Problem", _columns((*page.problem, *activations)))
    parts += _section(page.facts_title, _lines(page.facts))
    parts += _section("Proof", [text for line in page.steps for text in _step(line)][:-1])
    parts += _section("Claim", _claims(page.claims))
    parts += _section("Run (in float64; no part of the proof)", _columns(page.run))
    parts += _section("Rests on", [_wrapped(f"- {text}", "  ") for text in page.ledger])
    parts += _section("Notes in the problem file (unchecked)", [_wrapped(f"- {note}", "  ") for note in page.notes])
    parts += _section("Identity (sha256)", _columns(page.hashes))
    parts += _section("Check it again", list(page.recheck))
    return terminal("\n".join(parts)) + "\n"


def _section(title: str, lines: list[str]) -> list[str]:
    return ["", title, "-" * len(title), *lines] if lines else []


def _columns(rows: Iterable[tuple[str, ...]]) -> list[str]:
    """Left-aligned columns, each as wide as its widest entry."""
    table = list(rows)
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return ["  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in table]


def _lines(rows: tuple[Line, ...]) -> list[str]:
    return _columns((row.plain, row.value, row.meaning) for row in rows)


def _step(line: Line) -> list[str]:
    return [line.plain, f"    {line.value}", _wrapped(f"    {line.meaning}", "    "), ""]


def _claims(rows: tuple[Line, ...]) -> list[str]:
    if not any(row.proved for row in rows):
        return _lines(rows)
    head = ("", "claimed", "proved", "")
    return _columns((head, *((row.plain, row.value, row.proved, row.meaning) for row in rows)))


def _wrapped(text: str, indent: str) -> str:
    return fill(text, _WIDTH, subsequent_indent=indent)
