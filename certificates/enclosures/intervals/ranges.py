"""M_1, M_2 and M_3 of theory 1.4: Lipschitz constants over an interval of φ, of φ' and of φ'', from above.

Catalogue entries with finite global bounds use their closed forms. Everything else goes through branch and
bound: best-first bisection, each cell enclosed by its natural and its mean-value form. No cell is ever
discarded, so the largest upper bound of all cells is a bound over the whole interval (a pruned cell may exceed
the surviving ones: theory 2.4, item 2).
"""

from __future__ import annotations

import math
from heapq import heappop, heappush
from itertools import count

from flint import arb

from certificates.arithmetic.arb import exact, lower, precision, upper
from certificates.enclosures.formulas.ball_rings import arb_ring
from certificates.enclosures.formulas.jets import jet
from certificates.enclosures.intervals.pieces import split
from certificates.enclosures.intervals.smoothness import is_certainly_c2, smoothness
from certificates.errors import EnclosureFailure
from certificates.expression import (
    CATALOGUE,
    Activation,
    Expression,
    parse_activation,
    parse_expression,
)
from certificates.expression.syntax import walk
from certificates.memory import remembered

__all__ = ["bend_change_bound", "curvature_bound", "global_bounds", "slope_bound", "supremum"]

_BITS = 64
_MOST_CELLS = 2_000
_MOST_WORK = 40_000  # cells times nodes of the formula, so that a long formula does not take seconds
_RELATIVE_TOLERANCE = 1e-3
_ABSOLUTE_TOLERANCE = 1e-12
_NARROWEST = 2.0**-50  # of the interval: a formula undefined on so small a cell has a singularity there


def slope_bound(activation: Activation, low: arb | float, high: arb | float) -> float:
    """Bound the Lipschitz constant of φ, sup |φ'|, over [low, high].

    Parameters
    ----------
    activation
        φ; it must be certainly continuous.
    low, high
        The ends; of a ball, the outer end counts.

    Guarantee
    ---------
    |φ(x) − φ(y)| ≤ bound · |x − y| for all x, y in [low, high]; in particular |φ'| ≤ bound wherever φ' exists.

    May fail when
    -------------
    φ is not proven continuous, the interval is not finite, or a formula is not proven to be defined on it:
    :class:`EnclosureFailure`.

    Examples
    --------
    >>> slope_bound(parse_activation("quadratic"), -1.0, 3.0)
    6.0
    """
    found = smoothness(activation)
    if not found.is_certainly_continuous:
        raise EnclosureFailure(f"the slope has no bound across a jump: {found.reason}")
    return _bound(activation, 1, low, high)


def curvature_bound(activation: Activation, low: arb | float, high: arb | float) -> float:
    """Bound the Lipschitz constant of φ' over [low, high].

    Parameters
    ----------
    activation
        φ; it must be certainly C¹ across its breakpoints.
    low, high
        The ends; of a ball, the outer end counts.

    Guarantee
    ---------
    |φ'(x) − φ'(y)| ≤ bound · |x − y| for all x, y in [low, high].

    May fail when
    -------------
    φ' is not proven continuous (the a.e. supremum of φ'' is no bound then), the interval is not finite, or a
    formula is not proven to be defined on it: :class:`EnclosureFailure`.

    Examples
    --------
    >>> curvature_bound(parse_activation("squared_relu"), -1.0, 3.0)
    2.0
    """
    found = smoothness(activation)
    if not found.is_certainly_c11:
        raise EnclosureFailure(f"no Lipschitz constant of the slope: {found.reason}")
    return _bound(activation, 2, low, high)


def bend_change_bound(activation: Activation, low: arb | float, high: arb | float) -> float:
    """Bound the Lipschitz constant of φ'' over [low, high].

    Parameters
    ----------
    activation
        φ; it must be certainly C² across its breakpoints.
    low, high
        The ends; of a ball, the outer end counts.

    Guarantee
    ---------
    |φ''(x) − φ''(y)| ≤ bound · |x − y| for all x, y in [low, high].

    May fail when
    -------------
    φ'' is not proven continuous (ELU, softsign, squared ReLU: what φ''' is beside the jump is no bound), the interval
    is not finite, or a formula is not proven to be defined on it: :class:`EnclosureFailure`.

    Examples
    --------
    >>> bend_change_bound(parse_activation("quadratic"), -1.0, 3.0)
    0.0
    """
    if not is_certainly_c2(activation):
        raise EnclosureFailure(f"no Lipschitz constant of φ'', which is not proven continuous: {activation.text[:80]}")
    left, right = _ends(low, high)
    try:
        return _third(activation, *_widened(lower(left), upper(right)))
    except EnclosureFailure:  # a singularity just outside
        return supremum(activation.expression, 3, left, right)


@remembered(256)
def _third(activation: Activation, low: float, high: float) -> float:
    return supremum(activation.expression, 3, exact(low), exact(high))


def _widened(low: float, high: float) -> tuple[float, float]:
    """A slightly larger interval with round ends: the balls of many radii share one search."""
    width = max(high - low, 2.0**-20, 2.0**-30 * max(abs(low), abs(high)))
    if not math.isfinite(width):
        return low, high
    step = 2.0 ** (math.ceil(math.log2(width)) - 4)
    return math.floor(low / step) * step, math.ceil(high / step) * step


def _ends(low: arb | float, high: arb | float) -> tuple[arb, arb]:
    left, right = _end(low).lower(), _end(high).upper()
    if not (left.is_finite() and right.is_finite() and left <= right):
        raise EnclosureFailure("the reachable range of a pre-activation is not finite")
    return left, right


def _bound(activation: Activation, derivative: int, low: arb | float, high: arb | float) -> float:
    left, right = _ends(low, high)
    closed = global_bounds(activation)[derivative - 1]
    return closed if closed is not None else supremum(activation.expression, derivative, left, right)


def _end(end: arb | float) -> arb:
    return end if isinstance(end, arb) else exact(end)


@remembered(256)
def global_bounds(activation: Activation) -> tuple[float | None, float | None]:
    """The catalogue's bounds of sup |φ'| and of the Lipschitz constant of φ' over the real line, rounded up.

    ``None`` where there is none; the second one presupposes that φ' is continuous.
    """
    if activation.name is None or parse_activation(activation.text) != activation:
        return None, None
    slope, curvature = CATALOGUE[activation.name].bounds(*activation.parameters)
    return _evaluated(slope), _evaluated(curvature)


def _evaluated(formula: str | None) -> float | None:
    if formula is None:
        return None
    with precision(128):
        value = jet(parse_expression(formula), None, 0, arb_ring())[0]
    return 0.0 if value is None else upper(value)


def supremum(
    expression: Expression, derivative: int, low: arb, high: arb, *, tolerance: float = _RELATIVE_TOLERANCE
) -> float:
    """Bound sup |f^(k)| over the closed pieces of f within [low, high], by branch and bound.

    Parameters
    ----------
    expression
        f; one-sided derivatives count at breakpoints.
    derivative
        k ≥ 1.
    low, high
        Exact ends.
    tolerance
        The relative excess at which the search stops.

    Guarantee
    ---------
    The result is ≥ |f^(k)(z)| for every z of [low, high], and for both one-sided derivatives at breakpoints;
    every piece is analytic on its closed part of [low, high]. It exceeds the supremum by a factor of at most
    1 + tolerance (and by 10⁻¹²) unless 2,000 cells
    (fewer for formulas of more than 20 nodes) did not suffice.

    May fail when
    -------------
    A piece has a singularity in its part of [low, high] or numbers overflow: :class:`EnclosureFailure`.
    """
    with precision(_BITS):
        search = _Search(derivative, tolerance)
        for piece, left, right in _parts(expression, low, high):
            search.add(piece, left, right)
        return search.run()


def _parts(expression: Expression, low: arb, high: arb) -> list[tuple[Expression, arb, arb]]:
    """The pieces that meet [low, high], each with its part of it (rounded outwards at a breakpoint)."""
    pieces, breakpoints = split(expression)
    edges = [None, *(exact(b) for b in breakpoints), None]
    parts = []
    for piece, start, stop in zip(pieces, edges, edges[1:], strict=False):
        if (start is not None and start > high) or (stop is not None and stop < low):
            continue
        left = low if start is None or start <= low else start.lower()
        right = high if stop is None or stop >= high else stop.upper()
        parts.append((piece, left, right))
    return parts


class _Search:
    """Cells that tile the interval, the one with the largest upper bound first."""

    def __init__(self, derivative: int, tolerance: float) -> None:
        self._order = derivative
        self._tolerance = tolerance
        self._factorial = math.factorial(derivative)
        self._ring = arb_ring()
        self._heap: list[tuple[float, int, Expression, arb, arb]] = []
        self._serial = count(0, -1)  # among equal bounds the newest first: singularities are found by depth
        self._attained = 0.0  # certainly ≤ the supremum
        self._width = 0.0
        self._most_cells = _MOST_CELLS

    def add(self, piece: Expression, left: arb, right: arb) -> None:
        """Enter a closed interval of one piece."""
        self._width += upper(right - left)
        self._most_cells = min(self._most_cells, max(100, _MOST_WORK // sum(1 for _ in walk(piece))))
        for point in (left, right):
            self._sample(piece, point)
        self._push(piece, left, right)

    def run(self) -> float:
        """Bisect until the largest upper bound is close to an attained value."""
        while True:
            negated, _, piece, left, right = self._heap[0]
            top = -negated
            enough = self._attained * (1 + self._tolerance) + _ABSOLUTE_TOLERANCE
            full = len(self._heap) >= self._most_cells
            if math.isfinite(top) and (top <= enough or full):
                return top
            if full or not upper(right - left) > _NARROWEST * self._width:
                raise EnclosureFailure(
                    f"the activation is not proven smooth and finite near z = {float(left.mid()):.4g}, "
                    "within the reachable range"
                )
            heappop(self._heap)
            middle = ((left + right) / 2).mid()
            self._push(piece, left, middle)
            self._push(piece, middle, right)

    def _push(self, piece: Expression, left: arb, right: arb) -> None:
        heappush(self._heap, (-self._enclosed(piece, left, right), next(self._serial), piece, left, right))

    def _enclosed(self, piece: Expression, left: arb, right: arb) -> float:
        """An upper bound of |f^(k)| on a cell; ``inf`` if the formula is not proven to be defined there."""
        cell, middle = left.union(right), ((left + right) / 2).mid()
        try:
            series = jet(piece, cell, self._order + 1, self._ring)
        except EnclosureFailure:
            return math.inf
        natural, rise = series[self._order], series[self._order + 1]
        bound = _size(natural, self._factorial)
        centre = self._sample(piece, middle)
        if natural is None or centre is None:
            return bound
        slope = exact(0) if rise is None else rise * (self._order + 1)
        forms = [_size(centre + slope * (cell - middle), self._factorial)]
        if slope > 0 or slope < 0:  # monotone: the ends decide
            forms.append(max(self._at_end(piece, left), self._at_end(piece, right)))
        return min(bound, *forms)

    def _at_end(self, piece: Expression, end: arb) -> float:
        """|f^(k)| at an end, rounded up; ``inf`` if it is not enclosed there (``None`` would mean an exact zero)."""
        try:
            return _size(jet(piece, end, self._order, self._ring)[self._order], self._factorial)
        except EnclosureFailure:
            return math.inf

    def _sample(self, piece: Expression, point: arb) -> arb | None:
        """Coefficient k at a point; remembers the largest |f^(k)| seen."""
        try:
            coefficient = jet(piece, point, self._order, self._ring)[self._order]
        except EnclosureFailure:
            return None
        if coefficient is not None and coefficient.is_finite():
            self._attained = max(self._attained, lower(abs(coefficient) * self._factorial))
        return coefficient


def _size(ball: arb | None, factor: int) -> float:
    """Sup |factor · ball|, rounded up."""
    return 0.0 if ball is None else upper(abs(ball) * factor)
