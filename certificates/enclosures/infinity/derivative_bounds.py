"""sup |φ^(k)| over the whole line, one-sided at breakpoints (theory 2.4)."""

from __future__ import annotations

from fractions import Fraction

from flint import arb

from certificates.arithmetic.arb import exact, precision
from certificates.enclosures.infinity.tails import tail
from certificates.enclosures.intervals.pieces import pieces_of
from certificates.enclosures.intervals.ranges import global_bounds, supremum
from certificates.errors import EnclosureFailure
from certificates.expression import Activation
from certificates.memory import remembered

__all__ = ["derivative_bound"]

_STARTS = [Fraction(4**k) for k in range(2, 9)]  # a stretched or shifted φ settles further out
_BITS = 96


@remembered(512)
def derivative_bound(activation: Activation, derivative: int) -> arb:
    """An upper bound of |φ^(k)| wherever it exists; across a breakpoint it says nothing about φ^(k−1).

    Parameters
    ----------
    activation
        φ.
    derivative
        k ≥ 1.

    Guarantee
    ---------
    |φ^(k)(z)| ≤ bound for every z that is no breakpoint, and for both one-sided derivatives there.

    May fail when
    -------------
    φ^(k) grows, its tails are outside the classes of :mod:`tail_ring`, or branch and bound does not settle:
    :class:`EnclosureFailure`.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> bool(0.7787 < derivative_bound(parse_activation("gelu"), 3) < 0.78)
    True
    """
    closed = global_bounds(activation)[derivative - 1] if derivative <= 2 else None
    if closed is not None:
        return exact(closed)
    nearest = max((2 * abs(b) for b in pieces_of(activation)[1]), default=Fraction(0))
    with precision(_BITS):
        start, outside = _outside(activation, derivative, nearest)
        return outside.max(exact(supremum(activation.expression, derivative, exact(-start), exact(start))))


def _outside(activation: Activation, derivative: int, nearest: Fraction) -> tuple[Fraction, arb]:
    """The first start R from which both tails are enclosed, and a bound beyond it."""
    failure = EnclosureFailure("no tail is enclosed")
    for start in (max(nearest, s) for s in _STARTS):
        try:
            left, right = (tail(activation, derivative, start, side).range() for side in (-1, 1))
        except EnclosureFailure as refused:
            failure = refused
        else:
            return start, abs(left).upper().max(abs(right).upper())
    raise failure
