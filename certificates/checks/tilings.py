"""What rules that cover a line with cells share: the tiling itself, and what happens beyond it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from certificates.checks.assumptions import AssumedBound, assumption_of
from certificates.checks.outcome import Refusal
from certificates.claims.activation_property import AssumedTail, Evidence
from certificates.enclosures.infinity.tails import Tail, tail
from certificates.enclosures.intervals.pieces import pieces_of
from certificates.enclosures.intervals.tilings import Cell, tiling_gap
from certificates.errors import EnclosureFailure
from certificates.expression import Activation
from certificates.verdict import Assumption

__all__ = ["radius_of", "require_covering", "require_tiling", "split_at_breakpoints", "tail_or_assumption"]

_CHECK = 2


def radius_of(evidence: Evidence, activation: Activation) -> Fraction:
    """R; every breakpoint must lie within it."""
    if evidence.radius is None:
        raise Refusal.rejected(_CHECK, "the radius is missing", required="evidence.radius > 0")
    outside = [b for b in pieces_of(activation)[1] if abs(b) >= evidence.radius]
    if outside:
        raise Refusal.rejected(_CHECK, f"the breakpoint {outside[0]} lies beyond the radius {evidence.radius}")
    return evidence.radius


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
    check: int, activation: Activation, derivative: int, evidence: Evidence, side: int
) -> tuple[Tail | None, list[Assumption]]:
    """The proven tail, or ``None`` with the assumption that stands for it; fails if that is certainly false."""
    radius = radius_of(evidence, activation)
    try:
        return tail(activation, derivative, radius, side), []
    except EnclosureFailure as failure:
        given = evidence.tail
        if given is None:
            raise Refusal.undecided(
                check,
                f"φ^({derivative}) is not enclosed beyond {side * radius}: {failure}",
                required="a formula whose expansion at infinity is known, or an assumed tail",
                advice="a larger radius, or state a tail to assume (the verdict is then conditional)",
            ) from failure
        return None, [assumption_of(check, activation, _assumed(given, derivative, radius))]


def _assumed(given: AssumedTail, derivative: int, radius: Fraction) -> AssumedBound:
    """The part of the assumption that is about this derivative."""
    if derivative == 1:
        return AssumedBound(1, given.slope_bound, given.slope_growth, given.power, radius, is_nonnegative=True)
    return AssumedBound(2, given.curvature_bound, Fraction(0), 0, radius)
