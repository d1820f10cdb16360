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
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import numpy as np

from certificates.arithmetic.arb import begin_judgement, flint_lock, flint_settings, is_judging
from certificates.arithmetic.platform import self_test
from certificates.memory import forget, recollection

__all__ = ["isolated"]

_PRECISION_BITS = 128  # scalars on the fast path, and every ball on the slow one
_FRAMES = 5_000  # deeper than any expression of the allowed depth leads
_DIGITS = 4_300

P = ParamSpec("P")
T = TypeVar("T")


def isolated(*, searching: bool = False) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Let a function judge in a judgement of its own; those it calls belong to the same judgement.

    Parameters
    ----------
    searching
        The claim is not in a file yet: what the caller keeps in a block of :func:`~certificates.memory.kept_memory`
        may be used.

    Raises
    ------
    UnsoundPlatform
        The self-test failed, before the function was called or after it. The function raises it, not this one.
    """

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        @wraps(function)
        def judging(*args: P.args, **kwargs: P.kwargs) -> T:
            if is_judging():
                return function(*args, **kwargs)
            with flint_lock():
                restore = _restorer()
                try:
                    _shut_out(searching)
                    self_test()
                    result = function(*args, **kwargs)
                    self_test()
                    return result
                finally:  # no generator-based block: Ctrl-C can leave one suspended
                    _twice(restore)

        return judging

    return decorate


def _shut_out(searching: bool) -> None:
    begin_judgement(_PRECISION_BITS)
    forget(unless_kept=searching)
    np.seterr(all="ignore")
    decimal.setcontext(decimal.Context())
    sys.set_int_max_str_digits(_DIGITS)
    sys.setrecursionlimit(max(sys.getrecursionlimit(), _depth() + _FRAMES))


def _restorer() -> Callable[[], None]:
    """The host as it is: a function that brings it back."""
    flint, memory = flint_settings(), recollection()
    events, context = np.geterr(), decimal.getcontext()
    digits, frames = sys.get_int_max_str_digits(), sys.getrecursionlimit()

    def restore() -> None:
        flint()
        memory()
        np.seterr(**events)
        decimal.setcontext(context)
        sys.set_int_max_str_digits(digits)
        sys.setrecursionlimit(frames)

    return restore


def _twice(restore: Callable[[], None]) -> None:
    """Ctrl-C may interrupt the first time."""
    try:
        restore()
    finally:
        restore()


def _depth() -> int:
    """How many frames are on the stack of this thread."""
    frame, count = sys._getframe(), 0
    while frame.f_back is not None:
        frame, count = frame.f_back, count + 1
    return count
