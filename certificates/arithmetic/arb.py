"""Arb balls as scalars: exact entry, rounded exit, one place that sets the precision (theory 0.1).

Arb guarantees that every operation returns a ball that contains the exact result for every choice of points in
its operands. Comparisons of balls are true only if they hold for all points; NaN balls compare false. Nothing
here, and nothing that uses it, calls ``max``, ``min``, ``sorted`` or ``float`` on a ball.
"""

from __future__ import annotations

import math
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from fractions import Fraction
from typing import Any

from flint import arb, ctx, fmpq, fmpz

from certificates.arithmetic.effort import spend
from certificates.errors import EnclosureFailure

_LARGEST_EXPONENT = 2**13  # a certificate's numbers have at most 4,000 digits
_DEFAULTS = (10, 1, True, False)  # length of series, threads, pretty, unicode

__all__ = [
    "begin_judgement",
    "exact",
    "flint_lock",
    "flint_settings",
    "hull",
    "is_judging",
    "lower",
    "precision",
    "product",
    "rational_ends",
    "total",
    "root_above",
    "series_length",
    "upper",
]


class _Turn(threading.local):
    """The judgement that this thread is in."""

    judgement: object | None = None


class _FlintLock:
    """FLINT's context is one for the whole process: one thread at a time may set it and rest on what it has set.

    The lock is re-entrant, and new in the child of a fork, where the thread that held it does not live on.
    """

    def __init__(self) -> None:
        self.renew()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self.renew)

    def renew(self) -> None:
        self.lock = threading.RLock()


_TURN = _Turn()
_FLINT = _FlintLock()


def precision(bits: int) -> AbstractContextManager[None]:
    """Set Arb's working precision for a block and restore it; this file alone touches the global context.

    Other threads that want a precision wait until the block ends.
    """
    return _setting("prec", bits)


def series_length(length: int) -> AbstractContextManager[None]:
    """Let FLINT's power series have ``length`` coefficients for a block, and restore the cap (10 by default)."""
    return _setting("cap", length)


@contextmanager
def _setting(name: str, value: int) -> Iterator[None]:
    judgement = _TURN.judgement
    with nullcontext() if judgement else _FLINT.lock:
        previous = getattr(ctx, name)
        try:
            setattr(ctx, name, value)
            yield
        finally:
            # Ctrl-C may leave this block suspended until its judgement has ended, and restored everything
            if _TURN.judgement is judgement:
                setattr(ctx, name, previous)


def is_judging() -> bool:
    """Whether this thread is in a judgement."""
    return _TURN.judgement is not None


def flint_lock() -> AbstractContextManager[Any]:
    """For the thread that may use FLINT's context."""
    return _FLINT.lock


def flint_settings() -> Callable[[], None]:
    """FLINT's settings as they are: a function that brings them back and ends this thread's judgement."""
    previous = (ctx.prec, ctx.cap, ctx.threads, ctx.pretty, ctx.unicode)

    def restore() -> None:
        _TURN.judgement = None
        _set_context(*previous)

    return restore


def begin_judgement(bits: int) -> None:
    """FLINT as in a fresh process, at a working precision.

    What FLINT remembers in this thread (digits of π, nodes of quadratures) is forgotten: a constant that was once asked
    for at a higher precision is rounded differently ever after, and enclosures would differ in their last bits.
    """
    _TURN.judgement = object()
    _set_context(bits, *_DEFAULTS)
    ctx.cleanup()


def _set_context(bits: int, cap: int, threads: int, pretty: bool, unicode: bool) -> None:
    ctx.prec, ctx.cap, ctx.threads, ctx.pretty, ctx.unicode = bits, cap, threads, pretty, unicode


def exact(number: float | int | Fraction) -> arb:
    """Enclose a number as tightly as the precision allows; binary64 and integers enter exactly.

    Guarantee
    ---------
    The ball contains ``number``; its radius is 0 for every finite float and every int.
    """
    if isinstance(number, Fraction):
        spend(4 + (number.numerator.bit_length() + number.denominator.bit_length()) / 256)
        return arb(fmpq(number.numerator, number.denominator))
    if isinstance(number, int):
        return arb(fmpz(number))
    return arb(number)


def lower(ball: arb) -> float:
    """The largest binary64 number certainly ≤ every point of the ball; ``-inf`` when there is none (NaN)."""
    return _outward(ball, -1)


def upper(ball: arb) -> float:
    """The smallest binary64 number certainly ≥ every point of the ball; ``inf`` when there is none (NaN)."""
    return _outward(ball, +1)


def _outward(ball: arb, sign: int) -> float:
    if not ball.is_finite():
        return sign * math.inf
    end = ball.upper() if sign > 0 else ball.lower()
    guess = float(end)
    while math.isfinite(guess) and not (arb(guess) >= ball if sign > 0 else arb(guess) <= ball):
        guess = math.nextafter(guess, sign * math.inf)
    if guess == -sign * math.inf:  # the end lies beyond the finite range on the inner side
        return -sign * 1.7976931348623157e308
    return guess


def root_above(ball: arb) -> arb:
    """An upper bound of the square root of a number that is known to be ≥ 0 and to lie in the ball.

    Guarantee
    ---------
    A point b with √x ≤ b for every x ≥ 0 of the ball. Arb's own √ of a ball that meets (−∞, 0) is NaN, even where
    the ball encloses a sum of squares and is negative by a rounding only; the upper end always has a root.

    May fail when
    -------------
    The ball is not finite: NaN or infinity, which no comparison accepts as small.

    Examples
    --------
    >>> bool(root_above(arb(0, 4)) >= 2), arb(0, 4).sqrt().is_nan(), bool(root_above(exact(-1)) == 0)
    (True, True, True)
    """
    if ball < 0:  # no x at all
        return exact(0)
    end: arb = ball.upper().sqrt().upper()
    return end


def rational_ends(ball: arb) -> tuple[Fraction, Fraction]:
    """The ends of a finite ball, rounded outwards at the working precision, as exact rationals.

    Guarantee
    ---------
    The ball lies between them. Their numerators and denominators have at most 2¹³ bits or so; what is smaller than
    2^−8192 is rounded outwards to a multiple of that.

    May fail when
    -------------
    The ball is not finite, or an end is larger than 2^8192: :class:`EnclosureFailure`.

    Examples
    --------
    >>> rational_ends(exact(Fraction(3, 4)))
    (Fraction(3, 4), Fraction(3, 4))
    """
    if not ball.is_finite():
        raise EnclosureFailure("an enclosure is not finite")
    return _rational(ball.lower()), -_rational(-ball.upper())


def _rational(point: arb) -> Fraction:
    """A point, rounded down to a multiple of 2^−8192."""
    mantissa, exponent = (int(part) for part in point.man_exp())
    if mantissa.bit_length() + exponent > _LARGEST_EXPONENT:
        raise EnclosureFailure("a number is too large to be written as a fraction")
    if exponent < -_LARGEST_EXPONENT:
        lost = min(-_LARGEST_EXPONENT - exponent, mantissa.bit_length() + 1)
        mantissa, exponent = mantissa >> lost, -_LARGEST_EXPONENT
    return Fraction(mantissa) * Fraction(2) ** exponent


def product(left: arb, right: arb) -> arb:
    """Left · right, not across 0 where the factors keep their signs: a radius that is rounded up may reach beyond it.

    Examples
    --------
    >>> share = arb(0).union(arb(1)).nonnegative_part()
    >>> bool(share * 3 >= 0), bool(product(share, arb(3)) >= 0), bool(product(share, arb(-3)) <= 0)
    (False, True, True)
    """
    found = left * right
    if not found.contains(0):
        return found
    sign = _sign(left) * _sign(right)
    return found if sign == 0 else _one_sided(found, sign)


def total(left: arb, right: arb) -> arb:
    """Left + right, not across 0 where both have one sign; see :func:`product`."""
    return _kept(left + right, left, right)


def hull(left: arb, right: arb) -> arb:
    """The ball from left to right, not across 0 where both have one sign; see :func:`product`."""
    return _kept(left.union(right), left, right)


def _kept(found: arb, left: arb, right: arb) -> arb:
    """What contains only numbers of one sign, if both operands do."""
    if not found.contains(0):
        return found
    if left >= 0 and right >= 0:
        return _one_sided(found, 1)
    return _one_sided(found, -1) if left <= 0 and right <= 0 else found


def _sign(ball: arb) -> int:
    """1 or −1 for a ball that reaches 0 at most, 0 where it may have both signs."""
    return 1 if ball >= 0 else -1 if ball <= 0 else 0


def _one_sided(ball: arb, sign: int) -> arb:
    return ball.nonnegative_part() if sign > 0 else -(-ball).nonnegative_part()
