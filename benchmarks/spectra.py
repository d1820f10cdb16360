"""Proven λ_min beside ``numpy.linalg.eigvalsh``: large, small, and at condition 10¹².

Run: ``python -m benchmarks.spectra``
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from benchmarks.timing import in_turns, report
from certificates.arithmetic.arb import lower, precision
from certificates.arithmetic.ball_matrix import BallMatrix


def ill_conditioned(size: int = 1_024, smallest: int = -40) -> NDArray[np.float64]:
    """HDH/n, H of Hadamard, D of multiples of λ_min = 2⁻⁴⁰ up to 1: exact in binary64."""
    hadamard = np.ones((1, 1))
    while len(hadamard) < size:
        hadamard = np.block([[hadamard, hadamard], [hadamard, -hadamard]])
    units = np.random.default_rng(0).integers(2 ** (-smallest - 9), 2**-smallest, size=size).astype(np.float64)
    units[0] = 1.0
    product: NDArray[np.float64] = (hadamard * units) @ hadamard * (2.0**smallest / size)
    return product


def gram_matrix(size: int) -> NDArray[np.float64]:
    """Of normal vectors, twice as long as there are of them."""
    factor = np.random.default_rng(0).normal(size=(size, 2 * size))
    product: NDArray[np.float64] = factor @ factor.T
    return product


def timed(matrix: NDArray[np.float64], guess: float = 1 - 2.0**-22, runs: int = 9) -> tuple[tuple[float, float], str]:
    """Seconds of both on the same matrix, in turns; and what is proved, relative to the computed λ_min."""
    smallest = float(np.linalg.eigvalsh(matrix)[0])
    ball = BallMatrix.from_exact(matrix)
    with precision(128):
        bound = ball.smallest_eigenvalue(smallest * guess)
        times = in_turns(lambda: ball.smallest_eigenvalue(smallest * guess), lambda: np.linalg.eigvalsh(matrix), runs)
    return times, "nothing" if bound is None else f"{lower(bound) / smallest:.7f} λ_min"


def compare(title: str, matrix: NDArray[np.float64], guess: float, runs: int = 9) -> None:
    """Print one line."""
    times, proved = timed(matrix, guess, runs)
    report(title, *times, "eigvalsh", f"proved: {proved}")


def main(sizes: tuple[int, ...] = (2_000, 500, 300, 200, 100)) -> None:
    """Gram matrices, the largest first: memory is warm as in a judgement; and the ill-conditioned one."""
    for size in sizes:
        compare(f"proven λ_min, n={size:,}", gram_matrix(size), 1 - 2.0**-22, 101 if size < 1_000 else 5)
    compare("proven λ_min, n=1,024, condition 10¹²", ill_conditioned(), 1 - 2.0**-7)


if __name__ == "__main__":
    main()
