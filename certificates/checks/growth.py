"""Continuity, and bounds of φ' at infinity: proven, or the evidence's as an assumption (theory 3.1)."""

from __future__ import annotations

from fractions import Fraction

from certificates.arithmetic.arb import exact
from certificates.checks.assumptions import AssumedBound, assumption_of
from certificates.checks.outcome import Refusal
from certificates.enclosures.infinity.analyticity import is_analytic_on_pieces
from certificates.enclosures.infinity.growth import Growth, slope_growth
from certificates.enclosures.intervals.ranges import supremum
from certificates.enclosures.intervals.smoothness import smoothness
from certificates.errors import EnclosureFailure
from certificates.expression import Activation
from certificates.language.parts import AssumedGrowth
from certificates.verdict import Assumption

__all__ = ["known_growth", "require_continuous", "require_defined"]


def require_continuous(check: int, activation: Activation) -> None:
    """Refuse a φ that jumps: Stein's identity and theorem 2.2 are false for it."""
    found = smoothness(activation)
    if found.is_certainly_continuous:
        return
    refuse = Refusal.rejected if found.is_certainly_discontinuous else Refusal.undecided
    raise refuse(check, "φ is not shown to be continuous", seen=found.reason, required="equal one-sided values")


def require_defined(check: int, activation: Activation) -> None:
    """Refuse a φ that jumps, or whose formulas are not shown to be defined: no cells or tails will show it."""
    require_continuous(check, activation)
    if not is_analytic_on_pieces(activation):
        raise Refusal.undecided(
            check, "φ is not shown to be defined on the whole line", advice="a formula without poles"
        )


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
