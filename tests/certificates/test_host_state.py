"""The verdict is the certificate's alone: not the host's settings, nor what was judged before, nor beside it.

The reference is each certificate judged alone, in a process that has judged nothing else.
"""

from __future__ import annotations

import base64
import decimal
import io
import os
import pickle
import random
import shutil
import subprocess
import sys
import threading
import warnings
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from flint import ctx

from certificates import Accepted, UnsoundPlatform, check, check_bytes
from certificates.__main__ import main
from certificates.arithmetic import elementary
from tests.support.processor import MODES, processor_mode, require_library, run_python, set_mode

CORPUS = Path(__file__).resolve().parent.parent / "corpus"
_QUICK_KINDS = (
    "activation-counterexample",
    "cross-entropy-convergence",
    "gaussian-moment",
    "global-landscape",
    "gradient-dominance-sos",
    "kink-minimum",
    "negative-curvature",
    "nondegenerate-activation",
    "orbit-convergence",
    "planted-convergence",
    "population-minimum",
    "population-strong-convexity",
    "slope-growth",
    "strict-minimum",
    "tensor-constant",
    "zero-loss-convergence",
    "zhong-rho",
)


def _sample():
    """The smallest accepted and the smallest rejected file of each of these kinds."""
    found = []
    for kind in _QUICK_KINDS:
        for outcome, count in (("accepted", 1), ("rejected", 1)):
            files = sorted((CORPUS / outcome / kind).glob("*.cert.json"), key=lambda path: path.stat().st_size)
            found += files[:count]
    return found


SAMPLE = _sample()

_ALONE = """
import base64, os, pickle, sys
import numpy
from certificates import check
verdicts = {}
for path in PATHS:
    reader, writer = os.pipe()
    if not os.fork():  # a process that has judged nothing
        with os.fdopen(writer, "wb") as pipe:
            pickle.dump(check(path), pipe)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        verdicts[path] = pipe.read()
    os.wait()
print(base64.b64encode(pickle.dumps(verdicts)).decode())
"""


def judged_alone(paths, setting="", **environment):
    if not hasattr(os, "fork"):
        pytest.skip("no fork on this system")
    script = setting + _ALONE.replace("PATHS", repr([str(path) for path in paths]))
    printed = run_python(script, PYTHONHASHSEED="1", **environment)
    return {Path(path): pickle.loads(verdict) for path, verdict in pickle.loads(base64.b64decode(printed)).items()}


@pytest.fixture(scope="module")
def alone():
    return judged_alone(SAMPLE)


def _differing(alone):
    return [path.name for path in list(alone)[::2] if check(path) != alone[path]]


def test_what_was_judged_before_changes_nothing(alone):
    assert {verdict.outcome for verdict in alone.values()} >= {"accepted", "rejected"}
    paths = list(alone)
    random.Random(3).shuffle(paths)
    first = {path: check(path) for path in paths}
    again = {path: check(path) for path in reversed(paths)}
    assert first == alone
    assert again == alone


@contextmanager
def _flint(**settings):
    before = {name: getattr(ctx, name) for name in settings}
    try:
        for name, value in settings.items():
            setattr(ctx, name, value)
        yield
        assert {name: getattr(ctx, name) for name in settings} == settings
    finally:
        for name, value in before.items():
            setattr(ctx, name, value)


@contextmanager
def _warnings_are_errors():
    with warnings.catch_warnings(), np.errstate(all="warn"):
        warnings.simplefilter("error")
        yield


@contextmanager
def _small_limits():
    digits, frames = sys.get_int_max_str_digits(), sys.getrecursionlimit()
    try:
        sys.set_int_max_str_digits(640)
        sys.setrecursionlimit(len(_stack()) + 60)
        yield
    finally:
        sys.set_int_max_str_digits(digits)
        sys.setrecursionlimit(frames)


def _stack():
    frame, frames = sys._getframe(), []
    while frame is not None:
        frames.append(frame)
        frame = frame.f_back
    return frames


HOSTS = {
    "numpy raises": lambda: np.errstate(all="raise"),
    "numpy calls": lambda: np.errstate(all="call", call=lambda *_: 1 / 0),
    "warnings are errors": _warnings_are_errors,
    "20 bits": lambda: _flint(prec=20),
    "10,000 bits": lambda: _flint(prec=10_000),
    "300 digits": lambda: _flint(dps=300),
    "series of 2": lambda: _flint(cap=2),
    "two threads of FLINT": lambda: _flint(threads=2),
    "unicode balls": lambda: _flint(unicode=True, pretty=False),
    "decimals trap": lambda: decimal.localcontext(
        decimal.Context(prec=2, rounding=decimal.ROUND_UP, Emax=3, Emin=-3, traps=list(decimal.Context().flags))
    ),
    "small limits": _small_limits,
}


@pytest.mark.parametrize("host", HOSTS)
def test_what_the_host_has_set_changes_nothing(alone, host):
    with HOSTS[host]():
        assert not _differing(alone)


@pytest.mark.slow
def test_decimal_commas_change_nothing(tmp_path, alone):
    maker, made = shutil.which("localedef"), tmp_path / "de_DE.UTF-8"
    if maker:
        subprocess.run([maker, "-i", "de_DE", "-f", "UTF-8", str(made)], capture_output=True, check=False)
    if not made.exists():
        pytest.skip("no locale with decimal commas can be made here")
    setting = "import locale\nlocale.setlocale(locale.LC_ALL, 'de_DE.UTF-8')\nassert locale.str(0.5) == '0,5'\n"
    found = judged_alone(list(alone)[::3], setting, LOCPATH=str(tmp_path))
    assert found == {path: alone[path] for path in found}


def test_verdicts_of_eight_threads_are_those_of_one(alone):
    before, found, lock = (ctx.prec, ctx.cap, np.geterr()), [], threading.Lock()

    def judge(seed):
        paths = list(alone)
        random.Random(seed).shuffle(paths)
        for path in paths[:6]:
            verdict = check(path)
            with lock:
                found.append((path, verdict))

    threads = [threading.Thread(target=judge, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 48
    assert all(verdict == alone[path] for path, verdict in found)
    assert (ctx.prec, ctx.cap, np.geterr()) == before


@pytest.mark.slow
def test_the_whole_corpus_in_any_order():
    paths = [path for outcome in ("accepted", "rejected") for path in sorted((CORPUS / outcome).rglob("*.cert.json"))]
    alone = judged_alone(paths)
    random.Random(4).shuffle(paths)
    assert {path: check(path) for path in paths} == alone


# ---- processor modes ----------------------------------------------------------------------------------------------

ACTIVATION = SAMPLE[0]
NETWORK = CORPUS / "accepted" / "zero-loss-convergence" / "one-hidden-layer.cert.json"


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("arithmetic", ["fast", "arb"])
@pytest.mark.parametrize("path", [ACTIVATION, NETWORK], ids=["activation", "network"])
def test_another_processor_mode_is_refused_and_undone(mode, arithmetic, path):
    verdict = check(path, arithmetic=arithmetic)
    with processor_mode(mode), pytest.raises(UnsoundPlatform):
        check(path, arithmetic=arithmetic)
    assert check(path, arithmetic=arithmetic) == verdict


def test_not_a_byte_is_decoded_in_another_mode():
    with processor_mode("flush"), pytest.raises(UnsoundPlatform):
        check_bytes(b"this is no certificate")
    with processor_mode("flush"), pytest.raises(UnsoundPlatform):
        check("there is no such file")


@pytest.mark.parametrize("arithmetic", ["fast", "arb"])
def test_a_mode_set_while_the_rule_works_is_refused(monkeypatch, arithmetic):
    from certificates import judge
    from certificates.kinds import find

    require_library()
    kind = find("zero-loss-convergence")

    def careless(*args):
        verdict = kind.decide(*args)
        set_mode("flush")
        return verdict

    monkeypatch.setattr(judge, "find", lambda _: replace(kind, decide=careless))
    with processor_mode(""), pytest.raises(UnsoundPlatform):
        check(NETWORK, arithmetic=arithmetic)


def test_a_thread_of_elementary_functions_in_another_mode_is_refused(monkeypatch):
    from concurrent.futures import ThreadPoolExecutor
    from functools import partial

    require_library()
    gelu = next((CORPUS / "accepted" / "zero-loss-convergence").glob("*gelu*.cert.json"))
    assert isinstance(check(gelu), Accepted)
    monkeypatch.setattr(elementary, "_WORTH_A_THREAD", 1)
    monkeypatch.setattr(elementary, "_workers", lambda: 2)
    assert isinstance(check(gelu), Accepted)
    spoilt = partial(ThreadPoolExecutor, initializer=set_mode, initargs=("flush",))
    monkeypatch.setattr("concurrent.futures.ThreadPoolExecutor", spoilt)
    with pytest.raises(UnsoundPlatform):
        check(gelu)


def test_the_command_says_so_in_one_line(capsys):
    with processor_mode("flush"):
        code = main(["check", str(NETWORK)])
    assert code == 3
    said = capsys.readouterr()
    assert said.out == "" and said.err.startswith("error: platform self-test: subnormal") and said.err.count("\n") == 1


def test_a_stream_without_mathematical_letters_takes_the_verdict(monkeypatch):
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="strict")
    monkeypatch.setattr(sys, "stdout", stream)
    assert main(["check", str(ACTIVATION)]) == 0
    stream.flush()
    assert b"accepted: " in stream.buffer.getvalue() and b"\\u" in stream.buffer.getvalue()
