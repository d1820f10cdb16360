"""The standard model of binary64 and the constants every error bound is made of (theory 0.2).

With u = 2⁻⁵³ and ν = 2⁻¹⁰⁷⁴: fl(a ∘ b) errs by at most u |a ∘ b| + ν, a sum of k terms by γ_{k−1} Σ|x_i|, and a
product of matrices with inner size k by γ_k |A||B| + kν, in any order of summation, with or without FMA.
Bounds of single numbers are evaluated in Arb. Bounds of whole arrays are evaluated in binary64 itself, without
subtraction, and then multiplied by a factor that exceeds all of their own rounding errors.
"""

from __future__ import annotations

import numpy as np
from flint import arb
from numpy.typing import NDArray

from certificates.arithmetic.arb import exact
from certificates.errors import EnclosureFailure

__all__ = ["UNDERFLOW", "UNIT_ROUNDOFF", "BoolArray", "FloatArray", "gamma", "inflation", "require_finite"]

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

UNIT_ROUNDOFF = 2.0**-53
UNDERFLOW = 2.0**-1074

_LARGEST_COUNT = 2**40


def gamma(operations: int) -> arb:
    """γ_k = ku / (1 − ku), the relative error of k accumulated roundings.

    Guarantee
    ---------
    The ball contains γ_k; k ≤ 2⁴⁰ is required, so ku < 2⁻¹³.

    Examples
    --------
    >>> from certificates.arithmetic.arb import precision
    >>> with precision(128):
    ...     bool(gamma(1) > exact(2.0**-53))
    True
    """
    if not 0 <= operations <= _LARGEST_COUNT:
        raise EnclosureFailure(f"an error bound over {operations} operations is not supported (at most 2^40)")
    relative = exact(operations) * exact(UNIT_ROUNDOFF)
    return relative / (1 - relative)


def inflation(operations: int) -> float:
    """The factor 1 + 2(N+4)u that turns a computed bound into an upper bound (theory 0.2).

    Guarantee
    ---------
    If B is evaluated in binary64 without subtraction, from non-negative numbers, with at most ``operations``
    rounded operations on any path of its expression tree and no underflow, then fl(B̂ · factor) ≥ B.
    Where a product may underflow, the caller adds ``operations * UNDERFLOW`` first.
    """
    if not 0 <= operations <= _LARGEST_COUNT:
        raise EnclosureFailure(f"an error bound over {operations} operations is not supported (at most 2^40)")
    return 1.0 + 2.0 * (operations + 4) * UNIT_ROUNDOFF


def require_finite(array: FloatArray, what: str) -> FloatArray:
    """Return ``array``, or raise :class:`EnclosureFailure` if any entry is NaN or infinite."""
    if not np.isfinite(array).all():
        raise EnclosureFailure(f"{what} overflowed or is not a number in binary64")
    return array
