"""Ball arrays as a ring of :mod:`~certificates.enclosures.formulas.jets`."""

from __future__ import annotations

from fractions import Fraction

from flint import arb

from certificates.arithmetic.ball_array import BallArray
from certificates.enclosures.formulas.ball_rings import arb_ring

__all__ = ["BallArrayRing", "as_array"]


class BallArrayRing:
    """Ball arrays, and Arb balls for what does not depend on z: constants are folded in Arb, then rounded once."""

    def __init__(self) -> None:
        self._scalars = arb_ring()

    @property
    def one(self) -> BallArray | arb:
        """The number 1, always the same object."""
        return self._scalars.one

    def number(self, value: Fraction) -> BallArray | arb:
        """A rational, as an Arb ball."""
        return self._scalars.number(value)

    def add(self, left: BallArray | arb, right: BallArray | arb) -> BallArray | arb:
        """Left + right."""
        if isinstance(left, arb) and isinstance(right, arb):
            return left + right
        first, second = _arrays_first(left, right)
        return first + second

    def negate(self, operand: BallArray | arb) -> BallArray | arb:
        """−operand."""
        return -operand

    def multiply(self, left: BallArray | arb, right: BallArray | arb) -> BallArray | arb:
        """Left · right, entry by entry."""
        if isinstance(left, arb) and isinstance(right, arb):
            return left * right
        first, second = _arrays_first(left, right)
        return first * second

    def divide(self, left: BallArray | arb, right: BallArray | arb) -> BallArray | arb:
        """Left / right; refuses a divisor that may be 0."""
        if isinstance(right, arb):
            inverse = self._scalars.divide(self._scalars.one, right)
            return self.multiply(left, inverse)
        return as_array(left) / right

    def power(self, base: BallArray | arb, exponent: int) -> BallArray | arb:
        """A positive integer power."""
        return self._scalars.power(base, exponent) if isinstance(base, arb) else base**exponent

    def apply(self, function: str, argument: BallArray | arb) -> BallArray | arb:
        """Evaluate a function; refuses log and sqrt of what may be 0 or negative."""
        if isinstance(argument, arb):
            return self._scalars.apply(function, argument)
        result: BallArray = getattr(argument, function)()
        return result

    def logistic_slope(self, function: str, argument: BallArray | arb) -> None:
        """The polynomial is as good in binary64."""


def _arrays_first(left: BallArray | arb, right: BallArray | arb) -> tuple[BallArray, BallArray]:
    """Both as arrays, a constant last: an array's operators broadcast their right operand."""
    if isinstance(left, arb):
        left, right = right, left
    return as_array(left), as_array(right)


def as_array(number: BallArray | arb) -> BallArray:
    """A constant as an array without axes."""
    return BallArray.from_arb(number) if isinstance(number, arb) else number
