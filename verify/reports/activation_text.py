"""The property table of an activation as plain text and as LaTeX."""

from __future__ import annotations

import re
from collections.abc import Sequence
from textwrap import fill

from verify.reports.activation_rows import Grid, PropertyRow, TableContent
from verify.typesetting.escape import latex as safe
from verify.typesetting.escape import terminal

__all__ = ["render_latex", "render_text"]

_WIDTH = 110
_RANGES_TITLE = "Ranges over the line (enclosures, rounded outwards)"
_EXPONENT = r"\1\\(\\cdot10^{\2\3}\\)"


def render_text(content: TableContent) -> str:
    """For a terminal; control characters are spelled out."""
    formula = f"{content.formula.plain} = {content.formula.value}"
    lines = [content.name if content.name == content.formula.value else f"{content.name}: {formula}", ""]
    if content.refusal:
        return terminal("\n".join([*lines, _wrapped(f"Nothing is proved: {content.refusal}", 2)])) + "\n"
    lines += [_RANGES_TITLE, *_columns([(f"  {plain}", value) for plain, _, value in content.ranges]), ""]
    lines += ["Properties", *_properties(content.properties), ""]
    for grid in content.grids:
        lines += [grid.title, *_grid(grid), ""]
    lines += ["Used of its symmetry", *(f"  {text}" for text in content.invariances or ("nothing",))]
    if content.assumptions:
        lines += ["", "CONDITIONAL on what is not proved:", *(_wrapped(f"  {text}", 4) for text in content.assumptions)]
    return terminal("\n".join(lines)) + "\n"


def _properties(rows: Sequence[PropertyRow]) -> list[str]:
    """Name and outcome, what is proved beside them, and why below it."""
    names, outcomes = max(len(row.name) for row in rows), max(len(row.outcome) for row in rows)
    lines = []
    for row in rows:
        head = f"  {row.name:<{names}}  {row.outcome:<{outcomes}}  "
        indent = " " * len(head)
        first, *rest = [part for part in (row.statement, row.why) if part]
        lines.append(fill(first, _WIDTH, initial_indent=head, subsequent_indent=indent))
        lines += [fill(f"by {part}", _WIDTH, initial_indent=indent, subsequent_indent=f"{indent}   ") for part in rest]
    return lines


def _grid(grid: Grid) -> list[str]:
    lines = _columns([(f"  {row[0]}", *row[1:]) for row in (grid.header, *grid.rows)]) if grid.rows else []
    return lines + [_wrapped(f"  {note}", 4) for note in grid.notes]


def _wrapped(text: str, indent: int) -> str:
    return fill(text, _WIDTH, subsequent_indent=" " * indent)


def _columns(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def render_latex(content: TableContent) -> str:
    """A fragment for a paper; needs amsmath, booktabs and tabularx."""
    parts = [rf"\section*{{The activation {safe(content.name)}}}", rf"\[{content.formula.latex}\]"]
    if content.refusal:
        return "\n".join([*parts, rf"Nothing is proved: {_decimal(content.refusal)}"]) + "\n"
    ranges = [(rf"\({latex}\)", _decimal(value)) for _, latex, value in content.ranges]
    parts += _table(_RANGES_TITLE, "ll", ranges)
    rows = [
        (safe(r.name), safe(r.outcome), rf"{_decimal(r.statement)}. {_decimal(r.why)}.") for r in content.properties
    ]
    parts += _table("Properties", r"ll>{\raggedright\arraybackslash}X", rows)
    for grid in content.grids:
        columns = "l" * len(grid.header)
        body = [tuple(map(_decimal, row)) for row in (grid.header, *grid.rows)] if grid.rows else []
        parts += _table(grid.title, columns, body)
        parts += [rf"{_decimal(note)}\par" for note in grid.notes]
    parts += [r"\subsection*{Used of its symmetry}", *(rf"{_decimal(text)}\par" for text in content.invariances)]
    if content.assumptions:
        parts += [r"\subsection*{Conditional on what is not proved}", *map(_decimal, content.assumptions)]
    return "\n".join(parts) + "\n"


def _table(title: str, columns: str, rows: Sequence[tuple[str, ...]]) -> list[str]:
    head = rf"\subsection*{{{safe(title)}}}"
    if not rows:
        return [head]
    begin, end = (r"tabularx}{\textwidth", "tabularx") if "X" in columns else ("tabular", "tabular")
    body = [" & ".join(row) + r" \\" for row in rows]
    return [head, rf"\begin{{{begin}}}{{{columns}}}\toprule", *body, rf"\bottomrule\end{{{end}}}"]


def _decimal(text: str) -> str:
    """Escaped text whose decimals are written with powers of ten."""
    return re.sub(r"(?<=\d)()e(-?)\+?0*(\d+)\b", _EXPONENT, safe(text))
