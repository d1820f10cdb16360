"""A fuzzer of ball arithmetic that climbs: ``python -m tests.campaigns.ball_arithmetic --evaluations 1e7 --seed 1``.

An evaluation is one operation at one choice of points of its operands. The state of an interrupted search is kept, and
the same command goes on from there.
"""

from __future__ import annotations

import argparse
import math
import pickle
import time
from pathlib import Path

from tests.campaigns.climbing import Search
from tests.campaigns.comparison import Arrays
from tests.campaigns.matrices import Matrices
from tests.campaigns.operations import EXACT
from tests.campaigns.planted import SOUND

__all__ = ["main", "resumed", "search_on"]

_EVERY = 500  # rounds between saves
_SHARE = {"arrays": 0.8, "matrices": 0.2}


def resumed(path: Path, seed: int) -> list[Search]:
    """The searches that were saved with this seed, or new ones."""
    if path.exists():
        saved: list[Search] = pickle.loads(path.read_bytes())
        if saved[0].seed == seed:
            return saved
    return [Search(Arrays(), seed), Search(Matrices(), seed)]


def search_on(searches: list[Search], evaluations: float, path: Path, until: float = math.inf) -> None:
    """Search in all rooms until so many evaluations are done in all, or until a monotonic time."""
    while sum(s.evaluations for s in searches) < evaluations and time.monotonic() < until:
        for state in searches:
            goal = _SHARE[state.room.name] * evaluations
            for _ in range(_EVERY):
                if state.evaluations >= goal or time.monotonic() >= until:
                    break
                state.round(SOUND)
        _save(path, searches)


def _save(path: Path, searches: list[Search]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_bytes(pickle.dumps(searches))
    part.replace(path)


def main(arguments: list[str] | None = None) -> int:
    """Search until so many evaluations are done, in all runs with this seed; 1 if anything was violated."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--evaluations", type=float, default=1e7, help="in all runs together")
    parser.add_argument("--minutes", type=float, default=math.inf, help="of this run")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--state", type=Path, default=Path("build/campaigns/ball_arithmetic.pickle"), help="to resume")
    options = parser.parse_args(arguments)
    searches = resumed(options.state, options.seed)
    search_on(searches, options.evaluations, options.state, time.monotonic() + 60 * options.minutes)
    for state in searches:
        print(state.report(EXACT))  # noqa: T201 - a command
    return int(any(state.violations for state in searches))


if __name__ == "__main__":
    raise SystemExit(main())
