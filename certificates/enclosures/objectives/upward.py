"""Sums, products and lengths of non-negative binary64 numbers, rounded up; what is exactly 0 stays 0.

The next double above fl(x) is above x, subnormal or not. A number that is beyond the largest double becomes ∞, which no
bound is made of: who uses these asks for finite results at the end.
"""

from __future__ import annotations

import numpy as np

from certificates.arithmetic.ball_array import BallArray
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.arithmetic.effort import spend
from certificates.arithmetic.rounding import FloatArray, inflation

__all__ = ["cubic_maximum", "length", "plus", "sum_above", "times"]

Numbers = FloatArray | float


def times(first: Numbers, *others: Numbers) -> FloatArray:
    """Products, entry by entry.

    Examples
    --------
    >>> bool(times(0.1, 3.0) > 0.3), float(times(0.0, 5.0)), float(times(1e-200, 1e-200))
    (True, 0.0, 5e-324)
    """
    found = np.asarray(first, dtype=np.float64)
    for factor in others:
        spend(40 + 0.06 * max(np.size(found), np.size(factor)))
        with np.errstate(all="ignore"):
            above = np.nextafter(found * factor, np.inf)
        found = np.where((found == 0) | (np.asarray(factor) == 0), 0.0, above)
    return found


def plus(first: Numbers, *others: Numbers) -> FloatArray:
    """Sums, entry by entry."""
    found = np.asarray(first, dtype=np.float64)
    for term in others:
        spend(40 + 0.06 * max(np.size(found), np.size(term)))
        with np.errstate(all="ignore"):
            plain = found + term
            found = np.where((found == 0) | (np.asarray(term) == 0), plain, np.nextafter(plain, np.inf))
    return found


def length(first: FloatArray, second: FloatArray) -> FloatArray:
    """√(x² + y²), entry by entry, of arrays of one shape."""
    apart = (first == 0) | (second == 0)
    return np.where(apart, np.maximum(first, second), BallMatrix.lengths_above(first, second))


def sum_above(numbers: FloatArray) -> float:
    """The sum of all entries, which no sum underflows."""
    spend(20 + 0.03 * numbers.size)
    with np.errstate(all="ignore"):
        return float(np.sum(numbers)) * inflation(numbers.size)


def cubic_maximum(quadratic: FloatArray, cubic: FloatArray) -> FloatArray:
    """⟨A, B⟩ = max A t τ² + B τ³ over t² + τ² = 1, entry by entry (theory 6.3).

    It is f(x) = (Ax + B)/(1 + x²)^{3/2} at x = t/τ with 2Ax² + 3Bx − A = 0: x = 2A/(3B + √(9B² + 8A²)), where nothing
    cancels. In balls, with both numbers divided by the larger one (f grows with either): x lies in its ball, so
    does f(x).

    Examples
    --------
    >>> cubic_maximum(np.array([0.0, 1.0, 3.0]), np.array([2.0, 0.0, 4.0])).round(6).tolist()
    [2.0, 0.3849, 4.341203]
    """
    largest = np.maximum(quadratic, cubic)
    none = largest == 0
    with np.errstate(all="ignore"):
        shares = [np.nextafter(part / np.where(none, 1.0, largest), np.inf) for part in (quadratic, cubic)]
    a, b = (BallArray.from_exact(np.where(none, 1.0, share)) for share in shares)
    x = a * 2 / (b * 3 + (b * b * 9 + a * a * 8).sqrt())
    weight = x * x + 1
    value = (a * x + b) / (weight * weight.sqrt())
    return np.where(quadratic == 0, cubic, times(largest, value.upper()))
