"""Operations on balls, counted while they are done: a well-formed certificate cannot keep the judge busy for hours.

The unit is one operation at 64 bits, some 0.3 µs. Who works in a loop says beforehand what a turn costs; the count is
an estimate, and independent of the clock, so that a verdict does not depend on the machine.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager

from flint import ctx

from certificates.errors import BudgetExhausted

__all__ = ["limited_effort", "remaining_effort", "spend", "word_count"]

_WORD = 64


class _Meter:
    """What is left; infinite outside :func:`limited_effort`."""

    left = math.inf


_METER = _Meter()


@contextmanager
def limited_effort(operations: float) -> Iterator[None]:
    """Allow so many operations in a block, and no more than the caller has left; what was done counts for both.

    Examples
    --------
    >>> with limited_effort(10):
    ...     with limited_effort(100):
    ...         spend(7)
    ...     remaining_effort()
    3
    """
    before = _METER.left
    allowed = _METER.left = min(operations, before)
    try:
        yield
    finally:
        _METER.left = before - (allowed - _METER.left) if math.isfinite(before) else before


def spend(operations: float) -> None:
    """Count operations that are about to be done.

    Raises
    ------
    BudgetExhausted
        More than are left.
    """
    _METER.left -= operations
    if _METER.left < 0:
        raise BudgetExhausted


def remaining_effort() -> float:
    """How many operations are left."""
    return _METER.left


def word_count() -> int:
    """The length of a number at the working precision, in words of 64 bits: what one operation costs."""
    return -(-int(ctx.prec) // _WORD)
