"""Arrays of binary64 midpoints with radii: the fast arithmetic of the judge (theory 0.2).

A :class:`BallArray` stands for every real array whose entries lie within ``rad`` of ``mid``. Each operation
returns an array that contains the exact result for every choice of points in its operands. A radius is either
one number for the whole array (*uniform*: what large networks use, nearly free) or one number an entry.

Radii are evaluated in binary64, rounded to nearest. Beside each stands what it has to exceed; two factors turn the
computed number into an upper bound. ``_INFLATION`` pays for the *relative* roundings of everything in it, and
``_UNDERFLOW``, added last, for products that underflow and are only added up from there on. A term that may underflow
and is then multiplied or divided carries its own ν *inside* that product or quotient: ν times 2¹⁰⁰⁰ is not small.
"""

from __future__ import annotations

from fractions import Fraction
from operator import mul
from typing import TypeAlias

import numpy as np
from flint import arb

from certificates.arithmetic import elementary
from certificates.arithmetic.arb import exact, upper
from certificates.arithmetic.effort import spend
from certificates.arithmetic.powers import by_squaring
from certificates.arithmetic.rounding import UNDERFLOW, UNIT_ROUNDOFF, FloatArray, require_finite
from certificates.errors import EnclosureFailure

__all__ = ["BallArray", "Operand"]

# Every radius below passes through at most 12 roundings without subtraction: 1 + 2(12+4)u exceeds them (theory 0.2).
# At most 8 terms of it underflow, by ν/2 each and amplified by at most 2 afterwards: 16ν exceeds them.
_INFLATION = 1.0 + 32.0 * UNIT_ROUNDOFF
_UNDERFLOW = 16.0 * UNDERFLOW

# In units of 0.3 µs: what numpy takes for an operation on an array, whatever its size, and for each entry.
_EFFORT, _EFFORT_OF_AN_ENTRY = 80.0, 0.05

# |f(x) − f(y)| ≤ constant · |x − y|: upper bounds of sup |f'| over the real line.
_LIPSCHITZ = {
    "tanh": 1.0,
    "sigmoid": 0.25,
    "softplus": 1.0,
    "erf": 1.1283791670955128,  # 2/√π, rounded up
    "atan": 1.0,
    "sin": 1.0,
    "cos": 1.0,
}

Operand: TypeAlias = "BallArray | float | int | Fraction"


class BallArray:
    """Midpoints and radii; see the module for the meaning.

    Parameters
    ----------
    mid
        Any shape, binary64, finite.
    rad
        Shape () or that of ``mid``; non-negative, finite.

    Raises
    ------
    EnclosureFailure
        A midpoint or a radius is not finite, or a radius is negative.

    Examples
    --------
    >>> x = BallArray.from_exact(np.array([1.0, 2.0])) / 3
    >>> bool((x.lower() < 1.0).all() and x.contains(np.array([1 / 3, 2 / 3])).all())
    True
    """

    __slots__ = ("_magnitude", "mid", "rad")

    def __init__(self, mid: FloatArray, rad: FloatArray | float = 0.0, *, magnitude: float | None = None) -> None:
        spend(_EFFORT + _EFFORT_OF_AN_ENTRY * np.size(mid))
        self.mid = require_finite(np.asarray(mid, dtype=np.float64), "an intermediate result")
        self.rad = require_finite(np.asarray(rad, dtype=np.float64), "an error bound")
        if (self.rad < 0).any() or self.rad.shape not in ((), self.mid.shape):
            raise EnclosureFailure(f"radii of shape {self.rad.shape} do not fit midpoints of {self.mid.shape}")
        self._magnitude = magnitude

    # ---- entry and exit -------------------------------------------------------------------------------------

    @classmethod
    def from_exact(cls, array: FloatArray) -> BallArray:
        """The array itself, radius 0."""
        return cls(array)

    @classmethod
    def from_arb(cls, ball: arb) -> BallArray:
        """A 0-d array that contains the Arb ball."""
        mid = float(ball.mid())  # however it was rounded: |x − mid| is enclosed for every x of the ball
        return cls(np.asarray(mid), upper(abs(ball - exact(mid))))

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the midpoints."""
        return self.mid.shape

    @property
    def is_uniform(self) -> bool:
        """Whether one radius holds for all entries."""
        return self.rad.shape == ()

    @property
    def magnitude(self) -> float:
        """An upper bound of every |midpoint|."""
        if self._magnitude is None:
            self._magnitude = float(np.max(np.abs(self.mid), initial=0.0))
        return self._magnitude

    @property
    def radius(self) -> float:
        """The largest radius."""
        return float(np.max(self.rad, initial=0.0))

    def lower(self) -> FloatArray:
        """Entrywise lower bounds of all points, rounded down: the next double below fl(x) is below x."""
        with np.errstate(all="ignore"):
            return np.where(self.rad == 0, self.mid, np.nextafter(self.mid - self.rad, -np.inf))

    def upper(self) -> FloatArray:
        """Entrywise upper bounds of all points, rounded up."""
        with np.errstate(all="ignore"):
            return np.where(self.rad == 0, self.mid, np.nextafter(self.mid + self.rad, np.inf))

    def contains(self, points: FloatArray) -> np.ndarray:
        """Whether each binary64 point is certainly within the outward-rounded bounds."""
        return np.asarray((self.lower() <= points) & (points <= self.upper()))

    # ---- ring operations ------------------------------------------------------------------------------------

    def _sizes(self, other: BallArray) -> tuple[FloatArray | float, FloatArray | float]:
        """|mid| of both operands: single bounds if both are uniform, per entry otherwise."""
        if self.is_uniform and other.is_uniform:
            return self.magnitude, other.magnitude
        return np.abs(self.mid), np.abs(other.mid)

    def _close(self, mid: FloatArray, rad: FloatArray | float, magnitude: float | None) -> BallArray:
        """Add the rounding error of ``mid``, at most u|mid| + ν/2 for one + − × ÷, and of the radius itself."""
        uniform = magnitude is not None
        size = magnitude if magnitude is not None else np.abs(mid)
        total = (np.asarray(rad) + UNIT_ROUNDOFF * np.asarray(size)) * _INFLATION + _UNDERFLOW
        return BallArray(mid, total if uniform else np.broadcast_to(total, mid.shape), magnitude=magnitude)

    def __neg__(self) -> BallArray:
        """−x, exactly."""
        return BallArray(-self.mid, self.rad, magnitude=self._magnitude)

    def __add__(self, other: Operand) -> BallArray:
        """X + y."""
        return self._combine(_as_ball(other), np.add)

    def __sub__(self, other: Operand) -> BallArray:
        """X − y."""
        return self._combine(_as_ball(other), np.subtract)

    def _combine(self, right: BallArray, operation: np.ufunc) -> BallArray:
        """|(a ± b) − (â ± b̂)| ≤ r_a + r_b; â ± b̂ errs by at most u|fl(â ± b̂)|, and never underflows."""
        size_left, size_right = self._sizes(right)
        with np.errstate(all="ignore"):
            mid = operation(self.mid, right.mid)
            magnitude = _up(size_left + size_right) if self.is_uniform and right.is_uniform else None
            return self._close(mid, self.rad + right.rad, magnitude)

    def __mul__(self, other: Operand) -> BallArray:
        """X · y, entry by entry; |ab − âb̂| ≤ |â|r_b + |b̂|r_a + r_a r_b, three terms that are only added up."""
        right = _as_ball(other)
        size_left, size_right = self._sizes(right)
        with np.errstate(all="ignore"):
            mid = self.mid * right.mid
            rad = size_left * right.rad + size_right * self.rad + self.rad * right.rad
            magnitude = _up(size_left * size_right) if self.is_uniform and right.is_uniform else None
            return self._close(mid, rad, magnitude)

    def __truediv__(self, other: Operand) -> BallArray:
        """X / y; |a/b − â/b̂| = |(a − â) − (â/b̂)(b − b̂)| / |b| ≤ (|â/b̂| r_b + r_a) / (|b̂| − r_b).

        |â/b̂| is bounded by |fl(â/b̂)|(1 + u) + ν, its product with r_b may lose another ν, and both are divided: each ν
        stands where it arises. Only the last quotient's underflow is left to ``_UNDERFLOW``.

        May fail when
        -------------
        A divisor's ball contains 0: :class:`EnclosureFailure`.
        """
        right = _as_ball(other)
        nearest = np.abs(right.mid)
        distance = np.where(right.rad == 0, nearest, np.nextafter(nearest - right.rad, -np.inf))  # ≤ |b|: it divides
        if not (distance > 0).all():
            raise EnclosureFailure("division by an expression whose enclosure contains 0")
        with np.errstate(all="ignore"):
            mid = self.mid / right.mid
            if self.is_uniform and right.shape == ():
                largest = _up(self.magnitude / float(nearest))
                spread = (largest * right.radius + self.radius + UNDERFLOW) / float(distance)
                return self._close(mid, spread, largest)
            size = np.abs(mid) * _INFLATION + UNDERFLOW  # ≥ |â/b̂|
            return self._close(mid, (size * right.rad + self.rad + UNDERFLOW) / distance, None)

    def __radd__(self, other: float | int | Fraction) -> BallArray:
        """Number + x."""
        return self + other

    def __rsub__(self, other: float | int | Fraction) -> BallArray:
        """Number − x."""
        return _as_ball(other) - self

    def __rmul__(self, other: float | int | Fraction) -> BallArray:
        """Number · x."""
        return self * other

    def __rtruediv__(self, other: float | int | Fraction) -> BallArray:
        """Number / x."""
        return _as_ball(other) / self

    def __pow__(self, exponent: int) -> BallArray:
        """x^k by squaring; negative k divides."""
        if exponent < 0:
            return 1 / (self**-exponent)
        if exponent == 0:
            return BallArray(np.ones_like(self.mid), magnitude=1.0)
        return by_squaring(self, exponent, self, mul)  # no unit for k ≥ 1

    # ---- elementary functions -------------------------------------------------------------------------------

    def _bounded(self, name: str, bound: float | None) -> BallArray:
        """|f(x) − v| ≤ sup|f'| r + relative |v| + absolute (:mod:`elementary`); |v| ≤ bound, if there is one."""
        spend(_EFFORT + 2 * _EFFORT_OF_AN_ENTRY * self.mid.size)
        values = getattr(elementary, name)(self.mid)
        relative, absolute = elementary.ERROR[name]
        size = bound if bound is not None else (_largest(values) if self.is_uniform else np.abs(values))
        with np.errstate(all="ignore"):
            rad = (_LIPSCHITZ[name] * self.rad + relative * np.asarray(size) + absolute) * _INFLATION + _UNDERFLOW
        magnitude = float(size) if self.is_uniform else bound
        return BallArray(values, np.broadcast_to(rad, () if self.is_uniform else self.shape), magnitude=magnitude)

    def tanh(self) -> BallArray:
        """Tanh x; |tanh'| ≤ 1. (Computed values may exceed 1 by their own error, hence 1 + 2⁻⁴⁰.)"""
        return self._bounded("tanh", _NEARLY_ONE)

    def sigmoid(self) -> BallArray:
        """1/(1 + e^{−x}); slope at most 1/4."""
        return self._bounded("sigmoid", _NEARLY_ONE)

    def erf(self) -> BallArray:
        """Erf x; slope at most 2/√π."""
        return self._bounded("erf", _NEARLY_ONE)

    def sin(self) -> BallArray:
        """Sin x."""
        return self._bounded("sin", _NEARLY_ONE)

    def cos(self) -> BallArray:
        """Cos x."""
        return self._bounded("cos", _NEARLY_ONE)

    def atan(self) -> BallArray:
        """Arctan x; |values| < 2."""
        return self._bounded("atan", 2.0)

    def softplus(self) -> BallArray:
        """log(1 + e^x); slope in (0, 1)."""
        return self._bounded("softplus", None)

    def exp(self) -> BallArray:
        """e^x; |e^x − e^m| ≤ e^m (e^r − 1) ≤ e^m r(1 + r) for |x − m| ≤ r ≤ 1, e^m ≤ v(1 + relative) + absolute.

        What underflows in e^m or in its product with r is multiplied by r(1 + r) ≤ 2 afterwards, no more.
        """
        relative, absolute = elementary.ERROR["exp"]
        if not (self.rad <= 1).all():
            raise EnclosureFailure("the exponential of an argument known only to within more than 1")
        values = elementary.exp(self.mid)
        if self.is_uniform and bool(np.max(self.mid, initial=0.0) <= 0):  # e^m ≤ 1, v ≤ _NEARLY_ONE
            rad = self.radius * (1 + self.radius) + relative * _NEARLY_ONE + absolute
            return BallArray(values, rad * _INFLATION + _UNDERFLOW, magnitude=_NEARLY_ONE)
        with np.errstate(all="ignore"):
            size = values * (1 + 2 * relative) + absolute  # ≥ e^m
            spread = size * self.rad * (1 + self.rad)
            return BallArray(values, (spread + relative * values + absolute) * _INFLATION + _UNDERFLOW)

    def log(self) -> BallArray:
        """Log x; |log x − log m| ≤ r / (m − r), m − r rounded down; nothing that underflows is divided.

        May fail when
        -------------
        A ball is not certainly positive: :class:`EnclosureFailure`.
        """
        distance = self.lower()
        if not (distance > 0).all():
            raise EnclosureFailure("the logarithm of an expression whose enclosure is not positive")
        relative, absolute = elementary.ERROR["log"]
        values = elementary.log(self.mid)
        with np.errstate(all="ignore"):
            rad = self.rad / distance + relative * np.abs(values) + absolute
            return BallArray(values, rad * _INFLATION + _UNDERFLOW)

    def sqrt(self) -> BallArray:
        """√x; |√x − √m| = |x − m| / (√x + √m) ≤ r / √m; fl(√m) ≥ 2⁻⁵³⁷ errs by u relatively, either way.

        May fail when
        -------------
        A ball is not certainly positive: :class:`EnclosureFailure`.
        """
        if not (self.lower() > 0).all():
            raise EnclosureFailure("the square root of an expression whose enclosure is not positive")
        values = np.sqrt(self.mid)
        with np.errstate(all="ignore"):
            rad = self.rad / values + UNIT_ROUNDOFF * values
            return BallArray(values, rad * _INFLATION + _UNDERFLOW)

    # ---- pieces ---------------------------------------------------------------------------------------------

    def clip(self, low: float, high: float) -> BallArray:
        """Intersect every ball with [low, high]; a ball outside becomes the nearer end point."""
        return BallArray.between(np.clip(self.lower(), low, high), np.clip(self.upper(), low, high))

    @classmethod
    def between(cls, low: FloatArray, high: FloatArray) -> BallArray:
        """Balls that contain the intervals [low, high], entry by entry.

        |x − m| ≤ max(high − m, m − low) on them for *every* m, however the middle was rounded; halves do not overflow.
        """
        require_finite(low, "a lower end")
        require_finite(high, "an upper end")
        mid = low + (high / 2 - low / 2)
        with np.errstate(all="ignore"):
            rad = np.maximum(high - mid, mid - low)
            return cls(mid, rad * _INFLATION)  # differences that are subnormal are exact, 0 if low = high

    def union(self, other: BallArray) -> BallArray:
        """Balls that contain both operands' balls."""
        return BallArray.between(np.minimum(self.lower(), other.lower()), np.maximum(self.upper(), other.upper()))

    @staticmethod
    def where(mask: np.ndarray, if_true: BallArray, if_false: BallArray) -> BallArray:
        """Select entry by entry."""
        mid = np.where(mask, if_true.mid, if_false.mid)
        return BallArray(mid, np.where(mask, if_true.rad, if_false.rad) + np.zeros_like(mid))


_NEARLY_ONE = 1.0 + 2.0**-40


def _largest(values: FloatArray) -> float:
    return float(np.max(np.abs(values), initial=0.0))


def _up(bound: FloatArray | float) -> float:
    return float(bound * _INFLATION + _UNDERFLOW)


def _as_ball(number: Operand) -> BallArray:
    if isinstance(number, BallArray):
        return number
    if isinstance(number, float):
        return BallArray(np.asarray(number), magnitude=abs(number))
    return BallArray.from_arb(exact(number))
