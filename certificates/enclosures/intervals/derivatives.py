"""What an activation is on balls: values, slopes and higher derivatives, and its bounds over an interval.

The facade of :mod:`jets`, :mod:`ranges` and :mod:`smoothness` for the rest of the judge.
"""

from __future__ import annotations

from fractions import Fraction
from math import factorial

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact, lower, precision, upper
from certificates.arithmetic.ball_array import BallArray
from certificates.enclosures.formulas.ball_rings import BallArrayRing, arb_ring, as_array
from certificates.enclosures.formulas.jets import jet
from certificates.enclosures.intervals.pieces import pieces_of
from certificates.enclosures.intervals.ranges import curvature_bound, slope_bound
from certificates.enclosures.intervals.smoothness import Smoothness, smoothness
from certificates.errors import EnclosureFailure
from certificates.expression import Activation, Expression

__all__ = [
    "Smoothness",
    "curvature_bound",
    "derivatives",
    "derivatives_arb",
    "slope_bound",
    "smoothness",
    "value_and_slope",
    "value_and_slope_arb",
]

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


def value_and_slope_arb(activation: Activation, z: arb) -> tuple[arb, arb]:
    """Enclose φ(z) and φ'(z) at the working precision; see :func:`derivatives_arb`."""
    value, slope = derivatives_arb(activation, z, 1)
    return value, slope


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


def derivatives_arb(activation: Activation, z: arb, order: int) -> tuple[arb, ...]:
    """Enclose φ, φ', …, φ^(order) on an Arb ball at the working precision.

    Guarantee
    ---------
    Result k contains φ^(k)(ξ) for every point ξ of the ball at which it exists, and both one-sided derivatives
    at a breakpoint inside the ball.

    May fail when
    -------------
    A formula is not proven to be defined on the ball, or the result is not finite: :class:`EnclosureFailure`.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> derivatives_arb(parse_activation("squared_relu"), exact(3), 2)
    (9.00000000000000, 6.00000000000000, 2.00000000000000)
    """
    if not z.is_finite():
        raise EnclosureFailure("the argument of an activation is not finite")
    pieces, breakpoints = pieces_of(activation)
    if not breakpoints:
        return _finite(pieces[0], z, order)
    found = [_finite(piece, part, order) for piece, part in _parts_of(z, pieces, breakpoints)]
    return tuple(_hull(column) for column in zip(*found, strict=True))


def _parts_of(
    z: arb, pieces: tuple[Expression, ...], breakpoints: tuple[Fraction, ...]
) -> list[tuple[Expression, arb]]:
    """The pieces that z may meet, each with z cut to it."""
    edges = [None, *(exact(b) for b in breakpoints), None]
    parts = []
    for piece, start, stop in zip(pieces, edges, edges[1:], strict=False):
        if (start is not None and start > z) or (stop is not None and stop < z):
            continue
        left = z.lower() if start is None else start.max(z.lower())
        right = z.upper() if stop is None else stop.min(z.upper())
        inside = (start is None or start <= z) and (stop is None or stop >= z)
        parts.append((piece, z if inside else left.union(right)))
    return parts


def _finite(piece: Expression, z: arb, order: int) -> tuple[arb, ...]:
    series = jet(piece, z, order, arb_ring())
    result = tuple(exact(0) if c is None else c * factorial(k) for k, c in enumerate(series))
    if not all(c.is_finite() for c in result):
        raise EnclosureFailure("an activation overflowed, or is not known to finite precision")
    return result


def _hull(balls: tuple[arb, ...]) -> arb:
    total = balls[0]
    for ball in balls[1:]:
        total = total.union(ball)
    return total
