"""exp, tanh and erf with proven bounds beside numpy's and scipy's functions, on 10⁷ numbers N(0, 10²).

Run: ``python -m benchmarks.elementary``
"""

from __future__ import annotations

import numpy as np
from scipy.special import erf

from benchmarks.timing import median_seconds, report
from certificates.arithmetic import elementary


def main(count: int = 10**7) -> None:
    """Time both on the same numbers."""
    x = np.random.default_rng(0).normal(size=count) * 10
    pairs = {"exp": (elementary.exp, np.exp), "tanh": (elementary.tanh, np.tanh), "erf": (elementary.erf, erf)}
    for name, (ours, theirs) in pairs.items():
        mine = median_seconds(lambda f=ours: f(x))
        report(f"{name}, {count:,} numbers", mine, median_seconds(lambda f=theirs: f(x)), "ufunc")


if __name__ == "__main__":
    main()
