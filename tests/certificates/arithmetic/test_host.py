"""What a judgement sets is undone whatever happens in it, and it is refused on processors in other modes."""

from __future__ import annotations

import decimal
import os
import sys
import threading

import numpy as np
import pytest
from flint import arb, ctx

from certificates.arithmetic.arb import exact, precision
from certificates.arithmetic.host import isolated
from certificates.errors import UnsoundPlatform
from certificates.memory import remembered
from tests.support.processor import MODES, processor_mode, set_mode


def _state():
    flint = (ctx.prec, ctx.dps, ctx.cap, ctx.threads, ctx.pretty, ctx.unicode)
    limits = (sys.get_int_max_str_digits(), sys.getrecursionlimit())
    return flint, limits, np.geterr(), repr(decimal.getcontext())


@pytest.fixture
def unusual_host():
    flint = ctx.prec, ctx.cap, ctx.threads, ctx.pretty, ctx.unicode
    limits = sys.get_int_max_str_digits(), sys.getrecursionlimit()
    with np.errstate(all="raise"), decimal.localcontext(decimal.Context(prec=3, traps=[decimal.Inexact])):
        ctx.dps, ctx.cap, ctx.threads, ctx.pretty, ctx.unicode = 77, 3, 2, False, True
        sys.set_int_max_str_digits(640)
        sys.setrecursionlimit(600)
        yield
    ctx.prec, ctx.cap, ctx.threads, ctx.pretty, ctx.unicode = flint
    sys.set_int_max_str_digits(limits[0])
    sys.setrecursionlimit(limits[1])


@pytest.mark.usefixtures("unusual_host")
@pytest.mark.parametrize("error", [None, ValueError, KeyboardInterrupt, SystemExit])
def test_the_host_is_left_as_it_was(error):
    before = _state()
    try:
        with isolated():
            assert (ctx.prec, ctx.cap, ctx.threads, ctx.pretty, ctx.unicode) == (128, 10, 1, True, False)
            assert set(np.geterr().values()) == {"ignore"}
            assert decimal.getcontext().prec == 28
            assert sys.getrecursionlimit() > 5_000
            with precision(2_000):
                if error is not None:
                    raise error
    except (ValueError, KeyboardInterrupt, SystemExit):
        assert error is not None
    assert _state() == before


def test_a_block_within_joins_the_judgement():
    with isolated():
        with precision(300):
            with isolated():
                assert ctx.prec == 300
            assert ctx.prec == 300
        assert ctx.prec == 128


@pytest.mark.parametrize("mode", MODES)
def test_nothing_is_done_in_another_processor_mode(mode):
    before, reached = _state(), []
    with processor_mode(mode), pytest.raises(UnsoundPlatform), isolated():
        reached.append(mode)
    assert not reached
    assert _state() == before


@pytest.mark.parametrize("mode", MODES)
def test_a_mode_that_changed_meanwhile_is_refused(mode):
    with processor_mode(""), pytest.raises(UnsoundPlatform), isolated():
        set_mode(mode)


def test_constants_do_not_depend_on_what_was_computed_before():
    def last_bits():
        with isolated():
            return [str(x.man_exp()) for x in (arb.pi().mid(), exact(2).log().mid(), exact(3).log().mid())]

    first = last_bits()
    with precision(10_000):
        assert arb.pi() > exact(2).log()
        assert exact(3).log() > 1
    assert last_bits() == first


def test_each_judgement_and_each_thread_remembers_for_itself():
    asked = []

    @remembered(4)
    def double(number):
        asked.append(number)
        return 2 * number

    double(1)
    for _ in range(2):
        with isolated():
            assert double(1) + double(1) == 4
    assert asked == [1, 1, 1]
    double(1)
    assert asked == [1, 1, 1]
    thread = threading.Thread(target=double, args=(1,))
    thread.start()
    thread.join()
    assert asked == [1, 1, 1, 1]


def test_one_thread_judges_at_a_time():
    inside, most = [], []

    def judge():
        for _ in range(50):
            with isolated():
                inside.append(1)
                most.append(len(inside))
                assert ctx.prec == 128
                inside.pop()

    threads = [threading.Thread(target=judge) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 200


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_child_forked_while_another_thread_judges_can_judge():
    entered, leave = threading.Event(), threading.Event()

    def judge():
        with isolated():
            entered.set()
            leave.wait()

    thread = threading.Thread(target=judge)
    thread.start()
    entered.wait()
    child = os.fork()
    if not child:
        with isolated():
            os._exit(7)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    leave.set()
    thread.join()
    assert code == 7
