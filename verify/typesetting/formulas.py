"""Formulas and lines of reports, in every format's terms."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Formula", "Line", "Part", "scientific"]


@dataclass(frozen=True)
class Line:
    """A formula with its value on this instance: LaTeX, plain text, the value, its meaning, what is proved, where."""

    latex: str
    plain: str
    value: str
    meaning: str
    proved: str = ""
    at: str = ""


@dataclass(frozen=True)
class Formula:
    """LaTeX of ours, without dollar signs; nothing of a stranger is ever in it but numbers."""

    latex: str


Part = str | Formula


def scientific(text: str) -> str:
    r"""Typeset the exponents of decimals in a formula of ours.

    Examples
    --------
    >>> scientific("r=2.5e-6")
    'r=2.5\\cdot 10^{-6}'
    """
    return re.sub(r"(\d)e(-?)\+?0*(\d+)", r"\1\\cdot 10^{\2\3}", text)
