"""One meter for all work of a check, counted while it is done: no small file can keep the judge busy for hours.

The unit is one operation on balls at 64 bits in Python, some 0.3 µs. Every primitive says beforehand what it costs:
products of matrices by their flops, arrays by their entries, trees by their nodes, integers by their words, loops by
the turn. The count is an estimate, independent of the clock, so that a verdict does not depend on the machine.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flint import ctx

from certificates.errors import BudgetExhausted

__all__ = [
    "FLOPS_PER_OPERATION",
    "limited_effort",
    "remaining_effort",
    "reserve",
    "spend",
    "spend_flops",
    "spend_rationals",
    "word_count",
]

FLOPS_PER_OPERATION = 10_000.0  # an operation on balls takes as long as ten thousand flops of a matrix product

_WORD = 64


class _Meter(threading.local):
    """What this thread has left; without limit outside :func:`limited_effort`."""

    def __init__(self) -> None:
        self.allowed = self.left = self.memory = math.inf


_METER = _Meter()


@contextmanager
def limited_effort(operations: float, memory: float = math.inf) -> Iterator[None]:
    """Allow so many operations in a block, and no more than the caller has left; what was done counts for both.

    Parameters
    ----------
    operations
        Of this thread; others have meters of their own.
    memory
        The largest number of bytes that one array or matrix may take.

    Examples
    --------
    >>> with limited_effort(10):
    ...     with limited_effort(100):
    ...         spend(7)
    ...     remaining_effort()
    3
    """
    meter = _METER
    before = meter.allowed, meter.left, meter.memory
    allowed = min(operations, meter.left)
    meter.allowed, meter.left, meter.memory = allowed, allowed, min(memory, meter.memory)
    try:
        yield
    finally:
        spent = allowed - meter.left if math.isfinite(allowed) else 0
        meter.allowed, meter.left, meter.memory = before
        meter.left -= spent


def spend(operations: float) -> None:
    """Count operations that are about to be done.

    Raises
    ------
    BudgetExhausted
        More than are left; it says how many were asked for up to here.
    """
    meter = _METER
    meter.left -= operations
    if meter.left < 0:
        raise BudgetExhausted(meter.allowed - meter.left, meter.allowed, "operations on balls")


def spend_flops(flops: float) -> None:
    """Count the floating-point operations of matrix products and factorisations."""
    spend(1 + flops / FLOPS_PER_OPERATION)


def reserve(size: float) -> None:
    """Ask for memory before it is allocated, and count the time to fill it.

    Parameters
    ----------
    size
        Bytes of one array, matrix or list.

    Raises
    ------
    BudgetExhausted
        More than one check may hold.
    """
    if size > _METER.memory:
        raise BudgetExhausted(size, _METER.memory, "bytes")
    spend(size / FLOPS_PER_OPERATION)


def spend_rationals(bits: float, count: float = 1) -> None:
    """Count sums or products of rationals of so many bits, each with a reduction by Euclid's algorithm."""
    spend(count * (4 + (bits / _WORD) ** 2 / 100))


def remaining_effort() -> float:
    """How many operations are left."""
    return _METER.left


def word_count() -> int:
    """The length of a number at the working precision, in words of 64 bits: what one operation costs."""
    return -(-int(ctx.prec) // _WORD)
