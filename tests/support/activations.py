"""Shared by the tests of claims about activations: judging one, fractions from text, cells."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from certificates import Verdict, decide
from certificates.expression import parse_activation
from certificates.language.parts import Interval
from certificates.subjects import ActivationProblem

TINY = Fraction(1, 2**400)

# Undefined somewhere, or not what their normal form on [1, 2] suggests.
TREACHEROUS = (
    "sqrt(z^2)",
    "sqrt((z-3)^2)",
    "z^2/z",
    "1/z",
    "z+0/(z-5)",
    "z+0*log(z+20)",
    "z+log(30-z)-log(30-z)",
    "exp(log(z))",
    "sqrt(z)*sqrt(z)",
    "piecewise(z, -3, z*(z+1)/(z+1), 4, z)",
    "piecewise(z^2/z, 2, z)",
    "z+0*sqrt(z-1000)",
)


def judge(text: str, claim: Any, evidence: Any, **options: Any) -> Verdict:
    """The verdict about an activation given by its text."""
    return decide(claim, evidence, ActivationProblem(parse_activation(text)), **options)


def interval(low: str | int, high: str | int) -> Interval:
    """Exact ends."""
    return Interval(Fraction(low), Fraction(high))


def tiling(start: int, stop: int, parts: int = 4) -> tuple[tuple[Fraction, Fraction], ...]:
    """Cells of width 1/parts."""
    return tuple((Fraction(k, parts), Fraction(k + 1, parts)) for k in range(start * parts, stop * parts))
