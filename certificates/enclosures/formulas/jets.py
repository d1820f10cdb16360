"""Taylor coefficients of an activation by truncated power-series arithmetic, once over a ring (theory 2.4).

With u(t) = Σ u_k t^k the series of an argument, each elementary function f has a recurrence from its differential
equation: k f_k = Σ_{i=1..k} i u_i d_{k−i}, where d is the series of f'(u). No symbolic derivative is trusted.

An absent coefficient (``None``) is an exact zero, so constants cost nothing. Formulas with ``Piecewise`` are
split first: :func:`certificates.expression.smooth_pieces`.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Generic, Protocol, TypeVar

from certificates.arithmetic.effort import spend, word_count
from certificates.arithmetic.powers import by_squaring
from certificates.errors import EnclosureFailure
from certificates.expression.syntax import (
    Apply,
    Difference,
    Expression,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    depends_on_variable,
)

__all__ = ["Ring", "Series", "jet"]

T = TypeVar("T")

Series = tuple[T | None, ...]


class Ring(Protocol[T]):
    """Numbers with a proven meaning: each operation's result contains the exact one.

    ``divide``, ``reciprocal`` powers, ``log`` and ``sqrt`` raise
    :class:`certificates.errors.EnclosureFailure` unless the divisor is certainly nonzero, the argument certainly
    positive; so a series that comes back proves that the formula is analytic on the argument.
    """

    @property
    def one(self) -> T:
        """The number 1, always the same object."""

    def number(self, value: Fraction) -> T:
        """A rational; 1 must be returned as ``one``."""

    def add(self, left: T, right: T) -> T:
        """Left + right."""

    def negate(self, operand: T) -> T:
        """−operand."""

    def multiply(self, left: T, right: T) -> T:
        """Left · right."""

    def divide(self, left: T, right: T) -> T:
        """Left / right."""

    def power(self, base: T, exponent: int) -> T:
        """A positive integer power; tighter than repeated multiplication where base may be 0."""

    def apply(self, function: str, argument: T) -> T:
        """One of the functions of the grammar."""

    def logistic_slope(self, function: str, argument: T) -> T | None:
        """tanh' or sigmoid' where the ring knows better than 1 − t² and s − s², which cancel far out; else ``None``."""


def jet(expression: Expression, x: T | None, order: int, ring: Ring[T]) -> Series[T]:
    """Enclose the Taylor coefficients f(x), f'(x), f''(x)/2, … of a formula without ``Piecewise``.

    Parameters
    ----------
    expression
        A formula in z, one of :func:`certificates.expression.smooth_pieces`.
    x
        The argument, a number of the ring (``None``: the exact zero).
    order
        How many derivatives, at least 0.
    ring
        The arithmetic.

    Guarantee
    ---------
    f is analytic at every point of ``x``, and coefficient k contains f^(k)(ξ)/k! for every point ξ of ``x``;
    ``None`` means that the coefficient is exactly 0. Of order 0 it is the value alone where a sqrt of 0 is taken.

    May fail when
    -------------
    A divisor's enclosure contains 0, or the argument of log or sqrt is not certainly positive, or numbers
    overflow: :class:`certificates.errors.EnclosureFailure`.

    Examples
    --------
    >>> from certificates.enclosures.formulas.ball_rings import arb_ring
    >>> from certificates.arithmetic.arb import exact
    >>> from certificates.expression import parse_expression
    >>> jet(parse_expression("z^2"), exact(3), 2, arb_ring())
    (9.00000000000000, 6.00000000000000, 1.00000000000000)
    """
    algebra = _Algebra(ring, order)
    return algebra.evaluate(expression, algebra.variable(x))


class _Algebra(Generic[T]):
    """Series with ``order + 1`` coefficients over a ring."""

    def __init__(self, ring: Ring[T], order: int) -> None:
        self.ring = ring
        self.order = order
        self._cost = ((order + 1) * (order + 2) + 4) * (word_count() + 3) / 4  # of a product of two series

    def variable(self, x: T | None) -> Series[T]:
        return (x, self.ring.one, *[None] * self.order)[: self.order + 1]

    def constant(self, value: T | None) -> Series[T]:
        return (value, *[None] * self.order)

    def number(self, value: Fraction | int) -> T | None:
        return self.ring.number(Fraction(value)) if value else None

    def evaluate(self, expression: Expression, z: Series[T]) -> Series[T]:
        spend(self._cost)
        match expression:
            case Number(value):
                return self.constant(self.number(value))
            case Negative(operand):
                return self.negative(self.evaluate(operand, z))
            case Sum(left, right):
                return self.sum(self.evaluate(left, z), self.evaluate(right, z))
            case Difference(left, right):
                return self.sum(self.evaluate(left, z), self.negative(self.evaluate(right, z)))
            case Product(left, right):
                first = self.evaluate(left, z)
                return self.square(first) if left == right else self.product(first, self.evaluate(right, z))
            case Quotient(left, right):
                return self.quotient(self.evaluate(left, z), self.evaluate(right, z))
            case Power(base, exponent):
                return self.power(self.evaluate(base, z), exponent)
            case Apply(function, argument):
                inner = self.evaluate(argument, z)
                if self.order and function == "sqrt" and inner[0] is None and depends_on_variable(argument):
                    # up to this order z² may be 0 at 0 like a constant, but √z² = |z| has no slope there
                    raise EnclosureFailure("the slope of sqrt of an expression that vanishes")
                return self.apply(function, inner)
            case _:
                return z

    # ---- coefficients: None is 0 --------------------------------------------------------------------------------

    def plus(self, left: T | None, right: T | None) -> T | None:
        if left is None or right is None:
            return right if left is None else left
        return self.ring.add(left, right)

    def minus(self, left: T | None, right: T | None) -> T | None:
        return self.plus(left, None if right is None else self.ring.negate(right))

    def times(self, left: T | None, right: T | None) -> T | None:
        if left is None or right is None:
            return None
        if left is self.ring.one or right is self.ring.one:
            return right if left is self.ring.one else left
        return self.ring.multiply(left, right)

    def over(self, left: T | None, right: T | None) -> T | None:
        """Left / right; the ring refuses a divisor that may be 0, also under an exact 0."""
        divisor = self.ring.number(Fraction(0)) if right is None else right
        if divisor is self.ring.one:
            return left
        quotient = self.ring.divide(self.ring.one if left is None else left, divisor)
        return None if left is None else quotient

    def convolved(self, left: Series[T], right: Series[T], k: int, start: int = 0) -> T | None:
        """Σ_{i=start..k} left_i right_{k−i}."""
        total: T | None = None
        for i in range(start, k + 1):
            total = self.plus(total, self.times(left[i], right[k - i]))
        return total

    # ---- series -------------------------------------------------------------------------------------------------

    def negative(self, u: Series[T]) -> Series[T]:
        return tuple(None if c is None else self.ring.negate(c) for c in u)

    def sum(self, u: Series[T], v: Series[T]) -> Series[T]:
        return tuple(self.plus(a, b) for a, b in zip(u, v, strict=True))

    def product(self, u: Series[T], v: Series[T]) -> Series[T]:
        return tuple(self.convolved(u, v, k) for k in range(len(u)))

    def square(self, u: Series[T]) -> Series[T]:
        """The square of a sign-changing number is non-negative: the ring knows, a product does not."""
        value = None if u[0] is None else self.ring.power(u[0], 2)
        return (value, *self.product(u, u)[1:])

    def quotient(self, u: Series[T], v: Series[T]) -> Series[T]:
        w: list[T | None] = []
        for k in range(len(u)):
            known = tuple(w)
            total = u[k]
            for i in range(1, k + 1):
                total = self.minus(total, self.times(v[i], known[k - i]))
            w.append(self.over(total, v[0]))
        return tuple(w)

    def power(self, u: Series[T], exponent: int) -> Series[T]:
        if exponent < 0:
            return self.quotient(self.constant(self.ring.one), self.power(u, -exponent))
        if exponent == 0:
            return self.constant(self.ring.one)
        spend(self._cost * exponent.bit_length())
        result = by_squaring(u, exponent, self.constant(self.ring.one), self._multiplied)
        value = None if u[0] is None else self.ring.power(u[0], exponent)
        return (value, *result[1:])

    def _multiplied(self, u: Series[T], v: Series[T]) -> Series[T]:
        return self.square(u) if u is v else self.product(u, v)

    def integrated(self, value: T | None, u: Series[T], slope: Series[T], k: int) -> T | None:
        """Coefficient k of f from k f_k = Σ i u_i d_{k−i}; coefficient 0 is ``value``."""
        if k == 0:
            return value
        total: T | None = None
        for i in range(1, k + 1):
            total = self.plus(total, self.times(self.times(self.number(i), u[i]), slope[k - i]))
        return total if k == 1 else self.times(self.number(Fraction(1, k)), total)

    def primitive(self, value: T | None, u: Series[T], slope: Series[T]) -> Series[T]:
        return tuple(self.integrated(value, u, slope, k) for k in range(len(u)))

    # ---- functions ----------------------------------------------------------------------------------------------

    def apply(self, function: str, u: Series[T]) -> Series[T]:
        spend(4 * self._cost)
        argument = self.ring.number(Fraction(0)) if u[0] is None else u[0]
        value = self.ring.apply(function, argument)
        if all(c is None for c in u[1:]):
            return self.constant(value)
        if function in {"tanh", "sigmoid", "exp"}:
            known = None if function == "exp" else self.ring.logistic_slope(function, argument)
            return self.autonomous(function, value, known, u)
        if function in {"sin", "cos"}:
            partner = self.ring.apply("cos" if function == "sin" else "sin", argument)
            return self.circular(function, value, partner, u)
        lower = _Algebra(self.ring, self.order - 1)
        return self.primitive(value, u, lower.slope(function, u[: self.order]))

    def slope(self, function: str, u: Series[T]) -> Series[T]:
        """The series of f'(u), one order lower, for f with a closed-form derivative."""
        one = self.constant(self.ring.one)
        match function:
            case "log":
                return self.quotient(one, u)
            case "sqrt":
                root = self.apply("sqrt", u)
                return self.quotient(self.constant(self.number(Fraction(1, 2))), root)
            case "softplus":
                return self.apply("sigmoid", u)
            case "atan":
                return self.quotient(one, self.sum(one, self.square(u)))
            case _:  # erf' = 2/√π e^{−u²}, and √(atan 1) = √π/2
                bell = self.apply("exp", self.negative(self.square(u)))
                half_root_pi = self.ring.apply("sqrt", self.ring.apply("atan", self.ring.one))
                return self.quotient(bell, self.constant(half_root_pi))

    def autonomous(self, function: str, value: T, rise: T | None, u: Series[T]) -> Series[T]:
        """Functions whose slope is a polynomial in themselves: e, 1 − t², s − s²; ``rise`` is its value if known."""
        known: list[T | None] = [value]
        slope: list[T | None] = []
        for k in range(1, len(u)):
            slope.append(rise if k == 1 and rise is not None else self._own_slope(function, tuple(known)))
            known.append(self.integrated(None, u, tuple(slope), k))
        return tuple(known)

    def _own_slope(self, function: str, f: Series[T]) -> T | None:
        """The last coefficient of f'(u), from as many coefficients of f."""
        if function == "exp":
            return f[-1]
        k = len(f) - 1
        square = self.convolved(f, f, k) if k or f[0] is None else self.ring.power(f[0], 2)
        linear = f[k] if function == "sigmoid" else (self.ring.one if k == 0 else None)
        return self.minus(linear, square)

    def circular(self, function: str, value: T, partner: T, u: Series[T]) -> Series[T]:
        """Sin and cos together: s' = c u', c' = −s u'."""
        mine: list[T | None] = [value]
        other: list[T | None] = [partner]
        for k in range(1, len(u)):
            rise = self.integrated(None, u, tuple(other), k)
            fall = self.integrated(None, u, tuple(mine), k)
            mine.append(rise if function == "sin" else self.minus(None, rise))
            other.append(self.minus(None, fall) if function == "sin" else fall)
        return tuple(mine)
