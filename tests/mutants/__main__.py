"""``python -m tests.mutants [ROOM ...]``: which single faults in the judge do its tests see?

Rooms: ``theorems``, ``rules``, ``arithmetic`` (every mutant), ``sample`` (800 of the rest, by a seeded hash). State is
kept under ``build/mutants``; a run can be stopped at any time and goes on where it was. A result belongs to the code
of the function that holds the fault; survivors are tried again when a test file that might see them has changed.

A mutant is *killed* when a test fails or the process crashes, *timeout* (counted as killed) when it uses ten times the
processor time of its tests. Score = (killed + timeout) / (all − justified as equivalent in ``justified.toml``).
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import json
import os
import sys
import time
import tomllib
from collections import Counter, defaultdict
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
STATE = ROOT / "build" / "mutants"
ROOMS = ("theorems", "rules", "arithmetic", "sample")
_FOLDERS = {"theorems": "theorems", "rules": "rules", "checks": "rules", "arithmetic": "arithmetic"}
SAMPLE = 800
_LIBRARIES = (
    *("numpy", "flint", "safetensors.numpy", "scipy.integrate", "scipy.optimize", "scipy.special", "scipy.stats"),
    *("sympy", "mpmath", "cvxpy", "typer", "hypothesis", "pytest"),
)
ALIVE = ("survived", "uncovered", "unpatchable")


def main() -> None:
    """Measure the tests, run what is open, print the score of each room."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants")
    parser.add_argument("rooms", nargs="*", default=list(ROOMS))
    parser.add_argument("--only", default="", help="only files whose path contains this")
    parser.add_argument("--seconds", type=float, default=15.0, help="of tests for one mutant (default %(default)s)")
    parser.add_argument("--survivors", action="store_true", help="only those that survived")
    parser.add_argument("--report", action="store_true", help="print the survivors, run nothing")
    arguments = parser.parse_args()
    STATE.mkdir(parents=True, exist_ok=True)
    plan = Plan(arguments.rooms, arguments.only, arguments.seconds)
    if arguments.survivors:
        plan.rooms = {room: [m for m in plan.rooms[room] if plan.survived(m)] for room in plan.rooms}
    if not arguments.report:
        _preload()
        plan.measure()
        plan.run()
    plan.print_scores()


def _preload() -> None:
    """Import what tests and judge need, and nothing of the judge."""
    for name in _LIBRARIES:
        importlib.import_module(name)
    if any(name.split(".")[0] == "certificates" for name in sys.modules):
        raise SystemExit("the judge is imported already: its faults would not be seen")
    os.nice(19 - os.nice(0))


class Plan:
    """Mutants, tests and results."""

    def __init__(self, rooms: list[str], only: str, most: float) -> None:
        from tests.mutants.listing import mutants_of

        self.most = most
        paths = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("certificates/**/*.py"))
        self.rooms: dict[str, list[Any]] = defaultdict(list)
        for path in paths:
            room = _FOLDERS.get(path.split("/")[1], "sample")
            if room in rooms:
                self.rooms[room] += mutants_of(path, ROOT)
        self.listed = dict(self.rooms)
        if "sample" in rooms:
            self.rooms["sample"] = sorted(self.rooms["sample"], key=lambda m: _seeded(m.key))[:SAMPLE]
        for room in self.rooms:
            self.rooms[room] = [m for m in self.rooms[room] if only in m.path]
        self.results = self._renamed(_results())
        text = (Path(__file__).parent / "justified.toml").read_text(encoding="utf-8")
        entries = tomllib.loads(text).get("equivalent", [])
        self.justified: dict[str, str] = self._renamed({e["key"]: e["reason"] for e in entries})
        self.profile: dict[str, Any] = {}
        self.killers: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        for mutant in (m for mutants in self.rooms.values() for m in mutants if m.key in self.results):
            self.killers[mutant.path, mutant.scope][self.results[mutant.key]["by"]] += 1

    def _renamed(self, entries: dict[str, Any]) -> dict[str, Any]:
        """Keys that still hold the path in the place of those that do not."""
        names = {m.old_key: m.key for mutants in self.rooms.values() for m in mutants}
        return {names.get(key, key): entry for key, entry in entries.items()}

    def survived(self, mutant: Any) -> bool:
        """Whether it is alive, as far as is known."""
        return mutant.key in self.results and self.results[mutant.key]["outcome"] in ALIVE

    # ---- tests ------------------------------------------------------------------------------------------------

    def measure(self) -> None:
        """Profile the test files that are new or changed, ten at a time."""
        from tests.mutants.profile import Profiler, digest, judge_files, load
        from tests.mutants.runner import OPTIONS, in_child

        known = judge_files(ROOT)
        self.profile = {name: entry for name, entry in load(STATE).items() if name in known}
        stale = [n for n in known if self.profile.get(n, {}).get("digest") != digest(ROOT / n)]
        for start in range(0, len(stale), 10):
            files = stale[start : start + 10]

            def work(_: int, files: list[str] = files) -> int:
                import pytest

                found = load(STATE)
                for name in files:
                    found.setdefault(name, {"tests": {}})["digest"] = digest(ROOT / name)
                return pytest.main([*OPTIONS, *files], plugins=[Profiler(ROOT, STATE, found)])

            print(f"profiling {start + len(files)} of {len(stale)} test files", *in_child(work, 3600.0), flush=True)
        stored = load(STATE)
        self.profile = {name: entry for name, entry in stored.items() if name in known}
        self.seconds = {n: t["seconds"] for e in self.profile.values() for n, t in e["tests"].items()}
        self.by_function: dict[str, list[str]] = defaultdict(list)
        for entry in self.profile.values():
            for name, test in entry["tests"].items():
                for function in test["functions"]:
                    self.by_function[function].append(name)
        self.by_code: dict[str, list[str]] = defaultdict(list)
        for function, code in stored.get("codes", {}).items():
            self.by_code[code] += self.by_function.get(function, [])

    def choose(self, mutant: Any) -> list[str]:
        """Tests that run the function, killers of its other mutants first, then its own file's, then the fastest."""
        names = set(self.by_function.get(f"{mutant.path}:{mutant.scope}") or self.by_code.get(mutant.code, []))
        if mutant.at_import or not names:
            names = {n for f, tests in self.by_function.items() if f.startswith(f"{mutant.path}:") for n in tests}
        own = f"/test_{Path(mutant.path).stem.lstrip('_')}.py"
        killers = self.killers[mutant.path, mutant.scope]

        seen: Counter[str] = Counter()  # cases of one test resemble one another: the first of each before the second

        def rank(name: str) -> tuple[float, str]:
            near = 0.2 if own in name or name.startswith(mutant.path) else 1.0
            seen[name.split("[")[0]] += 1
            cost = (self.seconds[name] + 0.01) * seen[name.split("[")[0]] ** 2
            return cost * near / (1 + 5 * killers[name]), name

        chosen, total = [], 0.0
        for name in sorted(sorted(names, key=lambda name: (self.seconds[name], name)), key=rank):
            total += self.seconds[name]
            if chosen and total > self.most:
                break
            chosen.append(name)
        return chosen

    def limit(self, names: list[str]) -> float:
        """Seconds of processor time for a mutant: ten times what its tests need."""
        return 5.0 + 10 * sum(sorted(self.seconds[n] for n in names)[-5:]) + 2 * sum(self.seconds[n] for n in names)

    # ---- mutants ----------------------------------------------------------------------------------------------

    def open(self, *, imported: bool) -> list[Any]:
        """Mutants without a result, and survivors whose tests have changed: of functions, or of what import runs."""
        found, mutants = [], [m for room in ROOMS for m in self.rooms.get(room, [])]
        for mutant in sorted(mutants, key=lambda m: _seeded(m.key)):  # the part that is done is a fair sample
            result = self.results.get(mutant.key, {"outcome": "open", "tests": None})
            if mutant.key in self.justified and mutant.key in self.results:
                continue
            again = result["outcome"] not in ("killed", "timeout") and result["tests"] != self._tests(mutant)
            fresh = mutant.at_import or result["outcome"] == "unpatchable"
            found += [mutant] if fresh == imported and (again or result["outcome"] == "unpatchable") else []
        return found

    def _tests(self, mutant: Any) -> str:
        files = sorted({name.split("::")[0] for name in self.choose(mutant)})
        return hashlib.sha256("".join(self.profile[f]["digest"] for f in files).encode()).hexdigest()[:16]

    def note(self, mutant: Any, outcome: str, killer: str, seconds: float) -> None:
        """Append a result to the state; remember what killed."""
        alive = outcome in ALIVE
        result = {"key": mutant.key, "outcome": outcome, "by": killer, "seconds": round(seconds, 2)}
        result |= {"tests": self._tests(mutant) if alive else ""}
        with (STATE / "results.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(result) + "\n")
        self.results[mutant.key] = result
        self.killers[mutant.path, mutant.scope][killer] += 1
        if alive or len(self.results) % 100 == 0:
            print(f"{outcome} {seconds:.1f} s  {mutant.path}:{mutant.line}  {mutant.text}", flush=True)

    def distrust(self, name: str) -> None:
        """Forget the kills of a test that fails by itself."""
        print(f"fails without a fault: {name}", flush=True)
        with (STATE / "results.jsonl").open("a", encoding="utf-8") as file:
            for result in self.results.values():
                if result["by"] == name:
                    file.write(json.dumps(result | {"outcome": "open", "by": ""}) + "\n")

    def run(self) -> None:
        """Everything that is open."""
        from tests.mutants.runner import fresh, in_child, warm_session

        child = os.fork()  # the warm process imports the judge; this one never does
        if child == 0:
            warm_session(list(self.profile), self.open(imported=False), ROOT, self)
            os._exit(0)
        os.waitpid(child, 0)
        self.results = self._renamed(_results())
        for mutant in self.open(imported=True):
            start, names = time.monotonic(), self.choose(mutant)
            outcome = (
                in_child(partial(fresh, mutant, ROOT, names), 30 + self.limit(names)) if names else ("uncovered", "")
            )
            self.note(mutant, *outcome, time.monotonic() - start)

    def print_scores(self) -> None:
        """Survivors that nobody justified, one line a room, and reasons whose code has changed since."""
        for room, mutants in self.rooms.items():
            counts: Counter[str] = Counter()
            for m in mutants:
                outcome = self.results.get(m.key, {"outcome": "open"})["outcome"]
                outcome = "equivalent" if outcome in ALIVE and m.key in self.justified else outcome
                counts[outcome] += 1
                if outcome in ALIVE:
                    print(f"{m.key} {m.path}:{m.line} [{m.scope}] {m.text} ({outcome})")
            killed, asked = counts["killed"] + counts["timeout"], len(mutants) - counts["equivalent"] - counts["open"]
            print(
                f"{room}: {len(mutants)} mutants, {dict(counts)}; score {killed}/{asked} = {killed / max(asked, 1):.1%}"
            )
        void = self.justified.keys() - {m.key for mutants in self.listed.values() for m in mutants}
        if set(ROOMS) <= self.listed.keys() and void:
            print("justified.toml, of code that has changed:", *sorted(void))


def _seeded(key: str) -> str:
    return hashlib.sha256(f"2026:{key}".encode()).hexdigest()


def _results() -> dict[str, dict[str, Any]]:
    path = STATE / "results.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return {result["key"]: result for result in map(json.loads, lines)}


if __name__ == "__main__":
    main()
