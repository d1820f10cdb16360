"""A few labelled lines about one object, for ``print`` and for a notebook's cell."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from verify.typesetting.escape import terminal

__all__ = ["as_html", "as_text"]

Rows = Sequence[tuple[str, str]]

_TABLE = "border-collapse: collapse; text-align: left"
_CELL = "text-align: left; vertical-align: baseline; padding: .15rem 1rem .15rem 0; overflow-wrap: anywhere"


def as_text(rows: Rows) -> str:
    r"""A line a row, whatever is in it.

    Examples
    --------
    >>> as_text([("proved", "a"), ("written", "b\nc")])
    'proved: a\nwritten: b c'
    """
    return "\n".join(f"{label}: {_line(text)}" for label, text in rows)


def as_html(rows: Rows) -> str:
    """The same as a table with its style in it; every string is escaped.

    Examples
    --------
    >>> "<b>" in as_html([("file", "<b>.json")])
    False
    """
    cells = f'<th style="{_CELL}; white-space: nowrap">{{}}</th><td style="{_CELL}">{{}}</td>'
    body = "".join(f"<tr>{cells.format(escape(label), escape(_line(text)))}</tr>" for label, text in rows)
    return f'<table style="{_TABLE}">{body}</table>'


def _line(text: str) -> str:
    return terminal(text.replace("\n", " "))
