"""What the pages about derivatives of an activation share: their heads, and the steps about cells and tails."""

from __future__ import annotations

from fractions import Fraction

from certificates import Accepted
from certificates.language.slopes import SlopeCells
from verify.typesetting.formulas import Line, Part

__all__ = ["beyond", "satisfies", "sign_lines", "within"]


def satisfies(label: str, *parts: Part) -> tuple[Part, ...]:
    """The activation satisfies LABEL: parts."""
    return (f"The activation satisfies {label}: ", *parts, ".")


def within(what: str, latex: str, radius: Fraction, cells: int, meaning: str) -> Line:
    """A step about |z| ≤ R, by cells."""
    return Line(rf"{latex}\quad(|z|\le {radius})", f"{what} for |z| ≤ {radius}", f"{cells} cells", meaning)


def beyond(what: str, latex: str, radius: Fraction, verdict: Accepted) -> Line:
    """A step about |z| > R, proved or assumed."""
    how = "assumed, not proved" if verdict.conditional else "by its expansion at infinity"
    return Line(rf"{latex}\quad(|z|>{radius})", f"{what} for |z| > {radius}", how, "both tails")


def sign_lines(evidence: SlopeCells, verdict: Accepted) -> tuple[Line, ...]:
    """The steps that show φ' ≥ 0."""
    what, latex = "φ' ≥ 0", r"\varphi'(z)\ge0"
    meaning = "on each an enclosure of φ', or an exact zero of φ' in it, shows the sign"
    return (
        within(what, latex, evidence.radius, len(evidence.cells), meaning),
        beyond(what, latex, evidence.radius, verdict),
    )
