"""Medians of several runs after a warm-up, and one line a comparison."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

__all__ = ["median_seconds", "report"]


def median_seconds(call: Callable[[], object], runs: int = 5) -> float:
    """Median wall time of ``runs`` calls after one that is not counted."""
    call()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def report(title: str, ours: float, theirs: float, peer: str, note: str = "") -> None:
    """Print ours, the peer's and the ratio."""
    sys.stdout.write(f"{title}: {ours:.3f} s, {peer} {theirs:.3f} s, ratio {ours / theirs:.2f}  {note}\n")
    sys.stdout.flush()
