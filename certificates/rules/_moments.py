"""What the rules about Gaussian moments share: bounds of φ' at infinity, intervals, refusals."""

from __future__ import annotations

from fractions import Fraction
from math import inf
from typing import Any

from flint import arb

from certificates.arithmetic.arb import exact, lower, rational_ends, upper
from certificates.claims import AssumedGrowth, Interval
from certificates.claims.order import unproved_fields
from certificates.enclosures.growth import Growth, slope_growth
from certificates.enclosures.ranges import supremum
from certificates.enclosures.smoothness import smoothness
from certificates.errors import EnclosureFailure
from certificates.expression import Activation
from certificates.rules._assumptions import AssumedBound, assumption_of
from certificates.rules._outcome import Context, Refusal
from certificates.verdict import Accepted, Assumption, Fact

__all__ = ["accept_if_weaker", "fact", "fact_above", "fact_below", "interval", "known_growth", "require_continuous"]


def require_continuous(check: int, activation: Activation) -> None:
    """Refuse a φ that jumps: Stein's identity and theorem 2.2 are false for it."""
    found = smoothness(activation)
    if found.is_certainly_continuous:
        return
    refuse = Refusal.rejected if found.is_certainly_discontinuous else Refusal.undecided
    raise refuse(check, "φ is not shown to be continuous", seen=found.reason, required="equal one-sided values")


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


def interval(ball: arb) -> Interval:
    """The ball's ends, exact."""
    low, high = rational_ends(ball)
    return Interval(low, high)


def fact(symbol: str, meaning: str, ball: arb, at: str = "") -> Fact:
    """A number of the proof."""
    return Fact(symbol, meaning, lower(ball), upper(ball), at)


def fact_above(symbol: str, meaning: str, bound: arb, at: str = "") -> Fact:
    """A number that is known to be at most ``bound``, and may be far below it."""
    return Fact(symbol, meaning, -inf, upper(bound), at)


def fact_below(symbol: str, meaning: str, bound: arb, at: str = "") -> Fact:
    """A number that is known to be at least ``bound``."""
    return Fact(symbol, meaning, lower(bound), inf, at)


def accept_if_weaker(
    context: Context,
    title: str,
    check: int,
    claim: Any,
    proved: Any,
    facts: tuple[Fact, ...],
    assumptions: tuple[Assumption, ...] = (),
) -> Accepted:
    """Accept a claim that is weaker than what is proved; reject one whose interval misses the enclosure."""
    excess = unproved_fields(claim, proved)
    if not excess:
        return context.accepted(title, claim, proved, facts, assumptions)
    names = [name.split(".")[0] for name in excess]
    required = ", ".join(f"{name} = {_shown(getattr(claim, name))}" for name in dict.fromkeys(names))
    seen = ", ".join(f"{name} = {_shown(getattr(proved, name))}" for name in dict.fromkeys(names))
    missed = [name for name in dict.fromkeys(names) if _is_disjoint(getattr(claim, name), getattr(proved, name))]
    if missed:
        what = f"the claim is false in {', '.join(missed)}"
        raise Refusal.rejected(check, what, required=required, seen=seen, proved=proved, facts=facts)
    raise Refusal.undecided(
        check,
        f"the claim says more than this evidence proves in {', '.join(excess)}",
        required=required,
        seen=seen,
        advice="weaken the claim to what is proved, or give better evidence",
        proved=proved,
        facts=facts,
    )


def _is_disjoint(mine: Any, strongest: Any) -> bool:
    if not isinstance(mine, Interval) or not isinstance(strongest, Interval):
        return False
    return mine.upper < strongest.lower or strongest.upper < mine.lower


def _shown(value: Any) -> str:
    if isinstance(value, Fraction) and len(str(value)) > 24:
        return f"{lower(exact(value)):.12g}"
    return str(value)
