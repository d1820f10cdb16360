"""Run mutants: one forked process each, on the functions' own tests, the likeliest first."""

from __future__ import annotations

import gc
import importlib.machinery
import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import pytest

from tests.mutants.listing import Mutant

__all__ = ["OPTIONS", "fresh", "in_child", "warm_session"]

# libraries are imported before pytest can rewrite their assertions, which nobody here asks for
OPTIONS = ["-q", "-s", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning"]
_MEMORY = 4 * 2**30
KILLED, TIMEOUT, SURVIVED, UNCOVERED, UNPATCHABLE = "killed", "timeout", "survived", "uncovered", "unpatchable"
_CODES = {0: SURVIVED, 1: KILLED, 2: KILLED, 3: UNPATCHABLE, 4: UNPATCHABLE, 5: UNCOVERED}


def in_child(work: Callable[[int], int], seconds: float) -> tuple[str, str]:
    """(outcome, the killing test) of ``work`` in a fork that may use so many seconds of processor time."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.setpgid(0, 0)
        null = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(null, stream)
        resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 2))
        resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY, _MEMORY))
        code = 3  # an error of the tester itself is no kill
        with suppress(BaseException):
            code = work(writing)
        os._exit(code)
    os.close(writing)
    status, deadline = None, time.monotonic() + 30 + 10 * seconds  # of waiting: a fault may sleep
    while status is None:
        time.sleep(0.002)
        done, found = os.waitpid(child, os.WNOHANG)
        status = found if done else None
        if status is None and time.monotonic() > deadline:
            os.kill(child, signal.SIGKILL)
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)  # what a test left running
    name = os.read(reading, 4096).decode()
    os.close(reading)
    if os.WIFSIGNALED(status):
        crashed = os.WTERMSIG(status) in (signal.SIGABRT, signal.SIGSEGV, signal.SIGFPE)
        return (KILLED if crashed else TIMEOUT), name
    return _CODES.get(os.WEXITSTATUS(status), KILLED), name


class _Watch:
    """Ends the process at the first failure, and tells which test it was."""

    def __init__(self, writing: int) -> None:
        self.writing = writing

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            os.write(self.writing, report.nodeid.encode()[:4000])
            os._exit(1)


def warm_session(files: list[str], mutants: list[Mutant], root: Path, plan: Any) -> None:
    """Collect the tests once, then fork for each mutant and exchange the code of the live functions.

    In the end each test that killed must pass without any fault: else its kills do not count.
    """

    class Server:
        def pytest_runtestloop(self, session: pytest.Session) -> bool:
            items = {item.nodeid: item for item in session.items}
            live = _live_functions(str(root / "certificates"))
            gc.freeze()
            for mutant in mutants:
                names = [name for name in plan.choose(mutant) if name in items]
                chosen, start = [items[name] for name in names], time.monotonic()
                work = partial(_run_warm, mutant, root, live, session, chosen, plan.seconds)
                outcome = in_child(work, plan.limit(names)) if chosen else (UNCOVERED, "")
                plan.note(mutant, *outcome, time.monotonic() - start)
            for name in sorted({name for killers in plan.killers.values() for name in killers} & set(items)):
                work = partial(_run_warm, None, root, live, session, [items[name]], plan.seconds)
                if in_child(work, plan.limit([name]))[0] != SURVIVED:
                    plan.distrust(name)
            return True

    pytest.main([*OPTIONS, *files], plugins=[Server()])


def _run_warm(
    mutant: Mutant | None,
    root: Path,
    live: Any,
    session: pytest.Session,
    chosen: list[pytest.Item],
    seconds: Any,
    writing: int,
) -> int:
    if mutant and not _exchange(mutant, root, live):
        return 3
    session.config.pluginmanager.register(_Watch(writing))
    for item, following in zip(chosen, [*chosen[1:], None], strict=True):
        most = int(time.process_time() + 3 + 8 * seconds[item.nodeid])
        resource.setrlimit(resource.RLIMIT_CPU, (most, resource.getrlimit(resource.RLIMIT_CPU)[1]))
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
    return 0


Place = tuple[str, str, int, int]


def _place(code: CodeType) -> Place:
    columns = [p[2] for p in code.co_positions() if p[0] == code.co_firstlineno and p[2] is not None]
    column = min((c for c in columns if c), default=0) if code.co_name == "<lambda>" else 0
    return code.co_filename, code.co_qualname, code.co_firstlineno, column


def _live_functions(prefix: str) -> dict[Place, list[FunctionType]]:
    found: dict[Place, list[FunctionType]] = {}
    for function in gc.get_objects():
        if isinstance(function, FunctionType) and function.__code__.co_filename.startswith(prefix):
            found.setdefault(_place(function.__code__), []).append(function)
    return found


def _codes(code: CodeType) -> dict[Place, CodeType]:
    found = {_place(code): code}
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            found.update(_codes(inner))
    return found


def _exchange(mutant: Mutant, root: Path, live: dict[Place, list[FunctionType]]) -> bool:
    """Give all live functions with another code their new one; every name that refers to them sees the fault."""
    path = root / mutant.path
    old = _codes(compile(path.read_text(encoding="utf-8"), str(path), "exec", dont_inherit=True))
    new = _codes(compile(mutant.module(root), str(path), "exec", dont_inherit=True))
    count = 0
    for place, code in new.items():
        if code != old.get(place) and code.co_name != "<module>":
            for function in live.get(place, []):
                function.__code__ = code
                count += 1
    return count > 0


def fresh(mutant: Mutant, root: Path, names: list[str], writing: int) -> int:
    """Import the judge anew with the fault, in a process that has not imported it; then run the tests."""
    path = str(root / mutant.path)
    code = compile(mutant.module(root), path, "exec", dont_inherit=True)
    original = importlib.machinery.SourceFileLoader.get_code

    def get_code(self: Any, fullname: str) -> Any:
        return code if self.path == path else original(self, fullname)

    importlib.machinery.SourceFileLoader.get_code = get_code  # type: ignore[method-assign]
    wanted = {name: place for place, name in enumerate(names)}

    class Chosen:
        def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
            items[:] = sorted((i for i in items if i.nodeid in wanted), key=lambda item: wanted[item.nodeid])

    files = sorted({name.split("::")[0] for name in names})
    sys.dont_write_bytecode = True
    # not rewritten: pytest reads the files of its plugins itself, hence the whole judge, past the loader above
    return pytest.main([*OPTIONS, "--assert=plain", *files], plugins=[Chosen(), _Watch(writing)])
