"""What an activation is on arrays of balls, in error-bounded binary64: values, slopes and higher derivatives."""

from __future__ import annotations

from fractions import Fraction
from math import factorial

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact, lower, precision, upper
from certificates.arithmetic.ball_array import BallArray
from certificates.enclosures.formulas.array_ring import BallArrayRing, as_array
from certificates.enclosures.formulas.jets import jet
from certificates.enclosures.intervals.pieces import pieces_of
from certificates.expression import Activation, Expression

__all__ = ["derivatives", "slope_and_bend", "value_and_slope"]

_CONSTANT_BITS = 128  # constants are folded at this precision before they are rounded to binary64


def value_and_slope(activation: Activation, x: BallArray) -> tuple[BallArray, BallArray]:
    """Enclose φ(x) and φ'(x), entry by entry; see :func:`derivatives`.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> value, slope = value_and_slope(parse_activation("tanh"), BallArray.from_exact(np.array([0.0, 1.0])))
    >>> bool(slope.contains(np.array([1.0, 0.41997434161402607])).all())
    True
    """
    value, slope = derivatives(activation, x, 1)
    return value, slope


def slope_and_bend(activation: Activation, x: BallArray) -> tuple[BallArray, BallArray]:
    """Enclose φ'(x) and φ''(x), entry by entry; see :func:`derivatives`."""
    _, slope, bend = derivatives(activation, x, 2)
    return slope, bend


def derivatives(activation: Activation, x: BallArray, order: int) -> tuple[BallArray, ...]:
    """Enclose φ, φ', …, φ^(order), entry by entry, in error-bounded binary64.

    Parameters
    ----------
    activation
        φ.
    x
        Balls of any shape.
    order
        0 to 3.

    Guarantee
    ---------
    Entry by entry, result k contains φ^(k)(ξ) for every point ξ of the ball at which it exists, and both
    one-sided derivatives at a breakpoint inside the ball.

    May fail when
    -------------
    A formula is not proven to be defined on a ball, or numbers overflow: :class:`EnclosureFailure`.
    """
    with precision(_CONSTANT_BITS):
        pieces, breakpoints = pieces_of(activation)
        if len(pieces) == 1:
            return _derivatives_of_piece(pieces[0], x, order)
        edges = [(-np.inf, -np.inf), *map(_binary64, breakpoints), (np.inf, np.inf)]
        low, high = x.lower(), x.upper()
        result: tuple[BallArray, ...] | None = None
        for piece, left, right in zip(pieces, edges, edges[1:], strict=False):
            meets = (high >= left[0]) & (low <= right[1])
            if not meets.any():
                continue
            found = _derivatives_of_piece(piece, x.clip(left[0], right[1]), order)
            result = found if result is None else _merged(result, found, high < left[0], low > left[1])
    if result is None:  # an empty array meets no piece
        return (x,) * (order + 1)
    return result


def _binary64(point: Fraction) -> tuple[float, float]:
    ball = exact(point)
    return lower(ball), upper(ball)


def _derivatives_of_piece(piece: Expression, x: BallArray, order: int) -> tuple[BallArray, ...]:
    series = jet(piece, x, order, BallArrayRing())
    return tuple(_scaled(coefficient, factorial(k), x) for k, coefficient in enumerate(series))


def _scaled(coefficient: BallArray | arb | None, factor: int, x: BallArray) -> BallArray:
    """Factor · coefficient with the shape of x."""
    if coefficient is None:
        return BallArray(np.zeros(x.shape))
    if isinstance(coefficient, BallArray):
        return coefficient if factor == 1 else coefficient * factor
    ball = as_array(coefficient * factor)
    return BallArray(np.broadcast_to(ball.mid, x.shape), ball.rad)


def _merged(
    earlier: tuple[BallArray, ...], later: tuple[BallArray, ...], is_left: np.ndarray, is_right: np.ndarray
) -> tuple[BallArray, ...]:
    """Select the certain side of a breakpoint; the hull of both where a ball touches it."""
    return tuple(
        BallArray.where(is_left, a, BallArray.where(is_right, b, a.union(b)))
        for a, b in zip(earlier, later, strict=True)
    )
