"""Formulas on a half-line t ≥ R as a ring of :mod:`~certificates.enclosures.formulas.jets` (theory 2.4, ER, EG, R).

A number of the ring is a quotient of exact sums of monomials tᵃ e^{bt + ct²} (:mod:`tail_sums`). Everything that
activations are made of stays in this form as long as it is exact, and becomes an enclosed factor otherwise:

* exp of a polynomial of degree ≤ 2 is a monomial; of a higher one that tends to −∞ it lies in [0, 1]·e^{−t²};
* tanh, sigmoid and softplus are rational in exp, also of a softplus: tanh(log(1 + E)) = ((1 + E)² − 1)/((1 + E)² + 1);
* 1 − erf(y) = e^{−y²} q/(y√π) with q ∈ [1 − 1/(2y²), 1] for y > 0 (integration by parts twice, alternating);
* π/2 − atan(y) = q/y with q ∈ [1 − 1/(3y²), 1] for y > 0 (alternating series, or y > 1);
* log(1 + E) = E q with q ∈ [1/(1 + E), 1];
* any function of a bounded argument is enclosed by Arb on the argument's range; |sin|, |cos| ≤ 1.

What is none of this is *unknown*; it fails only if its value is used. That the formula is analytic on [R, ∞) is proven
in any case: a divisor that may vanish, log or sqrt of what may be ≤ 0, and all three of what is unknown, are refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from flint import arb

from certificates.arithmetic.arb import exact, product
from certificates.arithmetic.powers import by_squaring
from certificates.enclosures.formulas.ball_rings import arb_ring
from certificates.enclosures.formulas.exact_constants import ExactConstant, ExactRing
from certificates.enclosures.formulas.jets import jet
from certificates.enclosures.infinity.monomials import ONE_MONOMIAL, Coefficient, Monomial, TailSum
from certificates.errors import EnclosureFailure
from certificates.expression.syntax import Apply, Variable

__all__ = ["Germ", "TailRing"]

_EXACT = ExactRing()
_ZERO = TailSum({})
_ONE = TailSum.constant(_EXACT.one)


@dataclass(frozen=True, eq=False)
class Germ:
    """numerator / Π factorᵉ on t ≥ R; every factor is exact and certainly has no zero there.

    Parameters
    ----------
    numerator, factors
        The quotient; equal factors are gathered by their text.
    exponential
        e to this number, where that is simpler than the number itself (softplus and log).
    unknown
        Why there is no such form; empty if there is one. The function is analytic on [R, ∞) all the same.
    """

    numerator: TailSum
    factors: tuple[tuple[TailSum, int], ...] = ()
    exponential: Germ | None = None
    unknown: str = ""


def _unknown(reason: str) -> Germ:
    return Germ(_ZERO, unknown=reason)


def _gathered(*groups: tuple[tuple[TailSum, int], ...]) -> dict[str, tuple[TailSum, int]]:
    """The largest power of each factor: a common denominator."""
    found: dict[str, tuple[TailSum, int]] = {}
    for group in groups:
        for factor, exponent in group:
            known = found.get(factor.key)
            found[factor.key] = (factor, exponent if known is None else max(exponent, known[1]))
    return found


class TailRing:
    """Numbers that are functions on [R, ∞).

    Parameters
    ----------
    start
        R > 0.

    Guarantee
    ---------
    A germ that comes back stands for a function that is analytic on [R, ∞), whether its form is known or not.

    May fail when
    -------------
    R ≤ 0, a divisor may vanish on [R, ∞), or log or sqrt is applied to what is not certainly positive there:
    :class:`EnclosureFailure`.

    Examples
    --------
    >>> ring = TailRing(Fraction(20))
    >>> slope = ring.apply("sigmoid", ring.variable)
    >>> monomial, factor = ring.split(ring.add(ring.one, ring.negate(slope)))
    >>> monomial.linear, bool(factor > 0.999), bool(factor < 1.001)  # 1 − s(t) = e^{−t}(1 + …)
    (Fraction(-1, 1), True, True)
    """

    def __init__(self, start: Fraction) -> None:
        if start <= 0:
            raise EnclosureFailure(f"a tail begins beyond 0, not at {start}")
        self.start = start
        self._one = Germ(_ONE)
        self.variable = Germ(TailSum.monomial(Monomial(Fraction(0), Fraction(0), Fraction(1))))

    @property
    def one(self) -> Germ:
        """The number 1, always the same object."""
        return self._one

    def number(self, value: Fraction) -> Germ:
        """A rational."""
        return self._one if value == 1 else Germ(TailSum.constant(_EXACT.number(value)))

    def constant(self, value: ExactConstant) -> Germ:
        """An exact number."""
        return Germ(TailSum.constant(value))

    def add(self, left: Germ, right: Germ) -> Germ:
        """Left + right, over the common denominator."""
        if left.unknown or right.unknown:
            return left if left.unknown else right
        common = _gathered(left.factors, right.factors)
        total = self._lifted(left, common).plus(self._lifted(right, common))
        return Germ(total, () if total.is_zero else tuple(common.values()))

    def _lifted(self, germ: Germ, common: dict[str, tuple[TailSum, int]]) -> TailSum:
        """The numerator over a larger denominator."""
        mine = {factor.key: exponent for factor, exponent in germ.factors}
        total = germ.numerator
        for key, (factor, exponent) in common.items():
            for _ in range(exponent - mine.get(key, 0)):
                total = total.times(factor)
        return total

    def negate(self, operand: Germ) -> Germ:
        """−operand."""
        return operand if operand.unknown else Germ(operand.numerator.negated(), operand.factors)

    def multiply(self, left: Germ, right: Germ) -> Germ:
        """Left · right."""
        if left.unknown or right.unknown:
            return left if left.unknown else right
        numerator = left.numerator.times(right.numerator)
        exponents: dict[str, tuple[TailSum, int]] = {}
        for factor, exponent in (*left.factors, *right.factors):
            known = exponents.get(factor.key, (factor, 0))
            exponents[factor.key] = (factor, known[1] + exponent)
        return Germ(numerator, () if numerator.is_zero else tuple(exponents.values()))

    def divide(self, left: Germ, right: Germ) -> Germ:
        """Left / right; refuses a divisor that may vanish somewhere on [R, ∞), also under an unknown number."""
        if right.unknown:
            raise EnclosureFailure(f"division by an expression that is not enclosed: {right.unknown}")
        return self.multiply(left, self._inverse(right))

    def _inverse(self, germ: Germ) -> Germ:
        numerator = germ.numerator
        bracket = numerator.bracket(self.start)
        if bracket.contains(0):
            raise EnclosureFailure(f"division by an expression that may vanish beyond {self.start}")
        rest = Germ(_ONE)
        for factor, exponent in germ.factors:
            for _ in range(exponent):
                rest = self.multiply(rest, Germ(factor))
        flipped = TailSum.monomial(ONE_MONOMIAL.over(numerator.leading))
        if len(numerator.terms) == 1 and numerator.is_exact:
            coefficient = numerator.terms[numerator.leading]
            inverse = _EXACT.divide(_EXACT.one, coefficient)  # type: ignore[arg-type]  # exact, as just tested
            return self.multiply(rest, Germ(flipped.times(TailSum.constant(inverse))))
        if numerator.is_exact:
            scaled = numerator.times(flipped)  # one spelling of a denominator up to a monomial
            return self.multiply(rest, Germ(flipped, ((scaled, 1),)))
        parts = _parts(germ.numerator)
        if parts is None:
            return self.multiply(rest, Germ(flipped.times(TailSum.constant(1 / bracket))))
        # 1/(1 + ρ) = 1 − ρ/(1 + ρ)
        first = flipped.times(TailSum.constant(_EXACT.divide(_EXACT.one, parts.coefficient)))
        change = parts.changed(-parts.coefficient.enclose() / bracket, self.start)
        return self.multiply(rest, Germ(first.times(_ONE.plus(change))))

    def power(self, base: Germ, exponent: int) -> Germ:
        """A positive integer power."""
        return by_squaring(base, exponent, self._one, self.multiply)

    # ---- enclosures ----------------------------------------------------------------------------------------------

    def split(self, germ: Germ) -> tuple[Monomial, arb]:
        """(m, ball) with germ(t)/m(t) ∈ ball for all t ≥ R.

        May fail when
        -------------
        The germ is unknown, or R is too small for its expansion: :class:`EnclosureFailure`.
        """
        if germ.unknown:
            raise EnclosureFailure(germ.unknown)
        if germ.numerator.is_zero:
            return ONE_MONOMIAL, exact(0)
        monomial, ball = germ.numerator.leading, germ.numerator.bracket(self.start)
        for factor, exponent in germ.factors:
            bracket = factor.bracket(self.start)
            for _ in range(exponent):
                monomial, ball = monomial.over(factor.leading), ball / bracket
        if not ball.is_finite():
            raise EnclosureFailure("the expansion at infinity is not finite")
        return monomial, ball

    def bounded(self, germ: Germ) -> arb | None:
        """An enclosure of all values on [R, ∞), or ``None`` if the germ grows."""
        monomial, ball = self.split(germ)
        if monomial > ONE_MONOMIAL:
            return None
        return ball * monomial.range_from(self.start)

    def sign(self, germ: Germ) -> int:
        """±1 if the germ has this sign on all of [R, ∞), 0 if that is not certain."""
        _, ball = self.split(germ)
        return 1 if ball > 0 else -1 if ball < 0 else 0

    def limit(self, germ: Germ) -> ExactConstant | None:
        """The limit at infinity, if it is an exact number: the quotient of the leading coefficients."""
        if germ.unknown:
            return None
        monomial, leading = ONE_MONOMIAL, _EXACT.one
        if germ.numerator.is_zero:
            return _EXACT.number(Fraction(0))
        parts = [(germ.numerator, 1), *((factor, -exponent) for factor, exponent in germ.factors)]
        for part, exponent in parts:
            for _ in range(abs(exponent)):
                monomial = monomial.times(part.leading) if exponent > 0 else monomial.over(part.leading)
        if monomial < ONE_MONOMIAL:
            return _EXACT.number(Fraction(0))
        coefficients = [(part.terms[part.leading], exponent) for part, exponent in parts]
        if monomial > ONE_MONOMIAL or not all(isinstance(c, ExactConstant) for c, _ in coefficients):
            return None
        for coefficient, exponent in coefficients:
            for _ in range(abs(exponent)):
                combine = _EXACT.multiply if exponent > 0 else _EXACT.divide
                leading = combine(leading, coefficient)  # type: ignore[arg-type]  # exact, as just tested
        return leading

    # ---- functions -----------------------------------------------------------------------------------------------

    def apply(self, function: str, argument: Germ) -> Germ:
        """One of the functions of the grammar; refuses log and sqrt of what may be ≤ 0 or is unknown."""
        number = None if argument.unknown or argument.factors else argument.numerator.number
        if number is not None:
            return Germ(TailSum.constant(_EXACT.apply(function, number)))
        if function in {"log", "sqrt"}:
            monomial, ball = self._positive(argument)
            parts = None if argument.factors else _parts(argument.numerator)
            if function == "log":
                return _log(monomial, ball, argument, parts, self.start)
            return _sqrt(monomial, ball, parts, self.start)
        if argument.unknown:
            return argument
        try:
            return self._applied(function, argument)
        except EnclosureFailure as failure:
            return _unknown(f"{function} is not enclosed beyond {self.start}: {failure}")

    def _applied(self, function: str, u: Germ) -> Germ:
        match function:
            case "exp":
                return self._exp(u)
            case "tanh" | "sigmoid" | "softplus":
                return self._logistic(function, u)
            case "erf" | "atan":
                return self._saturating(function, u)
            case _:
                ball = self.bounded(u)
                return self._ball(exact(-1).union(exact(1))) if ball is None else self._of_bounded(function, u, ball)

    def _ball(self, ball: arb) -> Germ:
        return Germ(TailSum.constant(ball))

    def _positive(self, u: Germ) -> tuple[Monomial, arb]:
        monomial, ball = self.split(u)
        if not ball > 0:
            raise EnclosureFailure("the argument is not certainly positive")
        return monomial, ball

    def _exp(self, u: Germ) -> Germ:
        if u.exponential is not None:
            return u.exponential
        if u.factors:
            return self._exp_of_bounded(u)
        exponents, rest = [Fraction(0)] * 3, dict(u.numerator.terms)
        for monomial, coefficient in u.numerator.terms.items():
            value = coefficient.rational if isinstance(coefficient, ExactConstant) else None
            is_power = monomial.square == monomial.linear == 0 and monomial.power in {1, 2}
            if is_power and value is not None:
                exponents[int(monomial.power)] = value
                del rest[monomial]
        remainder = TailSum(rest)
        head = Monomial(exponents[2], exponents[1], Fraction(0))
        number = remainder.number
        if number is not None:
            return Germ(TailSum.monomial(head, _EXACT.apply("exp", number)))
        if remainder.leading > ONE_MONOMIAL:
            return self._exp_of_falling(u)
        return self.multiply(Germ(TailSum.monomial(head)), self._exp_of_bounded(Germ(remainder)))

    def _exp_of_bounded(self, u: Germ) -> Germ:
        ball = self.bounded(u)
        if ball is None:
            raise EnclosureFailure("the exponent grows and is no polynomial")
        return self._of_bounded("exp", u, ball)

    def _exp_of_falling(self, u: Germ) -> Germ:
        """u ≤ −t² on the tail: e^u ∈ [0, 1] e^{−t²}."""
        shifted = self.add(u, self.multiply(self.variable, self.variable))
        if self.sign(shifted) != -1:
            raise EnclosureFailure("the exponent is no polynomial of degree 2 and does not fall below −t²")
        return Germ(
            TailSum.monomial(
                Monomial(Fraction(-1), Fraction(0), Fraction(0)), exact(0).union(exact(1)).nonnegative_part()
            )
        )

    def _logistic(self, function: str, u: Germ) -> Germ:
        """Rational in E = e^{−|u|} (of 2u for tanh), which decays."""
        if u.exponential is not None:
            return self._logistic_of_log(function, u.exponential)
        ball = self.bounded(u)
        if ball is not None:
            return self._of_bounded(function, u, ball)
        sign = self.sign(u)
        if sign == 0:
            raise EnclosureFailure("the sign of the argument is not certain")
        falling = self.negate(u) if sign > 0 else u
        if function == "tanh":
            share = self._share(self._exp(self.add(falling, falling)))
            value = self.add(self._one, self.negate(self.add(share, share)))
            return value if sign > 0 else self.negate(value)
        decay = self._exp(falling)
        if function == "sigmoid":
            share = self._share(decay)
            return self.add(self._one, self.negate(share)) if sign > 0 else share
        small = self._log_of_one_plus(decay)
        value = self.add(u, small) if sign > 0 else small
        return Germ(value.numerator, value.factors, self._exponential_of_softplus(u))

    def _share(self, decay: Germ) -> Germ:
        """E/(1 + E), with the sign of E: what the logistic functions lack of their limits is a multiple of it."""
        if decay.numerator.is_exact:
            return self.divide(decay, self.add(self._one, decay))
        return self.multiply(decay, self._ball(1 / (1 + exact(0).union(self._largest(decay)))))

    def _largest(self, decay: Germ) -> arb:
        """sup E of a decaying exponential E, which is positive although its ball may reach below 0."""
        monomial, ball = self.split(decay)
        largest = (ball * monomial.range_from(self.start)).upper()
        if not largest.is_finite():
            raise EnclosureFailure("an exponential has no finite bound")
        return largest

    def logistic_slope(self, function: str, argument: Germ) -> Germ | None:
        """4E/(1 + E)² of tanh, E/(1 + E)² of sigmoid, where E = e^{−|2u|}, e^{−|u|} is a decaying ball."""
        try:
            return self._logistic_slope(function, argument)
        except EnclosureFailure:
            return None  # then the value is unknown, too

    def _logistic_slope(self, function: str, u: Germ) -> Germ | None:
        if u.exponential is not None or self.bounded(u) is not None:
            return None
        falling = self.negate(u) if self.sign(u) > 0 else u
        decay = self._exp(self.add(falling, falling) if function == "tanh" else falling)
        if decay.numerator.is_exact:
            return None
        share = 1 / (1 + exact(0).union(self._largest(decay)))
        return self.multiply(decay, self._ball((4 if function == "tanh" else 1) * share * share))

    def _of_bounded(self, function: str, u: Germ, ball: arb) -> Germ:
        """f(u) for u in a ball; where u keeps within 1 of an exact limit c, f(c) + (u − c)f'(ξ): the rest decays."""
        limit = self.limit(u)
        if limit is not None:
            rest = self.add(u, self.constant(limit.scaled(Fraction(-1))))
            distance = self.bounded(rest)
            if distance is not None and abs(distance) < 1:
                slope = _slope_at(function, ball.union(limit.enclose()))
                monomial, factor = self.split(rest)  # in one term: a ball cancels nothing, and sums would grow
                change = Germ(TailSum.monomial(monomial, product(factor, slope)))
                return self.add(self.constant(_EXACT.apply(function, limit)), change)
        return self._ball(_at(function, ball))

    def _exponential_of_softplus(self, u: Germ) -> Germ | None:
        """1 + e^u, if that is a number of the ring."""
        try:
            return self.add(self._one, self._exp(u))
        except EnclosureFailure:
            return None

    def _logistic_of_log(self, function: str, e: Germ) -> Germ:
        """u = log E: e^u = E."""
        if function == "tanh":
            square = self.multiply(e, e)
            return self.divide(self.add(square, self.negate(self._one)), self.add(square, self._one))
        if function == "sigmoid":
            return self.divide(e, self.add(self._one, e))
        return self.apply("log", self.add(self._one, e))

    def _log_of_one_plus(self, decay: Germ) -> Germ:
        return self.multiply(decay, self._ball((1 / (1 + self._largest(decay))).union(exact(1))))

    def _saturating(self, function: str, u: Germ) -> Germ:
        """erf and atan far out: the limit minus a factor in a known range."""
        ball = self.bounded(u)
        if ball is not None:
            return self._of_bounded(function, u, ball)
        monomial, factor = self.split(u)
        sign = 1 if factor > 0 else -1 if factor < 0 else 0
        if sign == 0 or not ONE_MONOMIAL.over(monomial).is_decreasing_from(self.start):
            raise EnclosureFailure("the sign of the argument is not certain")
        smallest = (abs(factor) * monomial.at(self.start)).lower()
        if not smallest > 1:
            raise EnclosureFailure("the argument is not certainly beyond 1")
        size = u if sign > 0 else self.negate(u)
        value = self._erf(size, smallest) if function == "erf" else self._atan(size, smallest)
        return value if sign > 0 else self.negate(value)

    def _erf(self, y: Germ, smallest: arb) -> Germ:
        bell = self._exp(self.negate(self.multiply(y, y)))
        mills = (1 - 1 / (2 * smallest * smallest)).union(exact(1)) / exact(1).atan().sqrt() / 2
        rest = self.multiply(bell, self.multiply(self._inverse(y), self._ball(mills)))
        return self.add(self._one, self.negate(rest))

    def _atan(self, y: Germ, smallest: arb) -> Germ:
        rest = self.multiply(self._inverse(y), self._ball((1 - 1 / (3 * smallest * smallest)).union(exact(1))))
        limit = Germ(TailSum.constant(_EXACT.apply("atan", _EXACT.one).scaled(Fraction(2))))
        return self.add(limit, self.negate(rest))


@dataclass(frozen=True)
class _Parts:
    """leading · coefficient · (1 + ratio), where the coefficient is exact and the ratio decays."""

    coefficient: ExactConstant
    ratio: TailSum

    def changed(self, slope: arb, start: Fraction) -> TailSum:
        """Slope · ratio, in one term where that is enclosed: a ball cancels nothing, and sums would grow."""
        change = self.ratio.times(TailSum.constant(slope))
        if len(change.terms) < 2:
            return change
        try:
            return TailSum.monomial(change.leading, change.bracket(start))
        except EnclosureFailure:
            return change


def _parts(total: TailSum) -> _Parts | None:
    """The leading term apart from the rest, if its coefficient is exact."""
    if total.is_zero:
        return None
    coefficient = total.terms[total.leading]
    if not isinstance(coefficient, ExactConstant):
        return None
    others = TailSum({m: c for m, c in total.terms.items() if m != total.leading})
    flipped = TailSum.monomial(ONE_MONOMIAL.over(total.leading), _EXACT.divide(_EXACT.one, coefficient))
    return _Parts(coefficient, others.times(flipped))


def _sqrt(monomial: Monomial, ball: arb, parts: _Parts | None, start: Fraction) -> Germ:
    """√(monomial · ball) for a positive ball; √(1 + ρ) = 1 + ρ/(2√(1 + ξ)) with ξ between 0 and ρ."""
    if parts is None:
        return Germ(TailSum.monomial(monomial.root(), ball.sqrt()))
    between = (ball / parts.coefficient.enclose()).union(exact(1))
    change = parts.changed(1 / (2 * between.sqrt()), start)
    leading = TailSum.monomial(monomial.root(), _EXACT.apply("sqrt", parts.coefficient))
    return Germ(leading.times(_ONE.plus(change)))


def _log(monomial: Monomial, ball: arb, u: Germ, parts: _Parts | None, start: Fraction) -> Germ:
    """log u with u = monomial · ball, the ball positive; log(1 + ρ) = ρ/(1 + ξ) with ξ between 0 and ρ."""
    if monomial.power != 0:
        return _unknown("log t is no monomial")
    growing: dict[Monomial, Coefficient] = {
        Monomial(Fraction(0), Fraction(0), Fraction(1)): _EXACT.number(monomial.linear),
        Monomial(Fraction(0), Fraction(0), Fraction(2)): _EXACT.number(monomial.square),
    }
    if parts is None:
        return Germ(TailSum({**growing, ONE_MONOMIAL: ball.log()}), exponential=u)
    between = (ball / parts.coefficient.enclose()).union(exact(1))
    rest = parts.changed(1 / between, start)
    return Germ(TailSum({**growing, ONE_MONOMIAL: _EXACT.apply("log", parts.coefficient)}).plus(rest), exponential=u)


def _slope_at(function: str, ball: arb) -> arb:
    """The derivative of a function on a bounded range."""
    value = jet(Apply(function, Variable()), ball, 1, arb_ring())[1]
    if value is None or not value.is_finite():
        raise EnclosureFailure(f"the slope of {function} has no finite enclosure on its range")
    return value


def _at(function: str, ball: arb) -> arb:
    """The function on a bounded range."""
    value = arb_ring().apply(function, ball)
    if not value.is_finite():
        raise EnclosureFailure(f"{function} has no finite enclosure on its range")
    return value
