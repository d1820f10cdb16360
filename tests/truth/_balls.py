"""Arrays of Arb balls for runs of gradient descent: what they enclose is certain, and so is a violation."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction

import numpy as np
from flint import arb, ctx, fmpq

__all__ = ["balls", "bits", "high", "low", "norm", "to_ball"]


@contextmanager
def bits(count: int) -> Iterator[None]:
    """Arb's precision, restored afterwards."""
    before, ctx.prec = ctx.prec, count
    try:
        yield
    finally:
        ctx.prec = before


def to_ball(number) -> arb:
    """A ball around a float or a rational."""
    value = Fraction(number)
    return arb(fmpq(value.numerator, value.denominator))


def balls(array) -> np.ndarray:
    """A ball around every entry."""
    return np.vectorize(to_ball, otypes=[object])(array)


def norm(array) -> arb:
    """The Euclidean norm, not negative."""
    return np.sum(array * array).nonnegative_part().sqrt() if np.size(array) else arb(0)


def low(ball: arb) -> Fraction:
    """The lower end, rounded down."""
    return _exact(ball.lower())


def high(ball: arb) -> Fraction:
    """The upper end, rounded up."""
    return _exact(ball.upper())


def _exact(end: arb) -> Fraction:
    mantissa, exponent = end.mid().man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)
