"""Exact values of formulas at rational points: polynomials over ℚ in *atoms* such as exp(1), log(2), tanh(1/2).

A ball can prove that two numbers differ, never that they are equal; the one-sided values of φ and φ' at a
breakpoint are equal only if their difference is the zero polynomial here (theory 2.4). The normal form is not
complete (two spellings of one number may stay apart): then the answer is *unknown*, never wrong.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from math import isqrt

from flint import arb

from certificates.arithmetic.arb import exact, precision
from certificates.arithmetic.effort import spend, spend_rationals, word_count
from certificates.arithmetic.powers import by_squaring
from certificates.enclosures.formulas.ball_rings import arb_ring
from certificates.errors import EnclosureFailure

__all__ = ["SYMBOL", "Atom", "ExactConstant", "ExactRing", "equal"]

_MOST_TERMS = 64
_MOST_BITS = 8_000  # below the interpreter's limit for integers in decimal
_LARGEST_EXPONENT = 2**64  # of e^c, which no power by multiplication gives
_LONGEST_KEY = 2_000
_EFFORT_OF_A_TERM = 30
_PRECISIONS = (64, 256, 1024, 4096)
_ODD = ("tanh", "erf", "atan", "sin")
_SMALL_PRIMES = [n for n in range(2, 500) if all(n % k for k in range(2, isqrt(n) + 1))]


@dataclass(frozen=True, order=True)
class Atom:
    """f(argument), a number with no simpler form; ordered and compared by its text alone."""

    key: str
    function: str = field(compare=False)
    argument: ExactConstant = field(compare=False)

    @classmethod
    def of(cls, function: str, argument: ExactConstant) -> Atom:
        """Name the atom."""
        key = f"{function}({argument.key})"
        if len(key) > _LONGEST_KEY:
            raise EnclosureFailure("an exact number is too large to compare")
        return cls(key, function, argument)

    def enclose(self) -> arb:
        """The atom's value at the working precision; of the symbol t, its range [1, 2]."""
        if self.function == "symbol":
            return exact(1).union(exact(2))
        spend(10 + 25 * word_count())
        inner = self.argument.enclose()
        ring = arb_ring()
        return ring.divide(ring.one, inner) if self.function == "inverse" else ring.apply(self.function, inner)


Monomial = tuple[tuple[Atom, Fraction], ...]  # atoms in order with nonzero exponents; only exp's may be fractions


class ExactConstant:
    """Σ coefficient · Π atom^exponent, immutable.

    Examples
    --------
    >>> ring = ExactRing()
    >>> half = ring.number(Fraction(1, 2))
    >>> ring.multiply(ring.apply("exp", half), ring.apply("exp", half)).key
    '1*exp(1)^1'
    """

    __slots__ = ("key", "terms")

    def __init__(self, terms: dict[Monomial, Fraction]) -> None:
        self.terms = {m: terms[m] for m in sorted(terms) if terms[m]}
        sizes = [max(c.numerator.bit_length(), c.denominator.bit_length()) for c in self.terms.values()]
        spend(10 + sum(20 + size / 16 for size in sizes))
        if len(sizes) > _MOST_TERMS or any(size > _MOST_BITS for size in sizes):
            raise EnclosureFailure("an exact number is too large to compare")
        parts = ["*".join([str(c), *(f"{a.key}^{e}" for a, e in m)]) for m, c in self.terms.items()]
        self.key = "+".join(parts)

    @property
    def rational(self) -> Fraction | None:
        """The value, if no atom is left."""
        if not self.terms:
            return Fraction(0)
        return self.terms.get(()) if len(self.terms) == 1 else None

    @property
    def leads_negative(self) -> bool:
        """Whether the first coefficient is negative: picks one of c and −c."""
        return bool(self.terms) and next(iter(self.terms.values())) < 0

    def enclose(self) -> arb:
        """The value at the working precision."""
        total = exact(0)
        for monomial, coefficient in self.terms.items():
            product = exact(coefficient)
            for atom, exponent in monomial:
                product *= _power(atom, exponent)
            total += product
        return total

    def scaled(self, factor: Fraction) -> ExactConstant:
        """Factor · self."""
        return ExactConstant({m: factor * c for m, c in self.terms.items()})

    def plus(self, other: ExactConstant) -> ExactConstant:
        """Self + other."""
        terms = dict(self.terms)
        for monomial, coefficient in other.terms.items():
            terms[monomial] = terms.get(monomial, Fraction(0)) + coefficient
        return ExactConstant(terms)

    def times(self, other: ExactConstant) -> ExactConstant:
        """Self · other."""
        products = len(self.terms) * len(other.terms)
        spend(_EFFORT_OF_A_TERM * products)
        spend_rationals(_longest(self.terms) + _longest(other.terms), 3 * products)
        terms: dict[Monomial, Fraction] = {}
        for left, a in self.terms.items():
            for right, b in other.terms.items():
                for monomial, c in _monomial_product(left, right).terms.items():
                    terms[monomial] = terms.get(monomial, Fraction(0)) + a * b * c
        return ExactConstant(terms)


def _longest(terms: dict[Monomial, Fraction]) -> int:
    """Bits of the longest coefficient."""
    return max((c.numerator.bit_length() + c.denominator.bit_length() for c in terms.values()), default=0)


def _power(atom: Atom, exponent: Fraction) -> arb:
    if atom.function == "exp":
        return (atom.argument.enclose() * exact(exponent)).exp()
    ring = arb_ring()
    result = ring.power(atom.enclose(), abs(int(exponent)))
    return result if exponent > 0 else ring.divide(ring.one, result)


def _monomial_product(left: Monomial, right: Monomial) -> ExactConstant:
    """Add exponents; √c · √c is c again."""
    exponents = dict(left)
    for atom, exponent in right:
        exponents[atom] = exponents.get(atom, Fraction(0)) + exponent
    result = ONE
    for atom in [a for a in exponents if a.function == "sqrt"]:
        if exponents[atom] == 2:
            del exponents[atom]
            result = result.times(atom.argument)
    rest = tuple(sorted((a, e) for a, e in exponents.items() if e))
    if any(abs(e) > (_LARGEST_EXPONENT if a.function == "exp" else _MOST_BITS) for a, e in rest):
        raise EnclosureFailure("an exact number is too large to compare")
    plain = ExactConstant({rest: Fraction(1)})
    return plain if result is ONE else result.times(plain)


def _rational(value: Fraction | int) -> ExactConstant:
    return ExactConstant({(): Fraction(value)})


def _atom(function: str, argument: ExactConstant, exponent: Fraction | int = 1) -> ExactConstant:
    return ExactConstant({((Atom.of(function, argument), Fraction(exponent)),): Fraction(1)})


ZERO = ExactConstant({})
ONE = _rational(1)


def _sign(constant: ExactConstant) -> int:
    """±1 if certain, 0 for the exact zero; raises if unknown."""
    if not constant.terms:
        return 0
    for bits in _PRECISIONS:
        with precision(bits):
            ball = constant.enclose()
            if ball > 0 or ball < 0:
                return 1 if ball > 0 else -1
    raise EnclosureFailure("the sign of a constant is not certain")


def equal(left: ExactConstant, right: ExactConstant) -> bool | None:
    """Decide whether two exact numbers are equal: certainly, certainly not, or unknown (``None``)."""
    try:
        return _sign(left.plus(right.scaled(Fraction(-1)))) == 0
    except EnclosureFailure:
        return None


def _inverse(c: ExactConstant) -> ExactConstant:
    if _sign(c) == 0:
        raise EnclosureFailure("division by an exact zero")
    if len(c.terms) == 1:
        ((monomial, coefficient),) = c.terms.items()
        flipped = tuple((atom, -exponent) for atom, exponent in monomial if atom.function != "sqrt")
        result = ExactConstant({flipped: 1 / coefficient})
        for atom, _ in monomial:
            if atom.function == "sqrt":  # 1/√c = √c/c: exponents of square roots stay 0 or 1
                result = result.times(_atom("sqrt", atom.argument)).times(_inverse(atom.argument))
        return result
    leading = next(iter(c.terms.values()))
    return _atom("inverse", c.scaled(1 / leading)).scaled(1 / leading)


def _exp(c: ExactConstant) -> ExactConstant:
    """e^Σ qM = Π (e^M)^q, and e^{k log n} = n^k."""
    result = ONE
    for monomial, coefficient in c.terms.items():
        log = monomial[0][0] if len(monomial) == 1 and monomial[0][0].function == "log" else None
        if log is not None and monomial[0][1] == 1 and coefficient in {-1, 1}:
            factor = log.argument if coefficient > 0 else _inverse(log.argument)
        else:
            factor = _atom("exp", ExactConstant({monomial: Fraction(1)}), coefficient)
        result = result.times(factor)
    return result


def _split(number: int) -> dict[int, int]:
    """Small prime factors and what is left, with multiplicities."""
    factors: dict[int, int] = {}
    for prime in _SMALL_PRIMES:
        while number % prime == 0:
            number //= prime
            factors[prime] = factors.get(prime, 0) + 1
    if number > 1:
        factors[number] = 1
    return factors


def _log(c: ExactConstant) -> ExactConstant:
    if _sign(c) <= 0:
        raise EnclosureFailure("the logarithm of an exact number that is not positive")
    if len(c.terms) > 1 or any(atom.function != "exp" for m in c.terms for atom, _ in m):
        return _atom("log", c)
    ((monomial, coefficient),) = c.terms.items()
    total = ZERO
    for number, sign in ((coefficient.numerator, 1), (coefficient.denominator, -1)):
        for factor, times in _split(number).items():
            total = total.plus(_atom("log", _rational(factor)).scaled(Fraction(sign * times)))
    for atom, exponent in monomial:
        total = total.plus(atom.argument.scaled(exponent))
    return total


def _sqrt(c: ExactConstant) -> ExactConstant:
    if _sign(c) < 0:
        raise EnclosureFailure("the square root of a negative exact number")
    if not c.terms:
        return ZERO
    value = c.rational
    if value is None:
        leading = abs(next(iter(c.terms.values())))
        return _sqrt(_rational(leading)).times(_atom("sqrt", c.scaled(1 / leading)))
    outside, inside = 1, 1
    for factor, times in _split(value.numerator * value.denominator).items():
        root = isqrt(factor)
        square = root * root == factor
        outside *= root**times if square else factor ** (times // 2)
        inside *= 1 if square else factor ** (times % 2)
    rational = _rational(Fraction(outside, value.denominator))
    return rational if inside == 1 else rational.times(_atom("sqrt", _rational(inside)))


def _reflected(function: str, c: ExactConstant) -> ExactConstant:
    """f(c) from f(−c), by the symmetry of f."""
    mirrored = _apply(function, c.scaled(Fraction(-1)))
    if function in _ODD:
        return mirrored.scaled(Fraction(-1))
    if function == "sigmoid":
        return ONE.plus(mirrored.scaled(Fraction(-1)))
    return mirrored.plus(c) if function == "softplus" else mirrored


def _apply(function: str, c: ExactConstant) -> ExactConstant:
    if function in {"exp", "log", "sqrt"}:
        return {"exp": _exp, "log": _log, "sqrt": _sqrt}[function](c)
    if not c.terms:
        at_zero = {"cos": ONE, "sigmoid": _rational(Fraction(1, 2)), "softplus": _log(_rational(2))}
        return at_zero.get(function, ZERO)
    return _reflected(function, c) if c.leads_negative else _atom(function, c)


# A point t of [1, 2]. What vanishes identically in it vanishes on [1, 2], hence wherever it is analytic.
SYMBOL = ExactConstant({((Atom("t", "symbol", ZERO), Fraction(1)),): Fraction(1)})


class ExactRing:
    """Exact constants as a ring of :mod:`certificates.enclosures.formulas.jets`; refuses what it cannot represent."""

    @property
    def one(self) -> ExactConstant:
        """The number 1, always the same object."""
        return ONE

    def number(self, value: Fraction) -> ExactConstant:
        """A rational."""
        return ONE if value == 1 else _rational(value)

    def add(self, left: ExactConstant, right: ExactConstant) -> ExactConstant:
        """Left + right."""
        return left.plus(right)

    def negate(self, operand: ExactConstant) -> ExactConstant:
        """−operand."""
        return operand.scaled(Fraction(-1))

    def multiply(self, left: ExactConstant, right: ExactConstant) -> ExactConstant:
        """Left · right."""
        return left.times(right)

    def divide(self, left: ExactConstant, right: ExactConstant) -> ExactConstant:
        """Left / right for a right that is certainly nonzero."""
        return left.times(_inverse(right))

    def power(self, base: ExactConstant, exponent: int) -> ExactConstant:
        """A positive integer power."""
        return by_squaring(base, exponent, ONE, ExactConstant.times)

    def apply(self, function: str, argument: ExactConstant) -> ExactConstant:
        """One of the functions of the grammar."""
        return _apply(function, argument)

    def logistic_slope(self, function: str, argument: ExactConstant) -> None:
        """The polynomial is the normal form."""
