"""Balls of Arb as a ring of :mod:`~certificates.enclosures.formulas.jets`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from flint import arb, ctx

from certificates.arithmetic.arb import exact, product, total
from certificates.errors import EnclosureFailure
from certificates.memory import remembered

__all__ = ["ArbRing", "arb_ring"]


def _softplus(x: arb) -> arb:
    """log(1 + e^x) = max(x, 0) + log1p(e^{−|x|}), and max(x, 0) = (x + |x|)/2; increasing, so by its ends."""
    if x.rad() == 0:
        return x.nonnegative_part() + (-abs(x)).exp().log1p()
    return _softplus(x.lower()).union(_softplus(x.upper()))


def _sigmoid(x: arb) -> arb:
    """1/(1 + e^{−x}) = (1 + tanh(x/2))/2 where that does not cancel, e^x/(1 + e^x) for negative x."""
    if x < 0:
        power = x.exp()
        return power / (1 + power)
    return (1 + (x / 2).tanh()) / 2


_FUNCTIONS: Mapping[str, Callable[[arb], arb]] = {
    "exp": arb.exp,
    "log": arb.log,
    "sqrt": arb.sqrt,
    "tanh": arb.tanh,
    "sigmoid": _sigmoid,
    "softplus": _softplus,
    "erf": arb.erf,
    "atan": arb.atan,
    "sin": arb.sin,
    "cos": arb.cos,
}


class ArbRing:
    """Balls of Arb at the working precision; results may be infinite, never undefined."""

    def __init__(self) -> None:
        self._one = exact(1)
        self._numbers: dict[Fraction, arb] = {}

    @property
    def one(self) -> arb:
        """The number 1, always the same object."""
        return self._one

    def number(self, value: Fraction) -> arb:
        """Enclose a rational, once per precision."""
        if value == 1:
            return self._one
        known = self._numbers.get(value)
        if known is None:
            known = exact(value)
            if len(self._numbers) < 10_000:
                self._numbers[value] = known
        return known

    def add(self, left: arb, right: arb) -> arb:
        """Left + right; see :func:`certificates.arithmetic.arb.total`."""
        return total(left, right)

    def negate(self, operand: arb) -> arb:
        """−operand."""
        return -operand

    def multiply(self, left: arb, right: arb) -> arb:
        """Left · right; see :func:`certificates.arithmetic.arb.product`."""
        return product(left, right)

    def divide(self, left: arb, right: arb) -> arb:
        """Left / right; refuses a divisor that may be 0."""
        if right.contains(0):
            raise EnclosureFailure("division by an expression whose enclosure contains 0")
        return left / right

    def power(self, base: arb, exponent: int) -> arb:
        """A positive integer power; an even one of a ball around 0 is non-negative.

        Not ``base**exponent``: python-flint's power of a ball that contains 0 is NaN.
        """
        half = base if exponent < 4 else self.power(base, exponent // 2)
        result = half * half if exponent > 1 else base
        result = result.nonnegative_part() if base.contains(0) and exponent > 1 else result
        return result * base if exponent % 2 and exponent > 1 else result

    def apply(self, function: str, argument: arb) -> arb:
        """Evaluate a function; refuses log and sqrt of what may be 0 or negative."""
        if function == "sqrt" and argument.is_zero():
            return argument
        if function in {"log", "sqrt"} and not argument > 0:
            raise EnclosureFailure(f"{function} of an expression whose enclosure is not positive")
        return _FUNCTIONS[function](argument)

    def logistic_slope(self, function: str, argument: arb) -> arb | None:
        """sech²x, or ¼ sech²(x/2): even, and falling in |x|, so by the ends of |x|; never negative."""
        half = argument if function == "tanh" else argument / 2
        size = abs(half)
        rise = _sech_square(size.lower().nonnegative_part()).union(_sech_square(size.upper()))
        return (rise if function == "tanh" else rise / 4).nonnegative_part()


def _sech_square(x: arb) -> arb:
    root = x.sech()
    return root * root


@remembered(64)
def _arb_ring_at(bits: int) -> ArbRing:
    del bits  # the key: a ring keeps rationals enclosed at one precision
    return ArbRing()


def arb_ring() -> ArbRing:
    """The ring of Arb balls at the current working precision."""
    return _arb_ring_at(int(ctx.prec))
