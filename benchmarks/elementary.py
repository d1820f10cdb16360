"""exp, tanh and erf with proven bounds beside numpy's and scipy's functions, on 10⁷ numbers N(0, 10²).

Run: ``python -m benchmarks.elementary``
"""

from __future__ import annotations

import os
import time

import numpy as np
from scipy.special import erf

from benchmarks.timing import in_turns, median_seconds, report
from certificates.arithmetic import elementary


def main(count: int = 10**7) -> None:
    """Time both on the same numbers: on one processor in turns, and as the judge calls them."""
    x = np.random.default_rng(0).normal(size=count) * 10
    pairs = {"exp": (elementary.exp, np.exp), "tanh": (elementary.tanh, np.tanh), "erf": (elementary.erf, erf)}
    processors = os.sched_getaffinity(0)
    for name, (ours, theirs) in pairs.items():
        os.sched_setaffinity(0, {min(processors)})
        times = in_turns(lambda f=ours: f(x), lambda f=theirs: f(x), clock=time.thread_time)
        os.sched_setaffinity(0, processors)
        report(f"{name}, {count:,} numbers, one thread", *times, "ufunc")
        mine = median_seconds(lambda f=ours: f(x))
        report(f"{name}, {count:,} numbers", mine, median_seconds(lambda f=theirs: f(x)), "ufunc")


if __name__ == "__main__":
    main()
