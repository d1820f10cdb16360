"""The numbers that a proof went through, in the notation of reports."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping

from certificates import Accepted, Fact
from verify.typesetting.decimals import between, down, enclosed, up
from verify.typesetting.formulas import Line

__all__ = ["by_symbol", "in_notation", "shown_fact", "shown_in", "symbol_latex"]


def in_notation(symbols: Mapping[str, str]) -> Callable[[Fact], Line | None]:
    """How facts are shown whose symbols have this LaTeX; others are not."""
    return lambda fact: shown_in(symbols[fact.symbol], fact) if fact.symbol in symbols else None


def shown_in(latex: str, fact: Fact) -> Line:
    """A bound or enclosure in words."""
    return Line(latex, fact.symbol, _enclosure(fact.lower, fact.upper), fact.meaning)


def _enclosure(lower: float, upper: float) -> str:
    """As elsewhere, for bounds of either sign."""
    has_negative_end = -math.inf < lower < 0 and upper < math.inf
    return f"[{down(lower)}, {up(upper)}]" if has_negative_end else between(lower, upper)


def by_symbol(verdict: Accepted) -> dict[str, str]:
    """Bounds and enclosures in words, by the symbol of the fact."""
    return {fact.symbol: between(fact.lower, fact.upper) for fact in verdict.facts}


def shown_fact(fact: Fact) -> Line:
    """An enclosure with its meaning, the LaTeX of its symbol made from the symbol."""
    meaning = f"{fact.meaning}, at {fact.at}" if fact.at else fact.meaning
    value = enclosed(fact.lower, fact.upper, 8)
    return Line(symbol_latex(fact.symbol), fact.symbol, value, meaning, at=fact.at)


def symbol_latex(symbol: str) -> str:
    r"""A judge's symbol in LaTeX; without the sign |, which would end a cell of a Markdown table.

    Examples
    --------
    >>> symbol_latex("sup |φ'|")
    "\\sup \\lvert \\varphi '\\rvert "
    """
    symbol = re.sub(r"\|([^|]*)\|", r"\\lvert \1\\rvert ", symbol)
    for plain, latex in _LATEX.items():
        symbol = symbol.replace(plain, latex)
    return symbol


_LATEX = {
    "v_min": r"v_{\min}", "sup ": r"\sup ", "^(2)": "''", "^(3)": "'''", "φ": r"\varphi ", "ρ": r"\rho ",
    "σ": r"\sigma ", "μ": r"\mu ", "γ": r"\gamma ", "α": r"\alpha ", "₀": "_0", "₁": "_1", "₂": "_2", "₃": "_3",
    "₄": "_4",
}  # fmt: skip
