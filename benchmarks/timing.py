"""Medians of several runs after a warm-up, and one line a comparison."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

__all__ = ["median_seconds", "report"]


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


def report(title: str, ours: float, theirs: float, peer: str, note: str = "") -> None:
    """Print ours, the peer's and the ratio."""
    sys.stdout.write(f"{title}: {ours:.3f} s, {peer} {theirs:.3f} s, ratio {ours / theirs:.2f}  {note}\n")
    sys.stdout.flush()
