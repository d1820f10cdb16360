"""A reproduction as plain text and as Markdown."""

from __future__ import annotations

from textwrap import fill

from verify.experiments.reproduction import Reproduction, is_proved
from verify.typesetting.escape import markdown, terminal

__all__ = ["markdown_page", "text_table"]

_WIDTH = 100


def text_table(done: Reproduction) -> str:
    """Title, table and notes for a terminal."""
    table = (done.header, *done.rows)
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    lines = ["  ".join(f"{c:<{w}}" for c, w in zip(row, widths, strict=True)).rstrip() for row in table]
    lines.insert(1, "  ".join("-" * width for width in widths))
    notes = [fill(f"- {note}", _WIDTH, subsequent_indent="  ") for note in done.notes]
    return terminal("\n".join([done.title, fill(f"({done.source})", _WIDTH), "", *lines, "", *notes])) + "\n"


def markdown_page(done: Reproduction) -> str:
    """The same with a list of the certificates and what each of them states."""
    table = [_row(done.header), _row(("---",) * len(done.header), escape=False), *map(_row, done.rows)]
    notes = [f"- {markdown(note)}" for note in done.notes]
    proofs = [
        f"- `certificates/{name}.cert.json`: {markdown(proposal.claim.sentence())}"
        for name, proposal in done.proofs.items()
        if is_proved(proposal)
    ]
    head = [f"# {markdown(done.title)}", "", markdown(done.source) + ".", ""]
    picture = ["![The figure](figure.svg)", ""] if done.figure is not None else []
    tail = ["", *notes, "", "## Certificates", "", "`verify check certificates/*.cert.json` repeats the check.", ""]
    return "\n".join([*head, *picture, *table, *tail, *proofs]) + "\n"


def _row(cells: tuple[str, ...], *, escape: bool = True) -> str:
    return "| " + " | ".join(markdown(cell) if escape else cell for cell in cells) + " |"
