"""What an activation is on balls of Arb: values, slopes and higher derivatives."""

from __future__ import annotations

from fractions import Fraction
from math import factorial

from flint import arb

from certificates.arithmetic.arb import exact
from certificates.enclosures.formulas.ball_rings import arb_ring
from certificates.enclosures.formulas.jets import jet
from certificates.enclosures.intervals.pieces import pieces_of
from certificates.errors import EnclosureFailure
from certificates.expression import Activation, Expression

__all__ = ["derivatives_arb", "slope_and_bend_arb", "value_and_slope_arb"]


def value_and_slope_arb(activation: Activation, z: arb) -> tuple[arb, arb]:
    """Enclose φ(z) and φ'(z) at the working precision; see :func:`derivatives_arb`."""
    value, slope = derivatives_arb(activation, z, 1)
    return value, slope


def slope_and_bend_arb(activation: Activation, z: arb) -> tuple[arb, arb]:
    """Enclose φ'(z) and φ''(z) at the working precision; see :func:`derivatives_arb`."""
    _, slope, bend = derivatives_arb(activation, z, 2)
    return slope, bend


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
