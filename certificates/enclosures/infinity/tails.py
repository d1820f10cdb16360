"""Derivatives of an activation beyond R: sign, growth and exact identities (theory 2.4, tails)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import factorial

from flint import arb

from certificates.arithmetic.arb import exact, product
from certificates.enclosures.formulas.exact_constants import ExactConstant
from certificates.enclosures.formulas.jets import jet
from certificates.enclosures.infinity.expansions import Germ, TailRing
from certificates.enclosures.infinity.monomials import ONE_MONOMIAL, Monomial
from certificates.enclosures.intervals.pieces import pieces_of
from certificates.errors import EnclosureFailure
from certificates.expression import Activation

__all__ = ["Tail", "slope_limit", "tail", "tail_of_slope_power"]


@dataclass(frozen=True)
class Tail:
    """φ^(k)(±t) = monomial(t) · g(t) with g(t) ∈ ``factor`` for all t ≥ ``start``."""

    monomial: Monomial
    factor: arb
    start: Fraction

    @property
    def is_nonnegative(self) -> bool:
        """Whether the derivative is certainly ≥ 0 on the tail."""
        return bool(self.factor >= 0)

    @property
    def is_bounded(self) -> bool:
        """Whether the monomial does not grow."""
        return self.monomial <= ONE_MONOMIAL

    @property
    def is_certainly_unbounded(self) -> bool:
        """Whether the monomial grows and the factor keeps away from 0."""
        return not self.is_bounded and bool(self.factor > 0 or self.factor < 0)

    def range(self) -> arb:
        """All values on the tail; fails if they grow, or if no bound is found."""
        if not self.is_bounded:
            raise EnclosureFailure(self.why_unbounded())
        return product(self.factor, self.monomial.range_from(self.start))

    def why_unbounded(self, name: str = "the derivative") -> str:
        """What is known of a derivative whose monomial grows: that it grows, or only that no bound was found.

        Examples
        --------
        >>> one = Monomial(Fraction(0), Fraction(0), Fraction(1))
        >>> Tail(one, arb(2), Fraction(8)).why_unbounded("φ'")
        "φ' grows without bound"
        >>> Tail(one, arb(0, 1), Fraction(8)).why_unbounded("φ'")
        "no bound of φ' was found beyond 8, which does not say that it grows: it is t times a factor in [+/- 1.01]"
        """
        if self.is_certainly_unbounded:
            return f"{name} grows without bound"
        what = f"{self.monomial.in_words()} times a factor in {self.factor.str(3)}"
        return f"no bound of {name} was found beyond {self.start}, which does not say that it grows: it is {what}"

    def against_power(self, power: int) -> arb:
        """All values of φ^(k)(±t)/t^power on the tail; fails if they grow."""
        reduced = Tail(self.monomial.over(Monomial(Fraction(0), Fraction(0), Fraction(power))), self.factor, self.start)
        return reduced.range()


def tail(activation: Activation, derivative: int, start: Fraction, side: int) -> Tail:
    """Enclose φ^(k) on t ≥ ``start`` (``side`` = 1) or at −t (``side`` = −1).

    Parameters
    ----------
    activation
        φ.
    derivative
        k ≥ 0, with respect to z.
    start
        R > 0, beyond every breakpoint.
    side
        1 or −1.

    Guarantee
    ---------
    φ is analytic on the half-line, and the product form holds at every point of it.

    May fail when
    -------------
    The formula is outside the classes of :mod:`tail_ring`, or R is too small: :class:`EnclosureFailure`.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> found = tail(parse_activation("silu"), 1, Fraction(30), -1)  # silu'(−t) = −t e^{−t}(1 − 1/t + …)
    >>> found.monomial.power, found.monomial.linear, bool(found.factor < 0)
    (Fraction(1, 1), Fraction(-1, 1), True)
    """
    ring = TailRing(start)
    coefficient = _coefficients(activation, derivative, ring, side)[derivative]
    if coefficient is None:
        monomial, factor = ONE_MONOMIAL, arb(0)
    else:
        monomial, factor = ring.split(coefficient)
    return Tail(monomial, product(factor, exact(factorial(derivative))), start)


def _coefficients(activation: Activation, order: int, ring: TailRing, side: int) -> tuple[Germ | None, ...]:
    pieces, breakpoints = pieces_of(activation)
    if any(abs(b) > ring.start for b in breakpoints):
        raise EnclosureFailure(f"a breakpoint lies beyond {ring.start}")
    piece = pieces[-1] if side > 0 else pieces[0]
    z = ring.variable if side > 0 else ring.negate(ring.variable)
    return jet(piece, z, order, ring)


def tail_of_slope_power(activation: Activation, power: int, limit: ExactConstant, start: Fraction, side: int) -> Tail:
    """Enclose φ'(±t)^i − κ^i on t ≥ ``start``, exactly cancelled: what is left of a step far out.

    Parameters
    ----------
    activation, start, side
        As in :func:`tail`.
    power
        i ≥ 1.
    limit
        κ, the limit of φ' on this side.
    """
    ring = TailRing(start)
    slope = _coefficients(activation, 1, ring, side)[1] or ring.number(Fraction(0))
    value, level = slope, limit
    for _ in range(power - 1):
        value, level = ring.multiply(value, slope), level.times(limit)
    monomial, factor = ring.split(ring.add(value, ring.constant(level.scaled(Fraction(-1)))))
    return Tail(monomial, factor, start)


def slope_limit(activation: Activation, start: Fraction, side: int) -> ExactConstant:
    """κ, the limit of φ' at side·∞, as an exact number.

    May fail when
    -------------
    φ' grows, or its expansion has no exact constant term: :class:`EnclosureFailure`.
    """
    ring = TailRing(start)
    limit = ring.limit(_coefficients(activation, 1, ring, side)[1] or ring.number(Fraction(0)))
    if limit is None:
        raise EnclosureFailure("the limit of φ' at infinity is not known exactly")
    return limit
