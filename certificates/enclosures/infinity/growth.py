"""How fast φ' may grow: |φ'(w)| ≤ A + B|w|^p, on the whole line or beyond a point (theory 2.3.1, 2.4)."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from flint import arb, ctx

from certificates.arithmetic.arb import exact
from certificates.enclosures.infinity.tails import tail
from certificates.enclosures.intervals.pieces import pieces_of
from certificates.enclosures.intervals.ranges import global_bounds, supremum
from certificates.errors import EnclosureFailure
from certificates.expression import Activation
from certificates.memory import remembered

__all__ = ["Growth", "slope_growth"]

_STARTS = [Fraction(2**k) for k in range(5, 17)]  # a shifted φ settles further out


@dataclass(frozen=True)
class Growth:
    """|φ'(w)| ≤ constant + slope·|w|^power."""

    constant: arb
    slope: arb
    power: int


def slope_growth(activation: Activation, beyond: Fraction) -> Growth:
    """A, B, p with |φ'(w)| ≤ A + B|w|^p for all |w| ≥ ``beyond``.

    Parameters
    ----------
    activation
        φ.
    beyond
        Where the bound has to begin; far out it is much smaller than on the whole line.

    Guarantee
    ---------
    The bound holds wherever φ' exists.

    May fail when
    -------------
    The formula is outside the classes of :mod:`tail_ring` and has no closed bounds: :class:`EnclosureFailure`.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> slope_growth(parse_activation("squared_relu"), Fraction(8)).power
    1
    """
    return _growth_at(activation, beyond, int(ctx.prec))


@remembered(256)
def _growth_at(activation: Activation, beyond: Fraction, bits: int) -> Growth:
    del bits  # the key: a bound is rounded at one precision
    closed = global_bounds(activation)[0]
    found: Growth | None = None
    with suppress(EnclosureFailure):
        found = _tail_growth(activation, beyond)
    if closed is not None and (found is None or found.power > 0 or found.constant > closed):
        return Growth(exact(closed), exact(0), 0)
    return _global_growth(activation) if found is None else found


def _global_growth(activation: Activation) -> Growth:
    """The tails from the first point on that gives them, and branch and bound between them."""
    start, outside = _first_tails(activation, max((2 * abs(b) for b in pieces_of(activation)[1]), default=Fraction(0)))
    inside = exact(supremum(activation.expression, 1, exact(-start), exact(start)))
    return Growth(inside + outside.constant, outside.slope, outside.power)


def _first_tails(activation: Activation, nearest: Fraction) -> tuple[Fraction, Growth]:
    failure: EnclosureFailure | None = None
    for start in dict.fromkeys(max(nearest, s) for s in _STARTS):
        try:
            return start, _tail_growth(activation, start)
        except EnclosureFailure as refused:
            failure = failure or refused
    raise failure or EnclosureFailure("no tail is enclosed")


def _tail_growth(activation: Activation, start: Fraction) -> Growth:
    if start <= 0:
        raise EnclosureFailure("a tail begins beyond 0")
    found = [tail(activation, 1, start, side) for side in (-1, 1)]
    if all(side.is_bounded for side in found):
        return Growth(sum((abs(side.range()).upper() for side in found), start=exact(0)), exact(0), 0)
    for side in found:
        if side.monomial.square > 0 or side.monomial.linear > 0:
            is_shown = side.is_certainly_unbounded
            raise EnclosureFailure("φ' grows faster than every power" if is_shown else side.why_unbounded("φ'"))
    power = max(ceil(side.monomial.power) for side in found)
    slope = sum((abs(side.against_power(power)).upper() for side in found), start=exact(0))
    return Growth(exact(0), slope, power)
