"""A standalone LaTeX document."""

from __future__ import annotations

from verify.reports.content import Explanation, Line

__all__ = ["render"]

_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip
_MATH = {
    "‖": r"\(\Vert\)", "≤": r"\(\le\)", "≥": r"\(\ge\)", "∇": r"\(\nabla\)", "η": r"\(\eta\)", "κ": r"\(\kappa\)",
    "ε": r"\(\varepsilon\)", "β": r"\(\beta\)", "σ": r"\(\sigma\)", "−": r"\(-\)", "×": r"\(\times\)",
    "·": r"\(\cdot\)",
    "²": r"\({}^2\)", "∞": r"\(\infty\)", "→": r"\(\to\)", "–": "--", "…": r"\dots{}", "“": "``", "”": "''",
}  # fmt: skip

_HEAD = r"""\documentclass[11pt]{article}
\usepackage[utf8]{inputenc}
\usepackage[T1]{fontenc}
\usepackage{amsmath,booktabs,tabularx}
\usepackage[margin=2.5cm]{geometry}
\begin{document}
"""


def render(page: Explanation) -> str:
    """A document that compiles by itself; strangers' strings are escaped."""
    parts = [_HEAD, rf"\section*{{{_safe(page.title)}}}", rf"\textbf{{{_safe(page.verdict_line)}}}", ""]
    parts += [rf"\paragraph{{Theorem.}} {_safe(page.sentence)}", ""]
    parts += _table("Problem", [(_safe(a), _safe(b)) for a, b in page.problem])
    parts += _table("Numbers at the weights", _rows(page.facts))
    parts += _table("Proof", _rows(page.steps))
    parts += _table("Claim", _rows(page.claims))
    parts += _table("Run", [(_safe(a), _safe(b)) for a, b in page.run])
    if page.ledger:
        items = [rf"\item {_safe(text)}" for text in page.ledger]
        parts += [r"\subsection*{Rests on}", r"\begin{itemize}", *items, r"\end{itemize}"]
    parts += _table("Identity", [(_safe(a), rf"\texttt{{\scriptsize {b}}}") for a, b in page.hashes])
    return "\n".join([*parts, r"\end{document}"]) + "\n"


def _rows(lines: tuple[Line, ...]) -> list[tuple[str, ...]]:
    return [(rf"\({line.latex}\)", _safe(line.value), _safe(line.meaning)) for line in lines]


def _table(title: str, rows: list[tuple[str, ...]]) -> list[str]:
    if not rows:
        return []
    columns = "l" * (len(rows[0]) - 1) + "X"
    body = [" & ".join(row) + r" \\" for row in rows]
    return [
        rf"\subsection*{{{title}}}",
        rf"\noindent\begin{{tabularx}}{{\textwidth}}{{{columns}}}\toprule",
        *body,
        r"\bottomrule\end{tabularx}",
    ]


def _safe(text: str) -> str:
    """Every character that LaTeX would interpret, or that a plain font lacks, is replaced."""
    escaped = "".join(_SPECIAL.get(c) or _MATH.get(c) or c for c in text)
    return "".join(c if c.isprintable() else " " for c in escaped)
