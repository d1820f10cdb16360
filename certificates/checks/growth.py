"""Bounds of φ' at infinity: proven, or the evidence's as an assumption (theory 3.1)."""

from __future__ import annotations

from fractions import Fraction

from certificates.arithmetic.arb import exact
from certificates.checks.assumptions import AssumedBound, assumption_of
from certificates.enclosures.infinity.growth import Growth, slope_growth
from certificates.enclosures.intervals.ranges import supremum
from certificates.errors import EnclosureFailure
from certificates.expression import Activation
from certificates.language.parts import AssumedGrowth
from certificates.verdict import Assumption

__all__ = ["known_growth"]


def known_growth(activation: Activation, given: AssumedGrowth | None) -> tuple[Growth | None, tuple[Assumption, ...]]:
    """The bound of φ' to integrate with: the proven one (``None``), or the evidence's as an assumption.

    Raises
    ------
    EnclosureFailure
        There is neither.
    Refusal
        The evidence's bound is certainly false on one of the half-lines.
    """
    try:
        slope_growth(activation, Fraction(0))
    except EnclosureFailure:
        if given is None:
            raise
    else:
        return None, ()
    assumption = assumption_of(2, activation, _assumed(given))
    inside = exact(supremum(activation.expression, 1, exact(-given.beyond), exact(given.beyond)))
    return Growth(inside + exact(given.constant), exact(given.slope), given.power), (assumption,)


def _assumed(given: AssumedGrowth) -> AssumedBound:
    return AssumedBound(1, given.constant, given.slope, given.power, given.beyond, variable="w")
