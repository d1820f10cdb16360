"""A standalone LaTeX document."""

from __future__ import annotations

import re

from verify.reports.explanation import Explanation
from verify.typesetting.escape import latex as safe
from verify.typesetting.formulas import Formula, Line, Part

__all__ = ["render"]

_HEAD = r"""\documentclass[11pt]{article}
\usepackage[utf8]{inputenc}
\usepackage[T1]{fontenc}
\usepackage{amsmath,booktabs,tabularx,textcomp}
\usepackage[margin=2.5cm]{geometry}
\setlength{\parindent}{0pt}
\begin{document}
"""


def render(page: Explanation) -> str:
    """A document that compiles by itself; strangers' strings are escaped."""
    parts = [_HEAD, rf"\section*{{{safe(page.title)}}}", rf"\emph{{{safe(page.verdict_line)}}}", ""]
    parts += [rf"File: \texttt{{{safe(page.file)}}}", ""] if page.file else []
    parts += [rf"\paragraph{{{safe(page.heading)}.}} {''.join(map(_part, page.statement))}", ""]
    parts += _table("Problem", [(safe(a), safe(b)) for a, b in page.problem] + _activations(page.activations))
    parts += ["", "".join(map(_part, page.notation)), ""]
    parts += _table(page.facts_title, _rows(page.facts))
    parts += _steps(page.steps)
    parts += _table("Claim", _claims(page.claims))
    parts += _table("Run", [(safe(a), _decimal(b)) for a, b in page.run])
    parts += _items("What this rests on", [safe(text) for text in page.ledger])
    parts += _items("Notes in the problem file (unchecked)", [safe(note) for note in page.notes])
    parts += _table("Identity (sha256)", [(safe(a), rf"\texttt{{\scriptsize {safe(b)}}}") for a, b in page.hashes])
    parts += _items("Check it again", list(map(_command, page.recheck)))
    return "\n".join([*parts, r"\end{document}"]) + "\n"


def _command(text: str) -> str:
    """In type whose hyphens and quotes a shell takes when they are copied from the page."""
    return rf"\texttt{{{safe(text)}}}".replace("'", r"\textquotesingle{}")


def _part(part: Part) -> str:
    return rf"\({part.latex}\)" if isinstance(part, Formula) else safe(part)


def _decimal(text: str) -> str:
    """Escaped text whose decimals are written with powers of ten."""
    powers = r"\1\\(\\cdot10^{\2\3}\\)"
    return re.sub(r"(?<=\d)()e(-?)\+?0*(\d+)\b", powers, safe(text))


def _activations(lines: tuple[Line, ...]) -> list[tuple[str, ...]]:
    return [(f"activation {safe(line.meaning)}", rf"\({line.latex}\)") for line in lines]


def _rows(lines: tuple[Line, ...]) -> list[tuple[str, ...]]:
    return [(rf"\({line.latex}\)", _decimal(line.value), safe(line.meaning)) for line in lines]


def _claims(lines: tuple[Line, ...]) -> list[tuple[str, ...]]:
    if not lines:
        return []
    rows = [(rf"\({a.latex}\)", _decimal(a.value), _decimal(a.proved), safe(a.meaning)) for a in lines]
    return [("", "claimed", "proved", ""), *rows]


def _steps(lines: tuple[Line, ...]) -> list[str]:
    parts = [r"\subsection*{Proof}"] if lines else []
    for line in lines:
        parts += [rf"\[{line.latex}\]", r"\begin{center}", rf"{_decimal(line.value)}\\", _decimal(line.meaning)]
        parts += [r"\end{center}"]
    return parts


def _items(title: str, items: list[str]) -> list[str]:
    if not items:
        return []
    body = [rf"\item {item}" for item in items]
    return [rf"\subsection*{{{title}}}", r"\begin{itemize}", *body, r"\end{itemize}"]


def _table(title: str, rows: list[tuple[str, ...]]) -> list[str]:
    if not rows:
        return []
    columns = "l" * (len(rows[0]) - 1) + r">{\raggedright\arraybackslash}X"
    body = [" & ".join(row) + r" \\" for row in rows]
    return [
        rf"\subsection*{{{title}}}",
        rf"\begin{{tabularx}}{{\textwidth}}{{{columns}}}\toprule",
        *body,
        r"\bottomrule\end{tabularx}",
    ]
