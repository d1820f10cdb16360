"""What rules that cover a line with cells share: the tiling itself, and what happens beyond it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from certificates.checks.assumptions import AssumedBound, assumption_of
from certificates.checks.outcome import Refusal
from certificates.enclosures.infinity.tails import Tail, tail
from certificates.enclosures.intervals.pieces import pieces_of
from certificates.enclosures.intervals.tilings import Cell, tiling_gap
from certificates.errors import EnclosureFailure
from certificates.expression import Activation
from certificates.verdict import Assumption

__all__ = ["require_covering", "require_radius", "require_tiling", "split_at_breakpoints", "tail_or_assumption"]

_CHECK = 2


def require_radius(activation: Activation, radius: Fraction) -> None:
    """Refuse a radius that leaves a breakpoint out."""
    outside = [b for b in pieces_of(activation)[1] if abs(b) >= radius]
    if outside:
        raise Refusal.rejected(_CHECK, f"the breakpoint {outside[0]} lies beyond the radius {radius}")


def split_at_breakpoints(activation: Activation, cells: Sequence[Cell], *, mirrored: bool = False) -> list[Cell]:
    """The cells, cut where one formula ends; ``mirrored``: also where it does on −cell."""
    points = set(pieces_of(activation)[1])
    points |= {-b for b in points} if mirrored else set()
    found, cuts = [], sorted(points)
    for left, right in cells:
        ends = [left, *cuts[bisect_right(cuts, left) : bisect_left(cuts, right)], right]
        found += list(pairwise(ends))
    return found


def require_tiling(cells: Sequence[Cell], start: Fraction, stop: Fraction, place: str) -> None:
    """Refuse cells that leave a gap, overlap, or end elsewhere."""
    gap = tiling_gap(cells, start, stop)
    if gap:
        raise Refusal.rejected(_CHECK, f"{place} do not tile [{start}, {stop}]: {gap}")


def require_covering(near: Sequence[Cell], far: Sequence[Cell]) -> None:
    """Refuse cells in σ from 0 and in 1/σ from 0 that leave some σ > 0 out."""
    if not near or not far:
        raise Refusal.rejected(_CHECK, "near or far cells are missing")
    require_tiling(near, Fraction(0), near[-1][1], "evidence.near")
    require_tiling(far, Fraction(0), far[-1][1], "evidence.far")
    if near[-1][1] * far[-1][1] < 1:
        seen = f"σ ≤ {near[-1][1]} and 1/σ ≤ {far[-1][1]}"
        raise Refusal.rejected(_CHECK, "the cells leave a gap in σ", required="σ_L v_L ≥ 1", seen=seen)


def tail_or_assumption(
    check: int, activation: Activation, side: int, bound: AssumedBound, *, is_given: bool
) -> tuple[Tail | None, list[Assumption]]:
    """The proven tail, or ``None`` with the assumption that stands for it; fails if that is certainly false.

    Parameters
    ----------
    check
        Of the rule.
    activation, side
        φ, and the half-line: 1 or −1.
    bound
        Of which derivative, from where on; and what to assume of it.
    is_given
        Whether the evidence states what to assume; without that nothing is.
    """
    try:
        return tail(activation, bound.derivative, bound.beyond, side), []
    except EnclosureFailure as failure:
        if not is_given:
            raise Refusal.undecided(
                check,
                f"φ^({bound.derivative}) is not enclosed beyond {side * bound.beyond}: {failure}",
                required="a formula whose expansion at infinity is known, or an assumed tail",
                advice="a larger radius, or state a tail to assume (the verdict is then conditional)",
            ) from failure
        return None, [assumption_of(check, activation, bound)]
