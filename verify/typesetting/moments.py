"""What the pages about Gaussian moments of an activation share."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from certificates import Accepted
from certificates.language.parts import Interval, Quadrature
from certificates.language.wording import in_words
from verify.typesetting.decimals import down
from verify.typesetting.formulas import Formula, Line, Part, scientific

__all__ = ["DIGITS", "NOTATION", "interval_latex", "moments_line", "number"]

DIGITS: Final = (12, 12)

NOTATION: Final[tuple[Part, ...]] = (
    "Expectations are over ",
    Formula(r"z\sim N(0,1)"),
    "; ",
    Formula(r"\alpha_{ij}(\sigma)=E[\varphi'(\sigma z)^iz^j]"),
    ", ",
    Formula(r"T_1=\alpha_{20}-\alpha_{10}^2-\alpha_{11}^2"),
    ", ",
    Formula(r"T_2=\alpha_{22}-\alpha_{11}^2-\alpha_{12}^2"),
    ", ",
    Formula(r"T_3=\alpha_{10}\alpha_{12}-\alpha_{11}^2"),
    " and ",
    Formula(r"\rho=\min(T_1,T_2,T_3)"),
    ".",
)

_QUADRATURES = {
    "integral": "Gauss–Legendre",
    "taylor": "Taylor expansion",
    "trapezoid": "the trapezoidal rule",
    "exact": "completing the square, exactly",
}


def number(value: Fraction) -> str:
    """A rational of a claim in LaTeX: a short decimal or fraction as it is."""
    return scientific(in_words(value) if len(in_words(value)) <= 16 else down(value, 12))


def interval_latex(value: Interval) -> str:
    """What a number equals, or lies in."""
    return f"={number(value.lower)}" if value.lower == value.upper else rf"\in{scientific(str(value))}"


def moments_line(quadrature: Quadrature, bits: int, verdict: Accepted, what: str) -> Line:
    """The step that encloses moments, with what came out."""
    goal = "" if quadrature == "exact" else f" to {bits} bits"
    tails = "bounded by an assumption, not proved," if verdict.conditional else "bounded"
    return Line(
        r"\alpha_{i,j}=E[\varphi'(\sigma z)^iz^j]",
        "α_{i,j} = E[φ'(σz)ⁱ zʲ]",
        what,
        f"enclosed by {_QUADRATURES[quadrature]}{goal}; beyond the truncation |φ'| is {tails} by a power",
    )
