"""Which functions of the judge each test runs, and how long it takes: measured once for each test file."""

from __future__ import annotations

import functools
import gc
import hashlib
import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pytest

from tests.mutants.listing import codes_of

__all__ = ["Profiler", "load", "judge_files"]


def judge_files(root: Path) -> list[str]:
    """The judge's own tests, and its modules for their examples."""
    places = (
        "tests/certificates/**/test_*.py",
        "tests/truth/test_*.py",
        "tests/campaigns/test_*.py",
        "certificates/**/*.py",
    )
    found = [path for place in places for path in root.glob(place)]
    return sorted(str(path.relative_to(root)) for path in found)


def digest(path: Path) -> str:
    """The file's content in short."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def load(state: Path) -> dict[str, Any]:
    """{test file: {"digest", "tests": {node: {"seconds", "functions"}}}}, and "codes": {function: digest}."""
    path = state / "profile.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


class Profiler:
    """A pytest plugin that notes calls into ``certificates`` and times, fixtures shared by a module included."""

    def __init__(self, root: Path, state: Path, found: dict[str, Any]) -> None:
        self.root, self.state, self.found = root, state, found
        self.prefix = str(root / "certificates")
        self.touched: set[CodeType] = set()
        self.fixtures: dict[tuple[str, str], tuple[float, set[CodeType]]] = {}
        self.seconds, self.passed = 0.0, True
        self.caches: list[Any] = []
        self.files: dict[str, dict[str, Any]] = defaultdict(dict)

    def _trace(self, frame: FrameType, event: str, arg: object) -> None:
        code = frame.f_code
        if code not in self.touched and code.co_filename.startswith(self.prefix):
            self.touched.add(code)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """In a changed file, tests that were measured before keep what was found."""
        for name in {str(item.path.relative_to(self.root)) for item in items}:
            here = {item.nodeid for item in items if item.nodeid.startswith(f"{name}::")}
            known = self.found.get(name, {"tests": {}})["tests"]
            self.files[name] = {node: test for node, test in known.items() if node in here}
        items[:] = [i for i in items if i.nodeid not in self.files[str(i.path.relative_to(self.root))]]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Iterator[None]:
        """Functions with a memory are emptied before each test: otherwise only the first would be seen to call them."""
        self.caches = [o for o in gc.get_objects() if isinstance(o, functools._lru_cache_wrapper)]
        result = yield
        for name, tests in self.files.items():
            self.found[name] = {"digest": digest(self.root / name), "tests": tests}
        for path in self.root.glob("certificates/**/*.py"):
            name = str(path.relative_to(self.root))
            self.found.setdefault("codes", {}).update(
                {f"{name}:{function}": code for function, code in codes_of(name, self.root).items()}
            )
        (self.state / "profile.json").write_text(json.dumps(self.found), encoding="utf-8")
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any, request: Any) -> Iterator[None]:
        """What a shared fixture runs is run for each test that asks for it."""
        outer, self.touched = self.touched, set()
        start = time.process_time()
        try:
            return (yield)
        finally:
            if fixturedef.scope != "function":
                key = (str(request.node.path), fixturedef.argname)
                self.fixtures[key] = (time.process_time() - start, self.touched)
                self.seconds -= time.process_time() - start
            self.touched = outer | self.touched

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: object) -> Iterator[None]:
        """Trace one test."""
        for cache in self.caches:
            if str(getattr(cache, "__module__", "")).startswith("certificates"):
                cache.cache_clear()
        sys.modules["certificates.memory"].forget()
        self.touched, self.passed = set(), True
        self.seconds = -time.process_time()
        sys.settrace(self._trace)  # type: ignore[arg-type]
        try:
            result = yield
        finally:
            sys.settrace(None)
        self.seconds += time.process_time()
        touched, seconds = set(self.touched), max(self.seconds, 0.0)
        for name in getattr(item, "fixturenames", []):
            more, codes = self.fixtures.get((str(item.path), name), (0.0, set()))
            touched, seconds = touched | codes, seconds + more
        functions = sorted({f"{Path(c.co_filename).relative_to(self.root)}:{_outer(c)}" for c in touched})
        tests = self.files[str(item.path.relative_to(self.root))]
        if self.passed:
            tests[item.nodeid] = {"seconds": round(seconds, 4), "functions": functions}
        return result

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A test that fails, or is skipped, without any fault shows nothing."""
        self.passed = self.passed and report.passed


def _outer(code: CodeType) -> str:
    return code.co_qualname.split(".<locals>")[0]
