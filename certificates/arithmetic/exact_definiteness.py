"""Is an exact symmetric matrix positive semidefinite? From its characteristic polynomial (lemma 5.0.1).

A symmetric A has det(tI − A) = Σ_k (−1)^k e_k t^(n−k), e_k the elementary symmetric functions of its eigenvalues, which
are real. If A ⪰ 0 every e_k ≥ 0. If every e_k ≥ 0, (−1)^n det(−tI − A) = Σ_k e_k t^(n−k) ≥ t^n > 0 for t > 0: no
eigenvalue is negative. No rounding, no pivot, and singular matrices need no care.
"""

from __future__ import annotations

from certificates.arithmetic.dyadic_matrix import DyadicMatrix
from certificates.arithmetic.effort import reserve, spend

__all__ = ["definiteness_cost", "is_positive_semidefinite"]


def is_positive_semidefinite(matrix: DyadicMatrix) -> bool:
    """Whether A ⪰ 0.

    Parameters
    ----------
    matrix
        A (n, n). What is not symmetric is refused: ``False``.

    Guarantee
    ---------
    The answer is exact.

    Examples
    --------
    >>> import numpy as np
    >>> answers = [is_positive_semidefinite(DyadicMatrix.of(np.array([[1.0, b], [b, 1.0]]))) for b in (0.5, 1.0, 1.5)]
    >>> answers
    [True, True, False]
    """
    table = matrix.table
    if table.transpose() != table:
        return False
    size = matrix.shape[0]
    reserve(16.0 * size * size * (4 + matrix.bits / 64))
    spend(definiteness_cost(size, matrix.bits))
    coefficients = table.charpoly().coeffs()
    return all(c * (-1) ** (size - power) >= 0 for power, c in enumerate(coefficients))


def definiteness_cost(size: int, bits: float) -> float:
    """Operations: FLINT works modulo one prime of a word after another, for each of them some n³ products."""
    primes = 2 + size * (bits + 16) / 60
    return 10 + primes * (size**3 / 80 + size * primes / 100)
