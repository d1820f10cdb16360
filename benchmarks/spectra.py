"""A proven λ_min at n = 2,000 beside ``numpy.linalg.eigvalsh``.

Run: ``python -m benchmarks.spectra``
"""

from __future__ import annotations

import numpy as np

from benchmarks.timing import median_seconds, report
from certificates.arithmetic.arb import precision
from certificates.arithmetic.ball_matrix import BallMatrix


def main(size: int = 2_000) -> None:
    """Time both on a Gram matrix."""
    factor = np.random.default_rng(0).normal(size=(size, 2 * size))
    matrix = factor @ factor.T
    smallest = float(np.linalg.eigvalsh(matrix)[0])
    ball = BallMatrix.from_exact(matrix)
    with precision(128):
        ours = median_seconds(lambda: ball.smallest_eigenvalue(smallest * (1 - 2.0**-22)))
    theirs = median_seconds(lambda: np.linalg.eigvalsh(matrix))
    report(f"proven λ_min, n={size:,}", ours, theirs, "eigvalsh")


if __name__ == "__main__":
    main()
