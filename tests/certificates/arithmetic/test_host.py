"""What a judgement sets is undone whatever happens in it, and it is refused on processors in other modes."""

from __future__ import annotations

import decimal
import inspect
import os
import sys
import threading
from contextlib import nullcontext

import numpy as np
import pytest
from flint import acb, ctx

from certificates.arithmetic.arb import exact, precision
from certificates.arithmetic.host import _depth, _twice, isolated
from certificates.errors import UnsoundPlatform
from certificates.memory import kept_memory, remembered
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
    @isolated()
    def judge():
        assert (ctx.prec, ctx.cap, ctx.threads, ctx.pretty, ctx.unicode) == (128, 10, 1, True, False)
        assert set(np.geterr().values()) == {"ignore"}
        assert decimal.getcontext().prec == 28
        assert sys.getrecursionlimit() > 5_000
        with precision(2_000):
            if error is not None:
                raise error

    before = _state()
    with nullcontext() if error is None else pytest.raises(error):
        judge()
    assert _state() == before


def test_a_function_called_within_joins_the_judgement():
    @isolated()
    def inner():
        return ctx.prec

    @isolated()
    def outer():
        with precision(300):
            found = [inner(), ctx.prec]
        return [*found, ctx.prec]

    assert outer() == [300, 300, 128]


def test_a_block_that_ctrl_c_left_suspended_changes_nothing_later():
    @isolated()
    def judge():
        block = precision(300)
        block.__enter__()
        return block

    before = _state()
    block = judge()  # its end comes when nobody refers to it any more
    block.__exit__(None, None, None)
    assert _state() == before


def test_an_interrupted_restoration_is_done_again():
    done = []

    def restore():
        done.append(len(done))
        if len(done) == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _twice(restore)
    assert done == [0, 1]


@pytest.mark.parametrize("mode", MODES)
def test_nothing_is_done_in_another_processor_mode(mode):
    before, reached = _state(), []
    with processor_mode(mode), pytest.raises(UnsoundPlatform):
        isolated()(reached.append)(mode)
    assert not reached
    assert _state() == before


@pytest.mark.parametrize("mode", MODES)
def test_a_mode_that_changed_meanwhile_is_refused(mode):
    with processor_mode(""), pytest.raises(UnsoundPlatform):
        isolated()(set_mode)(mode)


def test_last_bits_do_not_depend_on_what_flint_computed_before():
    """Nodes of quadratures and logarithms of primes: remembered at a higher precision, they are rounded otherwise."""

    def values(bits):
        with precision(bits):
            integral = acb.integral(lambda z, _: (-z * z / 2).exp(), 0, 8).real
        with precision(20 * bits):
            return [str(end.man_exp()) for x in (integral, exact(3).log()) for end in (x.mid(), x.rad())]

    judged = isolated()(values)
    first = judged(150)
    values(250)
    assert judged(150) == first
    values(250)
    assert values(150) != first  # why FLINT is told to forget


def test_each_judgement_and_each_thread_remembers_for_itself():
    asked = []

    @remembered(4)
    def double(number):
        asked.append(number)
        return 2 * number

    double(1)
    for _ in range(2):
        assert isolated()(lambda: double(1) + double(1))() == 4
    assert asked == [1, 1, 1]
    double(1)
    assert asked == [1, 1, 1]
    thread = threading.Thread(target=double, args=(1,))
    thread.start()
    thread.join()
    assert asked == [1, 1, 1, 1]
    with kept_memory():
        for _ in range(2):
            isolated(searching=True)(double)(1)
        assert asked == [1, 1, 1, 1, 1]
        with kept_memory():
            double(1)
        isolated()(double)(1)
        assert asked == [1, 1, 1, 1, 1, 1]
    double(1)
    assert asked == [1, 1, 1, 1, 1, 1]  # the block leaves what was known before it


def test_one_thread_judges_at_a_time():
    inside, most = [], []

    @isolated()
    def judge():
        inside.append(1)
        most.append(len(inside) + ctx.prec)
        inside.pop()

    def judge_often():
        for _ in range(50):
            judge()

    threads = [threading.Thread(target=judge_often) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1 + 128] * 200


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_child_forked_while_another_thread_judges_can_judge():
    entered, leave = threading.Event(), threading.Event()

    @isolated()
    def judge():
        entered.set()
        leave.wait()

    thread = threading.Thread(target=judge)
    thread.start()
    entered.wait()
    child = os.fork()
    if not child:
        isolated()(os._exit)(7)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    leave.set()
    thread.join()
    assert code == 7


def test_the_depth_of_the_stack_counts_every_frame():
    def at(more):
        return _depth() if more == 0 else at(more - 1)

    assert at(50) == at(0) + 50
    assert _depth() == len(inspect.stack(0))
