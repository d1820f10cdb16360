"""Ranges of φ^(k) over cells that tile [−R, R], given as evidence; one enclosure a cell (theory 2.4, items 2 and 3)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from fractions import Fraction
from math import factorial

from flint import arb

from certificates.arithmetic.arb import exact, hull, product
from certificates.enclosures.formulas.ball_rings import arb_ring
from certificates.enclosures.formulas.jets import jet
from certificates.enclosures.intervals.pieces import pieces_of
from certificates.errors import EnclosureFailure
from certificates.expression import Activation, Expression

__all__ = ["Cell", "cell_range", "piece_on", "range_on_cells", "tiling_gap"]

Cell = tuple[Fraction, Fraction]


def tiling_gap(cells: Sequence[Cell], start: Fraction, stop: Fraction) -> str:
    """Why the cells do not tile [start, stop]; empty if they do.

    Examples
    --------
    >>> half = Fraction(1, 2)
    >>> tiling_gap([(Fraction(0), half), (half, Fraction(1))], Fraction(0), Fraction(1))
    ''
    >>> tiling_gap([(Fraction(0), half)], Fraction(0), Fraction(1))
    'the cells end at 1/2, not at 1'
    """
    at = start
    for index, (left, right) in enumerate(cells):
        if left != at:
            what = "overlaps the one before" if left < at else "leaves a gap"
            return f"cell {index} starts at {left} and {what}, which ends at {at}"
        if right <= left:
            return f"cell {index} is empty: [{left}, {right}]"
        at = right
    return "" if at == stop else f"the cells end at {at}, not at {stop}"


def piece_on(activation: Activation, cell: Cell) -> Expression:
    """The formula in force on a cell; fails if a breakpoint lies inside it."""
    pieces, breakpoints = pieces_of(activation)
    before = bisect_right(breakpoints, cell[0])
    if before < len(breakpoints) and breakpoints[before] < cell[1]:
        raise EnclosureFailure(f"a breakpoint lies inside the cell [{cell[0]}, {cell[1]}]")
    return pieces[before]


def cell_range(piece: Expression, cell: Cell, derivative: int) -> tuple[arb, arb]:
    """Bounds (low, high) of φ^(k) over a closed cell of one formula.

    Guarantee
    ---------
    low ≤ φ^(k)(z) ≤ high for every z of the cell, one-sided at its ends; the formula is analytic on it.

    Notes
    -----
    The best of the natural, the mean-value and the second-order form: ψ(m) + ψ'(m)(z − m) + ½ψ''(cell)(z − m)². Where
    none of them shows a sign and ψ is monotone on the cell, its values at the ends.
    """
    left, right = exact(cell[0]), exact(cell[1])
    whole, middle = hull(left, right), exact((cell[0] + cell[1]) / 2)
    offset = exact(0).union((right - left) / 2)
    offset = offset.union(-offset)
    series = _scaled(piece, whole, derivative, derivative + 2)
    centre = _scaled(piece, middle, derivative, derivative + 1)
    square = exact(0).union((offset * offset).upper())
    forms = (
        series[0],
        centre[0] + series[1] * offset,
        centre[0] + centre[1] * offset + series[2] * square / 2,
    )
    low, high = forms[0].lower(), forms[0].upper()
    for form in forms[1:]:
        low, high = low.max(form.lower()), high.min(form.upper())
    if low > 0 or high < 0 or not (series[1] >= 0 or series[1] <= 0):
        return low, high
    ends = [_scaled(piece, end, derivative, derivative)[0] for end in (left, right)]
    least, largest = ends if series[1] >= 0 else ends[::-1]
    return low.max(least.lower()), high.min(largest.upper())


def _scaled(piece: Expression, x: arb, first: int, last: int) -> list[arb]:
    """Derivatives ``first`` to ``last`` on a ball."""
    series = jet(piece, x, last, arb_ring())
    return [exact(0) if c is None else product(c, exact(factorial(k))) for k, c in enumerate(series)][first:]


def range_on_cells(activation: Activation, derivative: int, cells: Sequence[Cell]) -> tuple[arb, arb]:
    """Bounds of φ^(k) over the union of the cells.

    Parameters
    ----------
    activation
        φ.
    derivative
        k ≥ 0.
    cells
        At least one; every breakpoint inside the union must be an end of two cells.

    Guarantee
    ---------
    As in :func:`cell_range`, for every cell.

    May fail when
    -------------
    A breakpoint lies inside a cell, or a formula is not proven to be defined on one: :class:`EnclosureFailure`.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> halves = [(Fraction(k, 2), Fraction(k + 1, 2)) for k in range(-4, 4)]
    >>> low, high = range_on_cells(parse_activation("tanh"), 1, halves)
    >>> bool(low > 0), bool(high < 1.1)
    (True, True)
    """
    ranges = [cell_range(piece_on(activation, cell), cell, derivative) for cell in cells]
    low, high = ranges[0]
    for below, above in ranges[1:]:
        low, high = low.min(below), high.max(above)
    return low, high
