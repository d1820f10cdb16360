"""Medians of several runs after a warm-up, and one line a comparison."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["MEASURED", "SAID", "Row", "in_turns", "median_seconds", "report", "say"]


@dataclass(frozen=True)
class Row:
    """One comparison.

    Parameters
    ----------
    title, peer, note
        What was timed, beside what, and what else is known of it.
    ours, theirs
        Seconds.
    """

    title: str
    ours: float
    theirs: float
    peer: str
    note: str

    @property
    def ratio(self) -> float:
        """Ours over theirs: what holds on other machines."""
        return self.ours / self.theirs


MEASURED: list[Row] = []  # what this process has compared, in order
SAID: list[str] = []  # and what it found without a peer


def median_seconds(
    call: Callable[[], object], runs: int = 5, *, clock: Callable[[], float] = time.perf_counter
) -> float:
    """Median time of ``runs`` calls after one that is not counted.

    The clock is the wall's; ``time.process_time`` suits short calls in one thread on a machine with other work.
    """
    call()
    times = []
    for _ in range(runs):
        start = clock()
        call()
        times.append(clock() - start)
    return statistics.median(times)


def in_turns(
    ours: Callable[[], object],
    theirs: Callable[[], object],
    runs: int = 9,
    *,
    clock: Callable[[], float] = time.perf_counter,
) -> tuple[float, float]:
    """Median times of two calls after one of each that is not counted, in turns: what else goes on delays both."""
    times: dict[Callable[[], object], list[float]] = {ours: [], theirs: []}
    for run in range(runs + 1):
        for call, measured in times.items():
            start = clock()
            call()
            if run:
                measured.append(clock() - start)
    return statistics.median(times[ours]), statistics.median(times[theirs])


def report(title: str, ours: float, theirs: float, peer: str, note: str = "") -> None:
    """Print ours, the peer's and the ratio, and keep them in :data:`MEASURED`."""
    row = Row(title, ours, theirs, peer, note)
    MEASURED.append(row)
    sys.stdout.write(f"{title}: {ours:.3g} s, {peer} {theirs:.3g} s, ratio {row.ratio:.2f}  {note}\n")
    sys.stdout.flush()


def say(finding: str) -> None:
    """Print what has no peer, and keep it in :data:`SAID`."""
    SAID.append(finding)
    sys.stdout.write(f"{finding}\n")
    sys.stdout.flush()
