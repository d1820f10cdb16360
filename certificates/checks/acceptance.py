"""The last check of every rule: a claim is accepted if every field is weaker than what is proved."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import inf
from typing import Any

from flint import arb

from certificates.arithmetic.arb import exact, lower, rational_ends, upper
from certificates.checks.outcome import Context, Refusal
from certificates.language.order import unproved_fields
from certificates.language.parts import Interval
from certificates.verdict import Accepted, Assumption, Fact

__all__ = ["accept_if_weaker", "fact", "fact_above", "fact_below", "interval"]


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
    mine, strongest = _values(claim, excess), _values(proved, excess)
    required, seen = _listed(mine), _listed(strongest)
    missed = [name for name in mine if _is_disjoint(mine[name], strongest[name])]
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


def _values(claim: Any, names: Sequence[str]) -> dict[str, Any]:
    """The fields of these dotted names; an interval as a whole."""
    values = {}
    for name in names:
        value, place = claim, []
        for part in name.split("."):
            if isinstance(value, Interval):
                break
            value = getattr(value, part)
            place.append(part)
        values[".".join(place)] = value
    return values


def _listed(values: dict[str, Any]) -> str:
    return ", ".join(f"{name} = {_shown(value)}" for name, value in values.items())


def _is_disjoint(mine: Any, strongest: Any) -> bool:
    if not isinstance(mine, Interval) or not isinstance(strongest, Interval):
        return False
    return mine.upper < strongest.lower or strongest.upper < mine.lower


def _shown(value: Any) -> str:
    if isinstance(value, Fraction) and len(str(value)) > 24:
        return f"{lower(exact(value)):.12g}"
    return str(value)
