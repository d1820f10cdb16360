"""The sign and size of φ' on one cell, also where it touches 0, and of φ'(w) ± φ'(−w) (theory 2.3, 2.4).

Where φ' vanishes with its first n − 1 derivatives at z₀, exactly, Taylor's formula on the piece gives

    φ'(z) = φ^{(n+1)}(ξ) (z − z₀)ⁿ/n!   for some ξ between z₀ and z,

so a bound of φ^{(n+1)} on the cell decides the sign of φ' and bounds φ'/|z − z₀|ⁿ, where no enclosure of φ' could.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import factorial

from flint import arb

from certificates.arithmetic.arb import exact
from certificates.enclosures.formulas.exact_constants import ZERO, ExactRing
from certificates.enclosures.formulas.jets import jet
from certificates.enclosures.intervals.pieces import pieces_of
from certificates.enclosures.intervals.tilings import Cell, cell_range, piece_on
from certificates.errors import EnclosureFailure
from certificates.expression import Activation, Expression

__all__ = ["is_slope_nonnegative", "slope_difference", "slope_over_power", "slope_sum", "vanishes_to_order"]

_RING = ExactRing()


def vanishes_to_order(piece: Expression, point: Fraction, order: int) -> bool:
    """Whether φ', …, φ^(order) of one formula are shown to be exactly 0 at a point.

    Examples
    --------
    >>> from certificates.expression import parse_expression
    >>> vanishes_to_order(parse_expression("z-tanh(z)"), Fraction(0), 2)
    True
    """
    try:
        series = jet(piece, _RING.number(point) if point else None, order, _RING)
    except EnclosureFailure:
        return False
    return all(not (coefficient or ZERO).terms for coefficient in series[1:])


def is_slope_nonnegative(
    activation: Activation, cell: Cell, zeros: Mapping[Fraction, int], orientation: int = 1
) -> bool:
    """Whether φ' ≥ 0 on a cell is shown, by an enclosure or from a zero of known order in it.

    Parameters
    ----------
    activation, cell
        φ, and a closed interval without a breakpoint inside.
    zeros
        Candidates: point → order; each one that is used is verified exactly.
    orientation
        −1 to ask it of −φ.

    Guarantee
    ---------
    ``True`` only if φ'(z) ≥ 0 (for −1: φ'(z) ≤ 0) for every z of the cell, one-sided at its ends.

    May fail when
    -------------
    The formula is not proven to be defined on the cell: :class:`EnclosureFailure`.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> activation, cell = parse_activation("z-tanh(z)"), (Fraction(-1, 8), Fraction(1, 8))
    >>> is_slope_nonnegative(activation, cell, {}), is_slope_nonnegative(activation, cell, {Fraction(0): 2})
    (False, True)
    """
    piece = piece_on(activation, cell)
    if _oriented(cell_range(piece, cell, 1), orientation)[0] >= 0:
        return True
    inside = [(point, order) for point, order in zeros.items() if cell[0] <= point <= cell[1]]
    return any(_is_nonnegative_around(piece, cell, point, order, orientation) for point, order in inside)


def _oriented(bounds: tuple[arb, arb], orientation: int) -> tuple[arb, arb]:
    """The same bounds of −ψ for −1."""
    return bounds if orientation > 0 else (-bounds[1], -bounds[0])


def _is_nonnegative_around(piece: Expression, cell: Cell, point: Fraction, order: int, orientation: int) -> bool:
    if not vanishes_to_order(piece, point, order):
        return False
    low, high = _oriented(cell_range(piece, cell, order + 1), orientation)
    right_side = point == cell[1] or bool(low >= 0)
    # left of z₀ the factor (z − z₀)ⁿ has the sign of (−1)ⁿ
    left_side = point == cell[0] or bool(low >= 0 if order % 2 == 0 else high <= 0)
    return left_side and right_side


def slope_over_power(activation: Activation, cell: Cell, power: int) -> arb:
    """An upper bound of φ'(z)/|z|^p over a cell, z ≠ 0.

    May fail when
    -------------
    The cell contains 0 and φ' is not shown to vanish there to order p: :class:`EnclosureFailure`.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> slope_over_power(parse_activation("squared_relu"), (Fraction(0), Fraction(3)), 1)
    2.00000000000000
    """
    piece = piece_on(activation, cell)
    ends = sorted(abs(end) for end in cell)
    is_around = cell[0] <= 0 <= cell[1]
    from_zero = _over_power_from_zero(activation, cell, power) if power else None
    if from_zero is None and is_around and power:
        raise EnclosureFailure(f"φ' is not shown to vanish at 0 to order {power}")
    if is_around and from_zero is not None:
        return from_zero
    high = cell_range(piece, cell, 1)[1]
    found = high / exact((ends[0] if high > 0 else ends[1]) ** power)
    return found if from_zero is None else found.min(from_zero)


def _over_power_from_zero(activation: Activation, cell: Cell, power: int) -> arb | None:
    """sup |φ^{(p+1)}|/p! from 0 to the cell, if one formula holds there and φ' vanishes at 0 to order p."""
    reached = min(cell[0], Fraction(0)), max(cell[1], Fraction(0))
    if any(reached[0] < b < reached[1] for b in pieces_of(activation)[1]):
        return None
    piece = piece_on(activation, reached)
    if not vanishes_to_order(piece, Fraction(0), power):
        return None
    low, high = cell_range(piece, reached, power + 1)
    return abs(low).max(abs(high)) / factorial(power)


def slope_sum(activation: Activation, cell: Cell, orientation: int = 1) -> arb:
    """A lower bound of ±(φ'(w) + φ'(−w)) for w in a cell [a, b], 0 ≤ a; see :func:`slope_difference`."""
    return _combined(activation, cell, 1, orientation)


def slope_difference(activation: Activation, cell: Cell, orientation: int = 1) -> arb:
    """A lower bound of ±(φ'(w) − φ'(−w)) for w in a cell [a, b], 0 ≤ a; φ' must be continuous at 0.

    Parameters
    ----------
    activation, cell
        φ and [a, b].
    orientation
        1 for a lower bound of the difference, −1 for one of its negative: what the difference of −φ has.

    Guarantee
    ---------
    The bound holds for every w of the cell. Near w = 0, where the difference vanishes, it is 0 if the difference (or
    its negative) is shown not to decrease.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> slope_difference(parse_activation("silu"), (Fraction(0), Fraction(1, 4)))
    0
    >>> slope_difference(parse_activation("-softplus(z)"), (Fraction(0), Fraction(1, 4)), -1)
    0
    """
    return _combined(activation, cell, -1, orientation)


def _combined(activation: Activation, cell: Cell, sign: int, orientation: int) -> arb:
    mirrored = (-cell[1], -cell[0])
    right, left = piece_on(activation, cell), piece_on(activation, mirrored)

    def lowest(at: Cell, opposite: Cell, derivative: int, sign: int) -> arb:
        """The lower end of ±(right + sign·left)."""
        sides = cell_range(right, at, derivative), cell_range(left, opposite, derivative)
        first, second = _oriented(sides[0], orientation), _oriented(sides[1], orientation * sign)
        return (first[0] + second[0]).lower()

    natural = lowest(cell, mirrored, 1, sign)
    if not lowest(cell, mirrored, 2, -sign) >= 0:  # of d/dw, as d/dw φ'(−w) = −φ''(−w)
        return natural
    if cell[0] == 0 and sign < 0:
        return natural.max(exact(0))
    return natural.max(lowest((cell[0], cell[0]), (-cell[0], -cell[0]), 1, sign))
