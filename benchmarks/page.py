"""The page of the documentation: the comparisons of one run, the exponents and their picture."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.sweep import Sweep, exponent
from benchmarks.timing import Row

__all__ = ["page"]

_HEAD = """\
# Benchmarks

`make bench` prints these on your machine; `python -m benchmarks --output docs` writes this page. Each line is one
comparison in one process: warmed up, medians, ours and the peer's one after the other. Ratios carry over to other
machines, seconds do not. The peers compute floats without bounds.

"""
_FINDINGS = """
## Without a peer

"""
_GROWTH = """
## How times grow

![Seconds over sizes, ours beside the peers', both axes logarithmic.](benchmarks.png)

Exponents are slopes of the larger half of the sizes.

"""


def page(rows: Sequence[Row], findings: Sequence[str], sweeps: Sequence[Sweep]) -> str:
    """Markdown, with the picture beside it as ``benchmarks.png``."""
    lines = [
        f"| {row.title} | {_seconds(row.ours)} | {row.peer} {_seconds(row.theirs)} | {row.ratio:.2g} | {row.note} |"
        for row in rows
    ]
    grown = [
        f"| {sweep.title} | ${_power(sweep, sweep.ours)}$ | {sweep.peer} ${_power(sweep, sweep.theirs)}$ |"
        for sweep in sweeps
    ]
    table = ["| what | ours | peer | ratio | |", "|---|---|---|---|---|", *lines]
    growth = ["| what | ours | peer |", "|---|---|---|", *grown]
    said = "".join(f"* {finding}\n" for finding in findings)
    return _HEAD + "\n".join(table) + "\n" + _FINDINGS + said + _GROWTH + "\n".join(growth) + "\n"


def _seconds(value: float) -> str:
    """Three digits, in milliseconds below a tenth of a second."""
    return f"{value:.3g} s" if value >= 0.1 else f"{1e3 * value:.3g} ms"


def _power(sweep: Sweep, seconds: Sequence[float]) -> str:
    return f"{sweep.size}^{{{exponent(sweep.sizes[: len(seconds)], seconds):.1f}}}"
