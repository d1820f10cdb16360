"""Is this machine's binary64 what the error bounds assume? Tested before and after each certificate (chapter 0.2).

The judge's fast arithmetic rests on round-to-nearest-even, on subnormals that are not flushed, and on matrix
products that add up the k products of a row and a column and nothing else. Both processor modes are per thread,
so the probes run in the thread that computes and, through a threaded product, in the BLAS library's workers.
"""

from __future__ import annotations

import sys
from functools import lru_cache

import numpy as np

from certificates.arithmetic.rounding import UNDERFLOW, UNIT_ROUNDOFF, FloatArray
from certificates.errors import UnsoundPlatform

__all__ = ["probe_thread", "self_test"]

# Sizes that reach the edge, small and blocked kernels of the usual libraries.
_SIZES = (1, 3, 16, 65, 200)


def self_test() -> None:
    """Raise :class:`UnsoundPlatform` unless every probe gives the exact result.

    Guarantee
    ---------
    None by itself: probes can refute the assumptions listed in ``docs/trust.md``, they cannot prove them.
    """
    _require(sys.float_info.mant_dig == 53 and sys.float_info.max_exp == 1024, "float64 is not IEEE binary64")
    probe_thread()
    for size in _SIZES:
        _probe_products(size)
    _probe_subnormal_products()
    _probe_no_fast_multiplication()


def probe_thread() -> None:
    """The probes of the two processor modes that belong to a thread: rounding and subnormals."""
    _probe_rounding()
    _probe_subnormals()


def _require(condition: bool, what: str) -> None:
    if not condition:
        raise UnsoundPlatform(f"platform self-test: {what}; no certificate can be judged on this machine")


def _probe_rounding() -> None:
    one = np.ones(16)
    unit = np.full(16, UNIT_ROUNDOFF)
    _require(bool((one + unit == 1).all()), "1 + u is not rounded to even")
    _require(bool((one + 3 * unit == 1 + 4 * UNIT_ROUNDOFF).all()), "1 + 3u is not rounded to even")
    _require(bool((-one - unit == -1).all() and (one - unit / 4 == 1).all()), "rounding is directed")
    _require(bool((one / 3 * 3 == 1).all() and np.sqrt(2 * one)[0] ** 2 > 2), "division or √ is not IEEE")


def _probe_subnormals() -> None:
    tiny = np.full(16, 2.0**-1022)
    _require(bool((tiny * 0.5 == 2.0**-1023).all()), "subnormal results are flushed to zero")
    _require(bool((np.full(16, UNDERFLOW) * 2.0**52 == tiny).all()), "subnormal operands are read as zero")


def _probe_subnormal_products() -> None:
    # large enough to be shared among the BLAS library's threads
    left, right = np.full((192, 192), UNDERFLOW), np.eye(192)
    _require(bool((left @ right == UNDERFLOW).all()), "matrix products flush subnormals")


@lru_cache
def _integers(size: int) -> tuple[FloatArray, FloatArray]:
    """A matrix of integers below 2²⁰ in modulus and its exact Gram matrix, from 64-bit integer arithmetic."""
    numbers = np.arange(size * (size + 3), dtype=np.int64) * 7919 % 2097143 - 1048571
    integers = numbers.reshape(size, size + 3)
    return integers.astype(np.float64), (integers @ integers.T).astype(np.float64)


def _probe_products(size: int) -> None:
    floats, exact = _integers(size)
    _require(bool((floats @ floats.T == exact).all()), f"a symmetric product of integers of size {size} is inexact")
    other = np.ascontiguousarray(floats[::-1].T)
    _require(bool((floats @ other == exact[:, ::-1]).all()), f"a product of integer matrices of size {size} is inexact")


def _probe_no_fast_multiplication() -> None:
    """Strassen-type products mix rows of different scale; conventional ones keep the small rows exact."""
    rows = np.arange(1, 257, dtype=np.float64)
    parity = np.array([index.bit_count() % 2 for index in range(256)])  # differs between halves at every level
    scale = np.where(parity == 0, 1.0, 2.0**60)
    left = (rows[:, None] % 17 - 8) * scale[:, None] * np.ones(256)
    right = (rows[None, :] % 13 - 6) * np.ones((256, 1))
    expected = (rows[:, None] % 17 - 8) * scale[:, None] * (rows[None, :] % 13 - 6) * 256
    _require(bool((left @ right == expected).all()), "matrix products mix rows of different scale")
