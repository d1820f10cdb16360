"""Elementary functions on arrays of binary64 numbers with proven error bounds (theory 0.4).

Each function f returns values v with |v − f(x)| ≤ relative · |v| + absolute, ``ERROR[name] = (relative, absolute)``,
for every finite argument in its domain, and NaN or infinity elsewhere. Only operations that IEEE 754 defines are
used (+ − × ÷ √, rounding to integers, scaling by powers of two, selection): numpy's own transcendental functions
are not trusted.

Every method is a reduction of the argument, a fixed polynomial, and a reconstruction. In the derivations u = 2⁻⁵³;
truncation errors are proved with Arb in the tests from the very coefficients below. The bounds stated in ``ERROR``
exceed the sums of the derivations by at least a factor 1.15.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from math import factorial

import numpy as np
from numpy.typing import NDArray

from certificates.arithmetic.platform import probe_thread

__all__ = ["ERROR", "atan", "cos", "erf", "exp", "log", "sigmoid", "sin", "softplus", "tanh"]

FloatArray = NDArray[np.float64]

ERROR: Mapping[str, tuple[float, float]] = {
    "exp": (2.0**-49, 2.0**-1074),
    "log": (2.0**-49, 0.0),
    "tanh": (0.0, 2.0**-50),
    "sigmoid": (0.0, 2.0**-50),
    "softplus": (2.0**-52, 2.0**-49),
    "erf": (0.0, 2.0**-48),
    "atan": (0.0, 2.0**-49),
    "sin": (0.0, 2.0**-50),
    "cos": (0.0, 2.0**-50),
}

LARGEST_ANGLE = 2.0**20

_NORMAL_LIMIT = 708.0  # |x| up to here keeps every 2^k and e^x normal
_ROUNDER = 1.5 * 2.0**52  # adding it rounds to an integer, to nearest even

_WORTH_A_THREAD = 2**17

_BLOCK = 2**17  # large enough that two threads seldom wait for each other

# r coth(r/2) in r² on |r| ≤ 0.35; the relative truncation error of e^r is below 2⁻⁵⁶.
EXP_COEFFICIENTS = (
    2.0,
    *map(
        float.fromhex,
        [
            "0x1.5555555555553p-3",
            "-0x1.6c16c16c09c5bp-9",
            "0x1.1566ab560c0d1p-14",
            "-0x1.bbd51aee867bap-20",
            "0x1.63e4cafbdb3b1p-25",
        ],
    ),
)

# e^{t²} erfc(t) on 0 ≤ t ≤ 6 as a polynomial in (t − 3.75)/(t + 3.75); truncation error below 2⁻⁵⁴.
ERFCX_CENTRE = 3.75
ERFCX_COEFFICIENTS = tuple(
    map(
        float.fromhex,
        [
            "0x1.2a2af19c1492fp-3",
            "-0x1.17fbeb3720c70p-2",
            "0x1.cedd51405003cp-3",
            "-0x1.4efec82e8f43fp-3",
            "0x1.a4446b49b5691p-4",
            "-0x1.c0f0cf1cdc09cp-5",
            "0x1.8b90055867777p-6",
            "-0x1.0d5f9177c0f03p-7",
            "0x1.d8a2c322c4afap-10",
            "-0x1.ac6a6470500e0p-16",
            "-0x1.3fbd5785701e4p-13",
            "0x1.91cdb4dea8dcfp-15",
            "0x1.e222df07f5953p-19",
            "-0x1.9d9b291300edcp-18",
            "0x1.95d62b453d97cp-21",
            "0x1.474f4449aa9a1p-21",
            "-0x1.3d47518b8615ap-22",
            "-0x1.92728369c785cp-23",
            "-0x1.e4996a753d70cp-26",
        ],
    )
)

# Taylor coefficients; the tails are below 2⁻⁵⁶ on the reduced intervals.
ATANH_COEFFICIENTS = tuple(1.0 / (2 * j + 1) for j in range(18))  # atanh(s)/s in s², s² ≤ 1/9
ATAN_COEFFICIENTS = tuple((-1.0) ** j / (2 * j + 1) for j in range(22))  # atan(s)/s in s², s ≤ tan(π/8)
SIN_COEFFICIENTS = tuple((-1.0) ** j / factorial(2 * j + 1) for j in range(9))  # sin(r)/r in r², r ≤ 0.79
COS_COEFFICIENTS = tuple((-1.0) ** j / factorial(2 * j) for j in range(9))  # cos(r) in r²

# ln 2 and π/2 in parts whose leading ones have trailing zeros, so that k · part is exact for the k that occur.
_INVERSE_LN2 = float.fromhex("0x1.71547652b82fep+0")
LN2_HIGH, LN2_LOW = float.fromhex("0x1.62e42feep-1"), float.fromhex("0x1.a39ef35793c76p-33")
_TWO_OVER_PI = float.fromhex("0x1.45f306dc9c883p-1")
HALF_PI_PARTS = tuple(map(float.fromhex, ("0x1.921fb544p+0", "0x1.0b4611a6p-34", "0x1.3198a2e037073p-69")))
_HALF_PI = float.fromhex("0x1.921fb54442d18p+0")
_SQRT_HALF = float.fromhex("0x1.6a09e667f3bcdp-1")

Kernel = Callable[[FloatArray, FloatArray, list[FloatArray]], None]


def _blockwise(kernel: Kernel) -> Callable[..., FloatArray]:
    """Turn a kernel on one contiguous block (argument, result, scratch) into a function of any array."""

    @wraps(kernel)
    def function(x: FloatArray, out: FloatArray | None = None) -> FloatArray:
        flat = np.ascontiguousarray(x, dtype=np.float64).reshape(-1)
        result = np.empty(flat.shape)
        parts = min(_workers(), flat.size // _WORTH_A_THREAD)
        if parts < 2:
            _run(kernel, flat, result)
        else:
            pieces = zip(np.array_split(flat, parts), np.array_split(result, parts), strict=True)
            from concurrent.futures import ThreadPoolExecutor  # most checks have no use for threads

            with ThreadPoolExecutor(parts) as pool:
                for future in [pool.submit(_run_probed, kernel, *piece) for piece in pieces]:
                    future.result()
        shaped = result.reshape(np.shape(x))
        if out is None:
            return shaped
        out[...] = shaped
        return out

    return function


def _workers() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)


def _run_probed(kernel: Kernel, flat: FloatArray, result: FloatArray) -> None:
    """In a thread of its own; the processor's modes belong to the thread, so they are probed here, before and after."""
    probe_thread()
    _run(kernel, flat, result)
    probe_thread()


def _run(kernel: Kernel, flat: FloatArray, result: FloatArray) -> None:
    scratch = [np.empty(_BLOCK if flat.size > _BLOCK else flat.size) for _ in range(5)]
    with np.errstate(all="ignore"):
        for start in range(0, flat.size, _BLOCK):
            block = flat[start : start + _BLOCK]
            kernel(block, result[start : start + _BLOCK], [part[: block.size] for part in scratch])


def _horner(coefficients: Sequence[float], x: FloatArray, out: FloatArray) -> None:
    """Σ c_j x^j.

    Error: c_j passes through j products and at most j + 1 sums, so at most Σ (2j + 1)u |c_j||x|^j to first order,
    and j u |c_j||x|^j more for each relative error u of x. The derivations write H for this sum over u.
    """
    np.multiply(x, coefficients[-1], out=out)
    for coefficient in reversed(coefficients[1:-1]):
        np.add(out, coefficient, out=out)
        np.multiply(out, x, out=out)
    np.add(out, coefficients[0], out=out)


def _exp_block(x: FloatArray, out: FloatArray, scratch: list[FloatArray]) -> None:
    """e^x = 2^k e^r, k = round(x / ln 2), |r| ≤ 0.35, e^r = (s + r)/(s − r), s = r coth(r/2).

    Reduction: k · LN2_HIGH is exact (32 + 11 bits), each subtraction errs by u · 0.35, k · LN2_LOW by less than
    2⁻⁷⁵, and the tail of ln 2 is below 2⁻⁸⁶ k: in all 0.8u absolute in r, hence relative in e^r. s errs by 1.2u s
    (Horner: the last sum u s, the rest γ_10 · 0.03), s ± r ≥ 1.65 by u more, so numerator and denominator err
    relatively by 2.2u · 2/1.65 < 2.8u each; the quotient adds u, truncation 0.1u: 7.5u in all, below 16u = 2⁻⁴⁹.
    Scaling is exact, or a result below 2⁻¹⁰²² is rounded once more.
    """
    k, r, c, shift = scratch[0], scratch[1], scratch[2], scratch[4].view(np.int64)
    ordinary = bool(np.max(x, initial=0.0) <= _NORMAL_LIMIT and np.min(x, initial=0.0) >= -_NORMAL_LIMIT)
    if not ordinary:  # beyond ±800 e^x is 0 or ∞ anyway
        x = np.clip(x, -800.0, 800.0)
    np.multiply(x, _INVERSE_LN2, out=k)
    np.add(k, _ROUNDER, out=k)  # the low bits of k now spell round(x / ln 2)
    np.left_shift(k.view(np.int64), 52, out=shift)
    np.subtract(k, _ROUNDER, out=k)
    np.multiply(k, LN2_HIGH, out=c)
    np.subtract(x, c, out=r)
    np.multiply(k, LN2_LOW, out=c)
    np.subtract(r, c, out=r)
    np.multiply(r, r, out=out)
    _horner(EXP_COEFFICIENTS, out, c)
    np.subtract(c, r, out=out)
    np.add(c, r, out=c)
    np.divide(c, out, out=c)
    if ordinary:
        np.add(c.view(np.int64), shift, out=out.view(np.int64))  # multiplies by 2^k: the exponent field grows by k
    else:
        np.ldexp(c, k.astype(np.int32), out=out)


def _decay_block(x: FloatArray, factor: float, out: FloatArray, scratch: list[FloatArray]) -> None:
    """e^{−factor |x|}, in (0, 1]."""
    np.abs(x, out=out)
    np.multiply(out, -factor, out=out)
    _exp_block(out, out, scratch)


@_blockwise
def exp(x: FloatArray, out: FloatArray, scratch: list[FloatArray]) -> None:
    """e^x; ∞ where it overflows. See :func:`_exp_block` for the derivation of the bound."""
    _exp_block(x, out, scratch)


@_blockwise
def tanh(x: FloatArray, out: FloatArray, scratch: list[FloatArray]) -> None:
    """(1 − E)/(1 + E) with E = e^{−2|x|}, and the sign of x.

    E errs relatively by 7.5u (see :func:`_exp_block`), which moves the quotient by at most 7.5u · 2E/(1 + E)² ≤
    3.8u; the difference, the sum and the quotient add u each: 6.8u, below 2⁻⁵⁰ = 8u.
    """
    top = scratch[3]
    _decay_block(x, 2.0, out, scratch)
    np.subtract(1.0, out, out=top)
    np.add(out, 1.0, out=out)
    np.divide(top, out, out=out)
    np.copysign(out, x, out=out)


@_blockwise
def sigmoid(x: FloatArray, out: FloatArray, scratch: list[FloatArray]) -> None:
    """½ + ½ (1 − E)/(1 + E) sign x with E = e^{−|x|}: half of tanh's 6.8u and one rounding, below 2⁻⁵⁰ = 8u."""
    top = scratch[3]
    _decay_block(x, 1.0, out, scratch)
    np.subtract(1.0, out, out=top)
    np.add(out, 1.0, out=out)
    np.divide(top, out, out=out)
    np.copysign(out, x, out=out)
    np.multiply(out, 0.5, out=out)
    np.add(out, 0.5, out=out)


@_blockwise
def softplus(x: FloatArray, out: FloatArray, scratch: list[FloatArray]) -> None:
    """max(x, 0) + log(1 + E), E = e^{−|x|}, log(1 + E) = 2 atanh(s), s = E/(2 + E) ≤ 1/3.

    E errs relatively by 7.5u, which moves log(1 + E) by at most 7.5u E/(1 + E) ≤ 3.8u; s by 2u more, which moves
    2 atanh(s) by 1.5u. Horner in s²: H = Σ (2j + 1) s^{2j}/(2j + 1) ≤ 1.13, times 2s: 0.8u, and 0.1u for the
    rounding of s²; the products 1.4u: 7.6u, below 2⁻⁴⁹ = 16u. The last sum errs by u relative to the result.
    """
    s, square, poly = scratch[3], scratch[0], scratch[1]
    _decay_block(x, 1.0, out, scratch)
    np.add(out, 2.0, out=s)
    np.divide(out, s, out=s)
    np.multiply(s, s, out=square)
    _horner(ATANH_COEFFICIENTS, square, poly)
    np.multiply(poly, s, out=poly)
    np.multiply(poly, 2.0, out=poly)
    np.maximum(x, 0.0, out=out)
    np.add(out, poly, out=out)


@_blockwise
def erf(x: FloatArray, out: FloatArray, scratch: list[FloatArray]) -> None:
    """1 − e^{−t²} erfcx(t), t = min(|x|, 6), and the sign of x; erfc(6) < 2⁻⁵⁵.

    v = (t − 3.75)/(t + 3.75) errs relatively by 3u, which moves the polynomial by 3u Σ j|c_j| ≤ 6.4u; Horner adds
    H = Σ (2j + 1)|c_j| ≤ 5.3u, truncation 0.5u. The factor e^{−t²} errs relatively by 7.5u + u t², and t² e^{−t²}
    erfcx(t) ≤ 0.4: 7.9u. Product, subtraction and the cut at 6 add 2.3u: 22.4u, below 2⁻⁴⁸ = 32u.
    """
    t, poly, v = scratch[3], scratch[0], scratch[1]
    np.abs(x, out=t)
    np.minimum(t, 6.0, out=t)
    np.multiply(t, t, out=out)
    np.negative(out, out=out)
    _exp_block(out, out, scratch)
    np.subtract(t, ERFCX_CENTRE, out=v)
    np.add(t, ERFCX_CENTRE, out=t)
    np.divide(v, t, out=v)
    _horner(ERFCX_COEFFICIENTS, v, poly)
    np.multiply(out, poly, out=out)
    np.subtract(1.0, out, out=out)
    np.copysign(out, x, out=out)


def _log_block(x: FloatArray, out: FloatArray) -> None:
    """E ln 2 + 2 atanh((m − 1)/(m + 1)), x = 2^e m with m in [√½, √2).

    m − 1 is exact, s errs relatively by 2u, Horner in s² ≤ 0.03 by less than 3u, the products by 2u: log m errs
    relatively by 8u. For e = 0 that is all. Otherwise |log x| ≥ 0.34, e · LN2_HIGH is exact, and the three sums
    and e · LN2_LOW err by at most 3u |log x| + 8u · 0.35 ≤ 12u |log x|: below 2⁻⁴⁹ = 16u.
    """
    m, e = np.frexp(x)
    small = m < _SQRT_HALF
    m = np.where(small, m * 2.0, m)
    exponent = e.astype(np.float64) - small
    s = (m - 1.0) / (m + 1.0)
    poly = np.empty_like(s)
    _horner(ATANH_COEFFICIENTS, s * s, poly)
    fraction = 2.0 * s * poly
    np.add(exponent * LN2_HIGH, exponent * LN2_LOW + fraction, out=out)
    out[~((x > 0) & (x < np.inf))] = np.nan


@_blockwise
def log(x: FloatArray, out: FloatArray, _scratch: list[FloatArray]) -> None:
    """Log x for x > 0; NaN elsewhere. See :func:`_log_block` for the derivation of the bound."""
    _log_block(x, out)


@_blockwise
def atan(x: FloatArray, out: FloatArray, _scratch: list[FloatArray]) -> None:
    """2 atan(s), s = z/(1 + √(1 + z²)) ≤ tan(π/8), z = |x| or 1/|x|, then π/2 − … for |x| > 1.

    z errs relatively by u, s by 5u, hence 2 atan(s) ≤ 0.79 by 4u; Horner in s²: H = Σ s^{2j} ≤ 1.21, times 2s: 1u,
    and 0.2u for s²; the products 1.6u; the last difference 1.6u and π/2 0.6u: 9u, below 2⁻⁴⁹ = 16u.
    """
    size = np.abs(x)
    large = size > 1.0
    z = np.where(large, 1.0 / np.maximum(size, 1.0), size)
    s = z / (1.0 + np.sqrt(1.0 + z * z))
    poly = np.empty_like(s)
    _horner(ATAN_COEFFICIENTS, s * s, poly)
    angle = 2.0 * (s * poly)
    np.copysign(np.where(large, _HALF_PI - angle, angle), x, out=out)


def _quarter_turns(x: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """(k mod 4, sin r, cos r) with x = kπ/2 + r, |r| ≤ 0.79, for |x| ≤ 2²⁰.

    k has at most 20 bits and the two leading parts of π/2 at most 33, so k · part is exact; the three differences
    err by 0.8u each, the tail by less than 2⁻⁹⁷: 2.4u in r. Horner in r² ≤ 0.63: H ≤ 2.1 for cos, 1.4 r for sin;
    the rounding of r² adds 0.4u, the product with r one u: 5.9u, below 2⁻⁵⁰ = 8u.
    """
    k = np.rint(x * _TWO_OVER_PI)
    r = ((x - k * HALF_PI_PARTS[0]) - k * HALF_PI_PARTS[1]) - k * HALF_PI_PARTS[2]
    r[~(np.abs(x) <= LARGEST_ANGLE)] = np.nan
    square, sine, cosine = r * r, np.empty_like(r), np.empty_like(r)
    _horner(SIN_COEFFICIENTS, square, sine)
    _horner(COS_COEFFICIENTS, square, cosine)
    return k - 4.0 * np.floor(k / 4.0), sine * r, cosine


def _pick(quarter: FloatArray, values: tuple[FloatArray, ...]) -> FloatArray:
    """values[quarter], entry by entry; NaN in every value stays NaN."""
    return np.where(
        quarter < 2, np.where(quarter < 1, values[0], values[1]), np.where(quarter < 3, values[2], values[3])
    )


@_blockwise
def sin(x: FloatArray, out: FloatArray, _scratch: list[FloatArray]) -> None:
    """Sin x for |x| ≤ 2²⁰; NaN beyond."""
    quarter, sine, cosine = _quarter_turns(x)
    out[...] = _pick(quarter, (sine, cosine, -sine, -cosine))


@_blockwise
def cos(x: FloatArray, out: FloatArray, _scratch: list[FloatArray]) -> None:
    """Cos x for |x| ≤ 2²⁰; NaN beyond."""
    quarter, sine, cosine = _quarter_turns(x)
    out[...] = _pick(quarter, (cosine, -sine, -cosine, sine))
