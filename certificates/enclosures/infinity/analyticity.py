"""Whether a formula is defined everywhere: each piece analytic on the whole interval where it is in force.

An identity of normal forms holds wherever both sides are defined; this says that they are. Only log, sqrt and division
can fail. Far out the answer comes from :mod:`tail_ring`, in between from balls that cover the rest of the line.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from certificates.arithmetic.arb import exact, precision
from certificates.enclosures.formulas.ball_rings import arb_ring
from certificates.enclosures.formulas.jets import jet
from certificates.enclosures.infinity.expansions import TailRing
from certificates.enclosures.intervals.pieces import pieces_of
from certificates.errors import EnclosureFailure
from certificates.expression import Activation, Expression
from certificates.memory import remembered

__all__ = ["is_analytic_on_pieces"]

_BITS = 64
_START = Fraction(16)
_NARROWEST = Fraction(1, 2**12)
_MOST_CELLS = 20_000  # the breakpoints may be as far apart as they like


@remembered(256)
def is_analytic_on_pieces(activation: Activation) -> bool:
    """Whether every piece is shown to be analytic on its closed interval.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> [is_analytic_on_pieces(parse_activation(text)) for text in ("softsign", "mish", "z^2/z", "log(30-z)")]
    [True, True, False, False]
    """
    pieces, breakpoints = pieces_of(activation)
    far = max([_START, *(2 * abs(b) for b in breakpoints)])
    try:
        with precision(_BITS):
            ring = TailRing(far)
            jet(pieces[0], ring.negate(ring.variable), 0, ring)
            jet(pieces[-1], ring.variable, 0, ring)
            for piece, (left, right) in zip(pieces, pairwise((-far, *breakpoints, far)), strict=True):
                _cover(piece, left, right)
    except EnclosureFailure:
        return False
    return True


def _cover(piece: Expression, left: Fraction, right: Fraction) -> None:
    """Evaluate on cells that cover [left, right], halved where a cell is too wide; fails at a singularity."""
    waiting, spent = [(left, right)], 0
    while waiting:
        low, high = waiting.pop()
        spent += 1
        try:
            jet(piece, exact(low).union(exact(high)), 0, arb_ring())
        except EnclosureFailure:
            if high - low <= _NARROWEST or spent > _MOST_CELLS:
                raise
            middle = (low + high) / 2
            waiting += [(low, middle), (middle, high)]
