"""A judgement apart from the process it runs in: nothing the host has set changes it, nothing it sets stays.

A certificate is judged inside other programs: notebooks, test suites, training loops, services with threads. What they
may have set, and what is done about it:

=============================================  =======================================================================
FLINT's precision, series length, threads      set to the judge's values under a lock and restored (:mod:`arb`)
constants FLINT has computed in this thread    forgotten at the start
values the judge remembers                     a table per thread, new for each judgement (:mod:`certificates.memory`)
``numpy.seterr``, ``errstate``, ``-W error``   floating-point events are ignored: bounds and finiteness are checked
the thread's ``decimal`` context               the module's default
``sys.set_int_max_str_digits``                 the interpreter's default
``sys.setrecursionlimit``, a deep stack        room for the judge's own depth above the caller's
rounding mode, flushing of subnormal numbers   tested before and after; the judge refuses (:mod:`platform`)
=============================================  =======================================================================

One judgement at a time: FLINT's context belongs to the process, so other threads that want to judge wait. Threads of
the host that set ``flint.ctx`` themselves meanwhile can widen enclosures, hence *Undecided*; they cannot make a false
one.
"""

from __future__ import annotations

import decimal
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import numpy as np

from certificates.arithmetic.arb import flint_defaults
from certificates.arithmetic.platform import self_test
from certificates.memory import fresh_memory

__all__ = ["isolated"]

_PRECISION_BITS = 128  # scalars on the fast path, and every ball on the slow one
_FRAMES = 5_000  # deeper than any expression of the allowed depth leads
_DIGITS = 4_300


class _Thread(threading.local):
    """Whether this thread is judging."""

    judging = False


_THREAD = _Thread()


@contextmanager
def isolated(*, searching: bool = False) -> Iterator[None]:
    """Judge in this block; a block inside it belongs to the same judgement.

    Parameters
    ----------
    searching
        The claim is not in a file yet: what the caller keeps in a block of :func:`~certificates.memory.kept_memory`
        may be used.

    Raises
    ------
    UnsoundPlatform
        The self-test failed, before the block or after it.
    """
    if _THREAD.judging:
        yield
        return
    with ExitStack() as stack:
        stack.enter_context(flint_defaults(_PRECISION_BITS))
        stack.enter_context(fresh_memory(unless_kept=searching))
        stack.enter_context(np.errstate(all="ignore"))
        stack.enter_context(decimal.localcontext(decimal.Context()))
        stack.enter_context(_interpreter_limits())
        stack.enter_context(_judging())
        self_test()
        yield
        self_test()


@contextmanager
def _judging() -> Iterator[None]:
    try:
        _THREAD.judging = True
        yield
    finally:
        _THREAD.judging = False


@contextmanager
def _interpreter_limits() -> Iterator[None]:
    digits, frames = sys.get_int_max_str_digits(), sys.getrecursionlimit()
    try:
        sys.set_int_max_str_digits(_DIGITS)
        sys.setrecursionlimit(max(frames, _depth() + _FRAMES))
        yield
    finally:
        sys.set_int_max_str_digits(digits)
        sys.setrecursionlimit(frames)


def _depth() -> int:
    """How many frames are on the stack of this thread."""
    frame, count = sys._getframe(), 0
    while frame.f_back is not None:
        frame, count = frame.f_back, count + 1
    return count
