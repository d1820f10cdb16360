"""What functions remember: per thread, and forgotten at the start of every judgement.

A remembered value costs nothing the second time, and it keeps the precision at which it was first asked for. A table
that outlives a judgement, or that another thread fills, would thus let one certificate change the verdict on another:
its work, hence *Undecided* for want of a budget, and the last bits of its facts.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache, wraps
from typing import Any, ParamSpec, TypeVar

__all__ = ["forget", "kept_memory", "recollection", "remembered"]

P = ParamSpec("P")
T = TypeVar("T")


class _Memory(threading.local):
    """For each function of this thread, the table of its values."""

    def __init__(self) -> None:
        self.tables: dict[Callable[..., Any], Callable[..., Any]] = {}
        self.kept = False


_MEMORY = _Memory()


def remembered(size: int) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Let a function remember its last ``size`` values, in the thread that asked and in the same judgement only.

    Examples
    --------
    >>> asked = []
    >>> @remembered(2)
    ... def half(number):
    ...     asked.append(number)
    ...     return number / 2
    >>> half(4), half(4)
    (2.0, 2.0)
    >>> forget()
    >>> half(4)
    2.0
    >>> asked
    [4, 4]
    """

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        @wraps(function)
        def recalling(*args: P.args, **kwargs: P.kwargs) -> T:
            tables = _MEMORY.tables
            if function not in tables:
                tables[function] = lru_cache(size)(function)
            value: T = tables[function](*args, **kwargs)
            return value

        return recalling

    return decorate


def recollection() -> Callable[[], None]:
    """What this thread remembers: a function that brings it back."""
    before = _MEMORY.tables, _MEMORY.kept

    def restore() -> None:
        _MEMORY.tables, _MEMORY.kept = before

    return restore


def forget(*, unless_kept: bool = False) -> None:
    """Begin anew with nothing remembered; ``unless_kept``: but not inside :func:`kept_memory`."""
    if not (unless_kept and _MEMORY.kept):
        _MEMORY.tables, _MEMORY.kept = {}, False


@contextmanager
def kept_memory() -> Iterator[None]:
    """For a search, which has claims about one subject judged again and again: ``decide`` remembers within the block.

    The block begins with nothing remembered and leaves nothing behind, unless it lies within another one. A certificate
    in a file is judged with a fresh memory nevertheless.

    Examples
    --------
    >>> @remembered(2)
    ... def ask(number):
    ...     print("asked")
    >>> with kept_memory():
    ...     ask(1)
    ...     forget(unless_kept=True)
    ...     ask(1)
    ...     forget()
    ...     ask(1)
    asked
    asked
    """
    if _MEMORY.kept:
        yield
        return
    restore = recollection()
    try:
        _MEMORY.tables, _MEMORY.kept = {}, True
        yield
    finally:
        restore()
