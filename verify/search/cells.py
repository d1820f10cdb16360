"""Dyadic cells by bisection, as evidence about functions of one variable."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from heapq import heapify, heappop, heappush

from certificates.errors import EnclosureFailure

__all__ = ["Cell", "bisect", "sharpen", "uniform"]

Cell = tuple[Fraction, Fraction]

_FINEST = Fraction(1, 2**24)
_WIDTH, _MOST_UNIFORM = Fraction(1, 2), 256


def uniform(start: Fraction, stop: Fraction) -> tuple[Cell, ...]:
    """Cells of one width: ½, or the interval's 256th part if that is wider.

    Examples
    --------
    >>> len(uniform(Fraction(-8), Fraction(8))), len(uniform(Fraction(-1024), Fraction(1024)))
    (32, 256)
    """
    width = max(_WIDTH, (stop - start) / _MOST_UNIFORM)
    count = int((stop - start) / width)
    return tuple((start + k * width, start + (k + 1) * width) for k in range(count))


def bisect(
    start: Fraction, stop: Fraction, width: Fraction, passes: Callable[[Cell], bool], most: int = 4000
) -> tuple[Cell, ...] | None:
    """Tile [start, stop] with cells that pass; ``None`` if one of width 2⁻²⁴ does not, or ``most`` do not suffice.

    Parameters
    ----------
    start, stop
        Dyadic, start < stop.
    width
        Of the first cells; a power of two that divides stop − start.
    passes
        The judge's own test of a cell; a cell on which it has no enclosure does not pass.

    Examples
    --------
    >>> bisect(Fraction(0), Fraction(1), Fraction(1), lambda cell: cell[1] - cell[0] <= Fraction(1, 2))
    ((Fraction(0, 1), Fraction(1, 2)), (Fraction(1, 2), Fraction(1, 1)))
    """
    found: list[Cell] = []
    count = int((stop - start) / width)
    waiting = [(start + k * width, start + (k + 1) * width) for k in reversed(range(count))]
    while waiting:
        cell = waiting.pop()
        if _passes(passes, cell):
            found.append(cell)
        elif cell[1] - cell[0] <= _FINEST or len(found) + len(waiting) >= most:
            return None
        else:
            middle = (cell[0] + cell[1]) / 2
            waiting += [(middle, cell[1]), (cell[0], middle)]
    return tuple(found)


def _passes(passes: Callable[[Cell], bool], cell: Cell) -> bool:
    try:
        return passes(cell)
    except EnclosureFailure:
        return False


def sharpen(
    cells: tuple[Cell, ...], bound: Callable[[Cell], float], tolerance: float, most: int = 400
) -> tuple[Cell, ...]:
    """Bisect the cell with the largest bound until that is close to a value attained at a point, or ``most`` steps.

    Parameters
    ----------
    cells
        A tiling.
    bound
        An upper bound on a cell; on a cell of width 0, about the value there.
    tolerance
        Relative.
    """
    heap = [(-bound(cell), cell) for cell in cells]
    heapify(heap)
    attained = max(bound((end, end)) for cell in cells for end in cell)
    for _ in range(most):
        top, cell = heap[0]
        if -top <= attained + abs(attained) * tolerance or cell[1] - cell[0] <= _FINEST:
            break
        heappop(heap)
        middle = (cell[0] + cell[1]) / 2
        attained = max(attained, bound((middle, middle)))
        for half in ((cell[0], middle), (middle, cell[1])):
            heappush(heap, (-bound(half), half))
    return tuple(sorted(cell for _, cell in heap))
