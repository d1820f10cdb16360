"""Exact sums of monomials tᵃ e^{bt + ct²}, and what they are on [R, ∞) (theory 2.4, tails).

A coefficient is an exact constant, or a finite ball that contains an unknown function of t for every t ≥ R: two equal
balls are not two equal functions, only exact constants cancel. Monomials are ordered by their growth, so the first one
of a sum dominates:

    Σ c_m m(t) = m₀(t) · (c₀ + Σ c_m (m/m₀)(t)),   and every (m/m₀)(t) lies in (0, (m/m₀)(R)] once it decreases.

The bracket is what is enclosed; m₀ stays exact. So signs and growth survive although every term may vanish at
infinity.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from flint import arb

from certificates.arithmetic.arb import exact, product
from certificates.arithmetic.effort import spend, spend_rationals, word_count
from certificates.enclosures.formulas.exact_constants import ExactConstant, ExactRing
from certificates.errors import EnclosureFailure

__all__ = ["ONE_MONOMIAL", "Coefficient", "Monomial", "TailSum", "enclosed"]

Coefficient = ExactConstant | arb

_MOST_TERMS = 400
_EFFORT_OF_A_TERM = 30


@dataclass(frozen=True, order=True)
class Monomial:
    """tᵃ e^{bt + ct²}; compared by growth as t → ∞: first c, then b, then a."""

    square: Fraction
    linear: Fraction
    power: Fraction

    def times(self, other: Monomial) -> Monomial:
        """The product."""
        return Monomial(self.square + other.square, self.linear + other.linear, self.power + other.power)

    def over(self, other: Monomial) -> Monomial:
        """The quotient."""
        return Monomial(self.square - other.square, self.linear - other.linear, self.power - other.power)

    def root(self) -> Monomial:
        """The square root."""
        return Monomial(self.square / 2, self.linear / 2, self.power / 2)

    def in_words(self) -> str:
        """The monomial as a formula in t.

        Examples
        --------
        >>> Monomial(Fraction(-1), Fraction(1, 2), Fraction(1)).in_words()
        't exp((1/2) t + (-1) t^2)'
        """
        power = "" if not self.power else "t" if self.power == 1 else f"t^{_plain(self.power)}"
        exponent = " + ".join(f"{_plain(c)} {name}" for c, name in ((self.linear, "t"), (self.square, "t^2")) if c)
        return " ".join(part for part in (power, f"exp({exponent})" if exponent else "") if part) or "1"

    def at(self, t: Fraction) -> arb:
        """The value at t > 0."""
        spend_rationals(_bits(self.linear) + _bits(self.square) + 2 * _bits(t), 3)
        spend(20 + 2 * word_count())
        exponent = exact(self.power) * exact(t).log() + exact(self.linear * t) + exact(self.square * t * t)
        return exponent.exp()

    def is_decreasing_from(self, t: Fraction) -> bool:
        """Whether it certainly does not increase on [t, ∞).

        The logarithmic derivative is h(t)/t with h(t) = a + bt + 2ct², so h ≤ 0 is what is needed.
        """
        spend_rationals(_bits(self.linear) + _bits(self.square) + 2 * _bits(t), 6)
        slope = self.power + self.linear * t + 2 * self.square * t * t
        bend = self.linear + 4 * self.square * t
        if self.square < 0:
            return slope <= 0 and bend <= 0  # h is concave
        return self.square == 0 and slope <= 0 and self.linear <= 0

    def range_from(self, t: Fraction) -> arb:
        """An enclosure on [t, ∞) of a monomial that is dominated by 1."""
        if self == ONE_MONOMIAL:
            return exact(1)
        if not self.is_decreasing_from(t):
            raise EnclosureFailure(f"a term of the expansion still grows at {t}; the tail must start further out")
        return exact(0).union(self.at(t)).nonnegative_part()


def _plain(number: Fraction) -> str:
    """A positive integer as it is, anything else in parentheses."""
    return str(number) if number.denominator == 1 and number > 0 else f"({number})"


def _bits(number: Fraction) -> int:
    return number.numerator.bit_length() + number.denominator.bit_length()


def _longest(terms: Mapping[Monomial, Coefficient]) -> int:
    """Bits of the longest exponent."""
    return max((_bits(m.square) + _bits(m.linear) + _bits(m.power) for m in terms), default=0)


ONE_MONOMIAL = Monomial(Fraction(0), Fraction(0), Fraction(0))
_EXACT = ExactRing()


def enclosed(coefficient: Coefficient) -> arb:
    """A coefficient as a ball."""
    return coefficient.enclose() if isinstance(coefficient, ExactConstant) else coefficient


def _plus(left: Coefficient, right: Coefficient) -> Coefficient:
    if isinstance(left, ExactConstant) and isinstance(right, ExactConstant):
        return left.plus(right)
    return enclosed(left) + enclosed(right)


def _times(left: Coefficient, right: Coefficient) -> Coefficient:
    if isinstance(left, ExactConstant) and isinstance(right, ExactConstant):
        return left.times(right)
    if any(isinstance(c, ExactConstant) and not c.terms for c in (left, right)):
        return _EXACT.number(Fraction(0))
    return product(enclosed(left), enclosed(right))


class TailSum:
    """Σ coefficient · monomial, immutable; exact zeros are left out.

    Examples
    --------
    >>> t = TailSum.monomial(Monomial(Fraction(0), Fraction(0), Fraction(1)))
    >>> t.plus(t.negated()).is_zero
    True
    """

    __slots__ = ("terms",)

    def __init__(self, terms: Mapping[Monomial, Coefficient]) -> None:
        kept = {m: c for m, c in terms.items() if not (isinstance(c, ExactConstant) and not c.terms)}
        if not all(isinstance(c, ExactConstant) or c.is_finite() for c in kept.values()):
            raise EnclosureFailure("a coefficient of the expansion at infinity is not bounded")
        if len(kept) > _MOST_TERMS:
            raise EnclosureFailure("the expansion of the activation at infinity has too many terms")
        spend(10 * len(kept))
        self.terms = {m: kept[m] for m in sorted(kept, reverse=True)}

    @classmethod
    def constant(cls, coefficient: Coefficient) -> TailSum:
        """A number."""
        return cls({ONE_MONOMIAL: coefficient})

    @classmethod
    def monomial(cls, monomial: Monomial, coefficient: Coefficient | None = None) -> TailSum:
        """One term; the coefficient is 1 unless given."""
        return cls({monomial: _EXACT.one if coefficient is None else coefficient})

    @property
    def is_zero(self) -> bool:
        """Whether every term cancelled exactly."""
        return not self.terms

    @property
    def is_exact(self) -> bool:
        """Whether no coefficient is a ball."""
        return all(isinstance(c, ExactConstant) for c in self.terms.values())

    @property
    def leading(self) -> Monomial:
        """The dominating monomial."""
        return next(iter(self.terms))

    @property
    def number(self) -> ExactConstant | None:
        """The value, if it is an exact constant."""
        if self.is_zero:
            return _EXACT.number(Fraction(0))
        coefficient = self.terms.get(ONE_MONOMIAL)
        return coefficient if len(self.terms) == 1 and isinstance(coefficient, ExactConstant) else None

    @property
    def key(self) -> str:
        """A text that determines an exact sum."""
        spend(20 * len(self.terms))
        return ";".join(
            f"{m.square},{m.linear},{m.power}:{c.key if isinstance(c, ExactConstant) else c}"
            for m, c in self.terms.items()
        )

    def plus(self, other: TailSum) -> TailSum:
        """Self + other."""
        terms = dict(self.terms)
        for monomial, coefficient in other.terms.items():
            known = terms.get(monomial)
            terms[monomial] = coefficient if known is None else _plus(known, coefficient)
        return TailSum(terms)

    def times(self, other: TailSum) -> TailSum:
        """Self · other."""
        products = len(self.terms) * len(other.terms)
        spend(_EFFORT_OF_A_TERM * products)
        spend_rationals(_longest(self.terms) + _longest(other.terms), 3 * products)
        terms: dict[Monomial, Coefficient] = {}
        for left, a in self.terms.items():
            for right, b in other.terms.items():
                monomial, product = left.times(right), _times(a, b)
                known = terms.get(monomial)
                terms[monomial] = product if known is None else _plus(known, product)
        return TailSum(terms)

    def negated(self) -> TailSum:
        """−self."""
        minus = Fraction(-1)
        return TailSum({m: c.scaled(minus) if isinstance(c, ExactConstant) else -c for m, c in self.terms.items()})

    def bracket(self, start: Fraction) -> arb:
        """Enclose self(t)/leading(t) for all t ≥ ``start``.

        May fail when
        -------------
        A term grows against the leading one at ``start``, or a constant overflows: :class:`EnclosureFailure`.
        """
        if self.is_zero:
            return exact(0)
        total = exact(0)
        for monomial, coefficient in self.terms.items():
            total += product(enclosed(coefficient), monomial.over(self.leading).range_from(start))
        if not total.is_finite():
            raise EnclosureFailure("a coefficient of the expansion at infinity is not finite")
        return total
