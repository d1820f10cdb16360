"""Cells on each of which a bound reaches a target, by bisection."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TypeAlias

from flint import arb

from certificates.arithmetic.arb import exact
from verify.search.cells import Cell

__all__ = ["Bound", "Cover", "Progress"]

Bound: TypeAlias = Callable[[Cell], arb]
Progress: TypeAlias = Callable[[str, int, float], None]

_DEPTH = 40
_PROBE_FROM = 8
_MOST_CELLS = 4000


class Cover:
    """Bisection until every cell gives the target; after the first failure cells stay as they are."""

    def __init__(self, target: Fraction, progress: Progress | None) -> None:
        self._target, self._progress, self._failed = exact(target), progress, False

    def reach(self, bound: Bound, fineness: int) -> Fraction:
        """How far from 0 a bound gives the target on fine cells, roughly."""
        candidates = [Fraction(k, 2**e) for e in range(2, 12) for k in (8, 7, 6, 5)]
        for end in candidates:
            if bound((end - end / fineness, end)) >= self._target:
                return end
        return candidates[-1]

    def tiles(self, stage: str, whole: Cell, bound: Bound) -> tuple[Cell, ...]:
        """Cells that tile ``whole``."""
        cells: list[Cell] = []
        waiting = [(whole, 0)]
        while waiting:
            cell, depth = waiting.pop()
            if self._failed or bound(cell) >= self._target:
                cells.append(cell)
                if self._progress is not None:
                    self._progress(stage, len(cells), float(cell[1]))
            elif depth == _DEPTH or len(cells) + len(waiting) > _MOST_CELLS or self._is_hopeless(cell, depth, bound):
                self._failed = True
                cells.append(cell)
            else:
                middle = (cell[0] + cell[1]) / 2
                waiting += [((middle, cell[1]), depth + 1), ((cell[0], middle), depth + 1)]
        return tuple(cells)

    def _is_hopeless(self, cell: Cell, depth: int, bound: Bound) -> bool:
        """Whether even the thinnest cell in the middle falls short; asked now and then."""
        if depth < _PROBE_FROM or depth % 2:
            return False
        middle, width = (cell[0] + cell[1]) / 2, cell[1] - cell[0]
        return not bound((middle, middle + width / 2**12)) >= self._target
