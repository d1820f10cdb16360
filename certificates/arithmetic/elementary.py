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
from typing import NamedTuple

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

_NORMAL_LIMIT = 708.0  # |x| up to here keeps every 2^k and e^x normal, and 2^k times a number near 2

_WORTH_A_THREAD = 2**17

# A block and its scratch stay in the cache of one processor. Threads beside one another wait for the interpreter
# between operations, hence do more in each.
_BLOCK, _BLOCK_OF_A_THREAD = 2**15, 2**17
_STAGGER = 104  # between the rows of scratch, so that no two agree in the last bits of their addresses

# r coth(r/2) in r² on |r| ≤ 0.3466; the relative truncation error of e^r is below 2.3u.
EXP_COEFFICIENTS = (
    2.0,
    *map(
        float.fromhex,
        [
            "0x1.555555554d22fp-3",
            "-0x1.6c16c0e19c2f5p-9",
            "0x1.156527c3406abp-14",
            "-0x1.b85fc962aebb5p-20",
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
LN2 = float.fromhex("0x1.62e42fefa39efp-1")
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
            _run(kernel, flat, result, _BLOCK)
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
    _run(kernel, flat, result, _BLOCK_OF_A_THREAD)
    probe_thread()


def _run(kernel: Kernel, flat: FloatArray, result: FloatArray, most: int) -> None:
    """Apply the kernel in blocks of so many entries."""
    size = min(most, flat.size)
    scratch = np.empty((4, size + _STAGGER))[:, _STAGGER:]
    with np.errstate(all="ignore"):
        for start in range(0, flat.size, most):
            block = flat[start : start + most]
            kernel(block, result[start : start + most], list(scratch[:, : block.size]))


def _operands(numbers: Sequence[float]) -> tuple[FloatArray, ...]:
    """Constants as arrays without axes: what an operation converts a number to, each time it is given one."""
    return tuple(np.asarray(number, dtype=np.float64) for number in numbers)


def _horner(coefficients: Sequence[FloatArray], x: FloatArray, out: FloatArray) -> None:
    """Σ c_j x^j.

    Error: c_j passes through j products and at most j + 1 sums, so at most Σ (2j + 1)u |c_j||x|^j to first order,
    and j u |c_j||x|^j more for each relative error u of x. The derivations write H for this sum over u.
    """
    np.multiply(x, coefficients[-1], out=out)
    for coefficient in reversed(coefficients[1:-1]):
        np.add(out, coefficient, out=out)
        np.multiply(out, x, out=out)
    np.add(out, coefficients[0], out=out)


_ATANH, _ATAN, _ERFCX = map(_operands, (ATANH_COEFFICIENTS, ATAN_COEFFICIENTS, ERFCX_COEFFICIENTS))
_SIN, _COS = map(_operands, (SIN_COEFFICIENTS, COS_COEFFICIENTS))


class _Exponential(NamedTuple):
    """How e^{fx} is reduced, f = 1 or 2: k = round(x · ``per_step``), x − k · ``step`` = r/f."""

    per_step: FloatArray
    step: FloatArray
    tail: FloatArray | None  # what ``step`` lacks, k · ``tail`` being taken off as well
    coefficients: tuple[FloatArray, ...]  # of (r/f) coth(r/2) in (r/f)²


def _exponential(factor: int, step: float, tail: float | None = None) -> _Exponential:
    """Constants for e^{fx}; all but ``tail`` are scaled by powers of two, exactly."""
    coefficients = [c * float(factor) ** (2 * j - 1) for j, c in enumerate(EXP_COEFFICIENTS)]
    per_step, shortened = _operands((factor * _INVERSE_LN2, step / factor))
    return _Exponential(per_step, shortened, None if tail is None else _operands((tail,))[0], _operands(coefficients))


_ACCURATE, _SIMPLE, _DOUBLED = _exponential(1, LN2_HIGH, LN2_LOW), _exponential(1, LN2), _exponential(2, LN2)
_ROUNDER, _SHIFT = np.asarray(1.5 * 2.0**52), np.asarray(52)  # adding the first rounds to an integer, to nearest even


def _fraction(
    x: FloatArray, method: _Exponential, bottom: FloatArray, scratch: list[FloatArray]
) -> tuple[FloatArray, FloatArray]:
    """(top, places): top/bottom = e^r, and in the low bits of ``places`` k, where fx = k ln 2 + r, |r| ≤ 0.3466.

    e^r = (s + r)/(s − r), s = r coth(r/2) ≥ 2. The sum that ends Horner's rule errs by 2u in s, all before by 0.07u: as
    s stands above and below, by 2|r|/(s² − r²) · 2.07u ≤ 0.37u relatively in e^r, r²/(s² − r²) = sinh²(r/2). Numerator
    and denominator are rounded once each: 2u. Truncation 2.3u. In all 4.7u relatively, and what r errs by.

    *Accurate*: k · LN2_HIGH is exact (32 + 11 bits), x less that is exact too (multiples of 2⁻⁵⁴ below ½, |x| ≥ ⅓
    unless k = 0). The second difference errs by u/4, k · LN2_LOW by less than 2⁻⁷⁵ and the tail of ln 2 by 2⁻⁸⁶k: 0.3u.
    *Otherwise* k · LN2 errs by u, and LN2 by 0.21u/ln 2, relatively: (|fx| + 0.35) · 1.31u, for functions to which
    large |x| matter less. The difference is exact as before.
    """
    places, top, r = scratch[:3]
    np.multiply(x, method.per_step, out=places)
    np.add(places, _ROUNDER, out=places)
    np.subtract(places, _ROUNDER, out=top)
    np.multiply(top, method.step, out=r)
    np.subtract(x, r, out=r)
    if method.tail is not None:
        np.multiply(top, method.tail, out=top)
        np.subtract(r, top, out=r)
    np.multiply(r, r, out=bottom)
    _horner(method.coefficients, bottom, top)
    np.subtract(top, r, out=bottom)
    np.add(top, r, out=top)
    return top, places


def _scale(numbers: FloatArray, places: FloatArray) -> None:
    """Numbers · 2^k, exactly, if both are normal: the exponent field grows by k."""
    shifted, bits = places.view(np.int64), numbers.view(np.int64)
    np.left_shift(shifted, _SHIFT, out=shifted)
    np.add(bits, shifted, out=bits)


def _ratio(x: FloatArray, method: _Exponential, bottom: FloatArray, scratch: list[FloatArray]) -> FloatArray:
    """The numerator of e^{fx} over ``bottom``, for |fx| ≤ 708 (or NaN, which stays in ``bottom``)."""
    top, places = _fraction(x, method, bottom, scratch)
    _scale(top, places)
    return top


def _within(x: FloatArray, limit: float) -> bool:
    return bool(np.maximum.reduce(x) <= limit and np.minimum.reduce(x) >= -limit)


@_blockwise
def exp(x: FloatArray, out: FloatArray, scratch: list[FloatArray]) -> None:
    """e^x; ∞ where it overflows.

    The fraction errs by 4.7u + 0.3u (accurate), the quotient by u: 6u in all, below 16u = 2⁻⁴⁹. Scaling is exact, or
    a result below 2⁻¹⁰²² is rounded once more.
    """
    if _within(x, _NORMAL_LIMIT):
        top = _ratio(x, _ACCURATE, out, scratch)
        np.divide(top, out, out=out)
    else:  # beyond ±800 e^x is 0 or ∞ anyway
        top, places = _fraction(np.clip(x, -800.0, 800.0), _ACCURATE, out, scratch)
        np.divide(top, out, out=out)
        np.ldexp(out, (places - _ROUNDER).astype(np.int32), out=out)


@_blockwise
def tanh(x: FloatArray, out: FloatArray, scratch: list[FloatArray]) -> None:
    """(A − B)/(A + B), A/B = e^{2x}; ±1 where |x| is large, in whatever block.

    A/B errs relatively by 4.7u + (2|x| + 0.35) · 1.31u (see :func:`_fraction`), which moves the quotient by ½(1 − T²)
    times that, T = tanh x: as |x|(1 − T²) ≤ 0.45, by 0.6u + 2.6u(1 − T²). Difference, sum and quotient add 3u|T|, and
    2.6(1 − T²) + 3|T| ≤ 3.5: 4.1u in all, below 2⁻⁵⁰ = 8u.
    """
    if not _within(x, _NORMAL_LIMIT / 2):
        x = np.clip(x, -_NORMAL_LIMIT / 2, _NORMAL_LIMIT / 2)
    top = _ratio(x, _DOUBLED, out, scratch)
    difference = scratch[2]
    np.subtract(top, out, out=difference)
    np.add(top, out, out=out)
    np.divide(difference, out, out=out)


@_blockwise
def sigmoid(x: FloatArray, out: FloatArray, scratch: list[FloatArray]) -> None:
    """S = A/(A + B), A/B = e^x.

    A/B errs relatively by 4.7u + (|x| + 0.35) · 1.31u, which moves the quotient by S(1 − S) times that: as
    |x|S(1 − S) ≤ 0.23, by 0.3u + 5.2u S(1 − S). Sum and quotient add 2uS, and 5.2S(1 − S) + 2S ≤ 2.5: 2.8u in all,
    below 2⁻⁵⁰ = 8u.
    """
    if not _within(x, _NORMAL_LIMIT):
        x = np.clip(x, -_NORMAL_LIMIT, _NORMAL_LIMIT)
    top = _ratio(x, _SIMPLE, out, scratch)
    np.add(top, out, out=out)
    np.divide(top, out, out=out)


@_blockwise
def softplus(x: FloatArray, out: FloatArray, scratch: list[FloatArray]) -> None:
    """max(x, 0) + log(1 + E), E = A/B = e^{−|x|}, log(1 + E) = 2 atanh(s), s = E/(2 + E) = A/(2B + A) ≤ 1/3.

    E errs relatively by 4.7u + (|x| + 0.35) · 1.31u, which moves log(1 + E) by E/(1 + E) times that: by 0.4u + 2.6u, as
    |x|E/(1 + E) ≤ 0.28. s errs by 2u more (sum and quotient), which moves 2 atanh(s) by 1.5u. Horner in s²: H =
    Σ (2j + 1) s^{2j}/(2j + 1) ≤ 1.13, times 2s: 0.8u, and 0.1u for the rounding of s²; the product 0.7u: 6.1u, below
    2⁻⁴⁹ = 16u. The last sum errs by u relative to the result.
    """
    s = scratch[3]
    np.abs(x, out=s)
    np.minimum(s, _NORMAL_LIMIT, out=s)
    np.negative(s, out=s)
    top = _ratio(s, _SIMPLE, out, scratch)
    np.add(out, out, out=out)
    np.add(out, top, out=out)
    np.divide(top, out, out=s)
    square, poly = scratch[0], scratch[1]
    np.multiply(s, s, out=square)
    _horner(_ATANH, square, poly)
    np.multiply(poly, s, out=poly)
    np.add(poly, poly, out=poly)
    np.maximum(x, 0.0, out=out)
    np.add(out, poly, out=out)


@_blockwise
def erf(x: FloatArray, out: FloatArray, scratch: list[FloatArray]) -> None:
    """1 − e^{−t²} erfcx(t), t = min(|x|, 6), and the sign of x; erfc(6) < 2⁻⁵⁵.

    v = (t − 3.75)/(t + 3.75) errs relatively by 3u, which moves the polynomial by 3u Σ j|c_j| ≤ 6.4u; Horner adds
    H = Σ (2j + 1)|c_j| ≤ 5.3u, truncation 0.5u. The factor e^{−t²} = A/B errs relatively by 4.7u +
    (t² + 0.35) · 1.31u + u t², and t² e^{−t²} erfcx(t) ≤ 0.2: 5.7u. Product, quotient, subtraction and the cut at 6 add
    3.3u: 21.2u, below 2⁻⁴⁸ = 32u.
    """
    t, poly, v = scratch[3], scratch[0], scratch[2]
    np.abs(x, out=t)
    np.minimum(t, 6.0, out=t)
    np.multiply(t, t, out=out)
    np.negative(out, out=out)
    top = _ratio(out, _SIMPLE, out, scratch)
    np.subtract(t, ERFCX_CENTRE, out=v)
    np.add(t, ERFCX_CENTRE, out=t)
    np.divide(v, t, out=v)
    _horner(_ERFCX, v, poly)
    np.multiply(top, poly, out=poly)
    np.divide(poly, out, out=out)
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
    _horner(_ATANH, s * s, poly)
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
    _horner(_ATAN, s * s, poly)
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
    _horner(_SIN, square, sine)
    _horner(_COS, square, cosine)
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
