"""Is this machine's binary64 what the error bounds assume? Tested before and after each judgement (theory 0.2).

The judge rests on round-to-nearest-even and on subnormals that are neither flushed nor read as zero: on the fast path
for every operation, on the Arb path because numbers enter and leave FLINT as binary64. Both are modes of the processor
that belong to a thread, and another library may have changed them. The fast path also rests on matrix products that add
up the k products of a row and a column and nothing else.

What is tested when:

* The modes of the calling thread, by :func:`probe_thread`: before the first byte of a file is decoded and after the
  verdict is found, in both arithmetics; and before and after the work of each worker thread of this package.
* The modes of the BLAS library's workers, by one product shared among all of them: before and after each rule on the
  fast path. A worker inherits the modes of the thread that created it, at a moment nobody controls.
* The algorithm of the products, from the smallest sizes to blocked ones: once for each thread and state of the process
  (its id, hence a child of a fork anew; among how many threads a product may be shared), by :func:`_probe_algorithm`.
  Integers are multiplied and compared exactly, so no mode shows there: what it tests is which sums the library's code
  forms. That depends on the code, on what the library found when it was loaded, on the sizes and on how the work is
  shared; on no mode, which the other two probes test each time, and on no certificate. Code that replaces the library's
  routines while the process runs is not looked for: it could as well replace the judge's.

A mode that is changed *and* changed back between two probes is not seen. That takes a thread that computes for the
judge and runs foreign code in between: a signal handler or a finaliser. Hosts whose handlers touch the processor's
modes must restore them, as the platform's calling convention demands.
"""

from __future__ import annotations

import os
import struct
import sys
import threading
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from flint import arb

from certificates.arithmetic.rounding import UNDERFLOW, UNIT_ROUNDOFF, FloatArray
from certificates.errors import UnsoundPlatform

__all__ = ["probe_products", "probe_thread", "self_test"]

# Sizes that reach the edge and small kernels of the usual libraries; the last one reaches the blocked kernels.
_SIZES = (1, 3, 16, 65, 200)

_MOST_WORKERS = 128  # more threads than that are not BLAS workers
_ROWS_PER_WORKER, _INNER = 64, 80  # OpenBLAS gives a worker at least 2¹⁸ products and 32 rows; other libraries less


def self_test() -> None:
    """Raise :class:`UnsoundPlatform` unless every probe of the calling thread gives the exact result.

    Guarantee
    ---------
    None by itself: probes can refute the assumptions listed in ``docs/trust.md``, they cannot prove them.
    """
    _require(sys.float_info.mant_dig == 53 and sys.float_info.max_exp == 1024, "float64 is not IEEE binary64")
    probe_thread()
    _probe_conversions()


def probe_thread() -> None:
    """The probes of the two processor modes that belong to a thread: rounding and subnormals."""
    with np.errstate(all="ignore"):
        for probe in _PROBES:
            probe.require()


def probe_products() -> None:
    """The probes of matrix products: their algorithm, and the modes of the threads that compute them."""
    workers = _worker_limit()
    _probe_algorithm(os.getpid(), threading.get_ident(), workers)
    _probe_workers(workers)


def _require(condition: bool, what: str) -> None:
    if not condition:
        raise UnsoundPlatform(f"platform self-test: {what}; nothing can be judged in this process")


def _from_bits(bits: int) -> float:
    number: float = struct.unpack("<d", struct.pack("<Q", bits))[0]
    return number


_LANES = 16  # twice what the widest vector registers hold
_NU, _TINY = _from_bits(1), 2.0**-1022  # bits are moved: no mode that is set while this is imported changes them


@dataclass(frozen=True)
class _Probe:
    """One operation on rows of equal entries, and the bits of what it gives.

    Compared as bits: a comparison of numbers may itself read subnormal ones as zero.
    """

    operation: np.ufunc
    operands: tuple[FloatArray, ...]
    bits: bytes
    says: tuple[str, ...]

    @classmethod
    def of(cls, operation: np.ufunc, *rows: tuple[tuple[float, ...], float, str]) -> _Probe:
        """Rows of operands, the result, and what is wrong with a machine that has another."""
        operands, results, says = zip(*rows, strict=True)
        arrays = tuple(np.repeat(numbers, _LANES) for numbers in zip(*operands, strict=True))
        return cls(operation, arrays, np.repeat(results, _LANES).tobytes(), says)

    def require(self) -> None:
        """Compute the rows; refuse this machine by the first that differs."""
        found = self.operation(*self.operands).tobytes()
        if found != self.bits:
            place = next(place for place, byte in enumerate(found) if byte != self.bits[place])
            _require(False, self.says[place * len(self.says) // len(found)])


_U, _THIRD, _FIFTH = UNIT_ROUNDOFF, float.fromhex("0x1.5555555555555p-2"), float.fromhex("0x1.999999999999ap-3")
_ROOTS = (float.fromhex("0x1.6a09e667f3bcdp+0"), float.fromhex("0x1.bb67ae8584caap+0"))
_DIVISION = "division or √ is not IEEE"

# One of 1/3 and 1/5, of √2 and √3 is nearest from below, the other from above; 1/3 is 1/4 u too small.
_PROBES = (
    _Probe.of(
        np.add,
        ((1.0, _U), 1.0, "1 + u is not rounded to even"),
        ((1.0, 3 * _U), 1.0 + 4 * _U, "1 + 3u is not rounded to even"),
    ),
    _Probe.of(np.subtract, ((-1.0, _U), -1.0, "rounding is directed"), ((1.0, _U / 4), 1.0, "rounding is directed")),
    _Probe.of(
        np.multiply,
        ((_TINY, 0.5), _from_bits(1 << 51), "subnormal results are flushed to zero"),
        ((_NU, 2.0**52), _TINY, "subnormal operands are read as zero"),
        ((_THIRD, 3.0), 1.0, "rounding is directed"),
    ),
    _Probe.of(np.divide, ((1.0, 3.0), _THIRD, _DIVISION), ((1.0, 5.0), _FIFTH, _DIVISION)),
    _Probe.of(np.sqrt, ((2.0,), _ROOTS[0], _DIVISION), ((3.0,), _ROOTS[1], _DIVISION)),
)

# m 2ᵉ and (m, e), m odd
_CONVERTED = ((_NU, (1, -1074)), (_from_bits(2**51 + 1), (2**51 + 1, -1074)), (_from_bits(1 << 51), (1, -1023)))
_SINGLE = np.array([1, 2**22 + 1, 2**31 + 1], dtype=np.uint32).view(np.float32)
# 2⁻¹⁴⁹, (2²² + 1) 2⁻¹⁴⁹ and −2⁻¹⁴⁹ as bits of binary64
_SINGLES = [(1023 - 149) << 52, ((1023 - 127) << 52) + 2**30, (1 << 63) + ((1023 - 149) << 52)]


def _probe_conversions() -> None:
    """Subnormal numbers as bits: binary64 into FLINT and back, binary32 into binary64."""
    for number, parts in _CONVERTED:
        ball = arb(number)
        mantissa, exponent = ball.man_exp()
        read = ball.is_exact() and (int(mantissa), int(exponent)) == parts
        _require(read, "FLINT misreads subnormal numbers")
        same = struct.pack("<d", float(ball)) == struct.pack("<d", number)
        _require(same, "FLINT returns subnormal numbers changed")
    doubled = _SINGLE.astype(np.float64).view(np.uint64)
    _require(doubled.tolist() == _SINGLES, "subnormal binary32 numbers are read as zero")


def _worker_limit() -> int:
    """No fewer than the threads among which a product is shared: the processors, or the threads that exist."""
    try:
        existing = len(os.listdir("/proc/self/task"))
    except OSError:
        existing = 0
    return min(max(os.cpu_count() or 1, existing), _MOST_WORKERS)


@lru_cache(maxsize=2)
def _mode_factors(workers: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Factors whose product shows the modes in every four rows of every column, and the product."""
    left = np.zeros((_ROWS_PER_WORKER * workers, _INNER))
    left[0::4, :2] = 1.0, UNIT_ROUNDOFF
    left[1::4, :2] = -1.0, -UNIT_ROUNDOFF
    left[2::4, :2] = 1.0, 3 * UNIT_ROUNDOFF
    left[3::4, 0] = UNDERFLOW
    column = np.tile([1.0, -1.0, 1.0 + 4 * UNIT_ROUNDOFF, UNDERFLOW], len(left) // 4)
    return left, np.ones((_INNER, _INNER)), column


def _probe_workers(workers: int) -> None:
    """Every entry is one sum of two terms, or one subnormal: the same in any order, with or without FMA."""
    left, right, column = _mode_factors(workers)
    wrong = (left @ right).view(np.uint64) != column.view(np.uint64)[:, None]
    _require(not wrong.any(), "a thread of the BLAS library rounds otherwise or flushes subnormal numbers")


@lru_cache(maxsize=64)
def _probe_algorithm(process: int, thread: int, workers: int) -> None:
    """A refusal is not remembered."""
    del process, thread, workers  # the key
    for size in _SIZES:
        _probe_integers(size)
    _probe_no_fast_multiplication()


@lru_cache(maxsize=8)
def _integers(size: int) -> tuple[FloatArray, FloatArray]:
    """A matrix of integers below 2²⁰ in modulus and its exact Gram matrix, from 64-bit integer arithmetic."""
    numbers = np.arange(size * (size + 3), dtype=np.int64) * 7919 % 2097143 - 1048571
    integers = numbers.reshape(size, size + 3)
    return integers.astype(np.float64), (integers @ integers.T).astype(np.float64)


def _probe_integers(size: int) -> None:
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
