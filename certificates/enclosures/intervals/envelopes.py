"""How large |φ''| can be on many short intervals at once: a table of cells, and the maxima of runs of cells.

A hidden layer has as many intervals as samples and units, so none of them gets a search of its own. The cells tile
the range of a layer; an interval takes the largest bound of the cells that it meets, two look-ups by maxima of runs of
2ᵏ cells. All comparisons are of binary64 numbers, hence exact.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact, upper
from certificates.arithmetic.ball_array import BallArray
from certificates.arithmetic.effort import spend
from certificates.arithmetic.rounding import FloatArray
from certificates.enclosures.intervals.array_derivatives import derivatives
from certificates.enclosures.intervals.derivatives import derivatives_arb
from certificates.enclosures.intervals.pieces import pieces_of
from certificates.expression import Activation

__all__ = ["Envelope", "largest_bend", "largest_bend_arb"]


@dataclass(frozen=True)
class Envelope:
    """Upper bounds of a function over intervals.

    Parameters
    ----------
    edges
        e_0 < … < e_q, the ends of the cells.
    runs
        Entry k holds the largest bounds of cells j … j + 2ᵏ − 1.

    Examples
    --------
    >>> envelope = Envelope.of(np.array([0.0, 1.0, 2.0, 3.0]), np.array([5.0, 1.0, 4.0]))
    >>> envelope.over(np.array([0.5, 1.5, 1.0, 2.5]), np.array([0.5, 2.5, 2.0, 3.5])).tolist()
    [5.0, 4.0, 1.0, inf]
    """

    edges: FloatArray
    runs: tuple[FloatArray, ...]

    @classmethod
    def of(cls, edges: FloatArray, bounds: FloatArray) -> Envelope:
        """From one bound a cell."""
        runs, length = [bounds], 1
        while 2 * length <= len(bounds):
            runs.append(np.maximum(runs[-1][:-length], runs[-1][length:]))
            length *= 2
        return cls(edges, tuple(runs))

    def over(self, low: FloatArray, high: FloatArray) -> FloatArray:
        """The largest bound of the cells that cover [low, high], entry by entry; infinite beyond the outer edges."""
        spend(80 + 1.0 * low.size)
        first = np.searchsorted(self.edges, low, side="right") - 1  # the last cell that begins at or before low
        first = np.minimum(first, len(self.runs[0]) - 1)
        last = np.searchsorted(self.edges, high, side="left") - 1  # the first one that ends at or after high
        last = np.maximum(last, first)
        inside = (low >= self.edges[0]) & (high <= self.edges[-1])
        bounds = np.full(low.shape, np.inf)
        level = np.frexp(last - first + 1)[1] - 1
        for k in np.unique(level[inside]).tolist():
            chosen = inside & (level == k)
            bounds[chosen] = np.maximum(self.runs[k][first[chosen]], self.runs[k][last[chosen] - 2**k + 1])
        return bounds


def largest_bend(activation: Activation, cells: BallArray) -> BallArray:
    """Bound the Lipschitz constant of φ' on each ball, in binary64.

    Parameters
    ----------
    activation
        φ ∈ C^{1,1}, checked by the caller.
    cells
        Balls of any shape.

    Guarantee
    ---------
    A point for each ball: at least |φ''(ξ)| for every ξ of it at which φ'' exists, and both one-sided ones at a
    breakpoint, by the enclosure over the ball or, for one formula, |φ''(mid)| + rad · sup |φ'''|.

    May fail when
    -------------
    As :func:`certificates.enclosures.intervals.array_derivatives.derivatives`.
    """
    if len(pieces_of(activation)[0]) > 1:
        return BallArray(_size(derivatives(activation, cells, 2)[2]))
    _, _, bend, change = derivatives(activation, cells, 3)
    middle = _size(derivatives(activation, BallArray.from_exact(cells.mid), 2)[2])
    grown = _up(middle + _up(np.broadcast_to(cells.rad, cells.shape) * _size(change)))
    return BallArray(np.minimum(_size(bend), grown))


def _size(balls: BallArray) -> FloatArray:
    return np.maximum(np.abs(balls.lower()), np.abs(balls.upper()))


def _up(computed: FloatArray) -> FloatArray:
    """At least the exact value of one rounded operation."""
    return np.nextafter(computed, np.inf)


def largest_bend_arb(activation: Activation, cell: arb) -> arb:
    """Bound the Lipschitz constant of φ' on one ball; see :func:`largest_bend`.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> largest_bend_arb(parse_activation("elu"), arb(0, 0.5)) >= 1
    True
    """
    if len(pieces_of(activation)[0]) > 1:
        return exact(upper(abs(derivatives_arb(activation, cell, 2)[2])))
    _, _, bend, change = derivatives_arb(activation, cell, 3)
    middle = cell.mid()
    grown = abs(derivatives_arb(activation, middle, 2)[2]) + abs(change) * abs(cell - middle)
    return exact(min(upper(abs(bend)), upper(grown)))
