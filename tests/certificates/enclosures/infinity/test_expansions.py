"""The ring of functions on a half-line: cancellation, bounds of erf and atan, exponentials, what is refused."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st

from certificates.arithmetic.arb import exact, precision
from certificates.enclosures.formulas.exact_constants import ExactRing
from certificates.enclosures.infinity.expansions import Germ, TailRing
from certificates.enclosures.infinity.monomials import ONE_MONOMIAL, Monomial, TailSum
from certificates.errors import EnclosureFailure

RING = TailRing(Fraction(10))
T = RING.variable
MINUS_T = RING.negate(T)
_EXACT = ExactRing()


def number(value: Fraction | int) -> Germ:
    return RING.number(Fraction(value))


def value(germ: Germ, t: Fraction, ring: TailRing = RING) -> arb:
    monomial, ball = ring.split(germ)
    return ball * monomial.at(t)


def wave() -> Germ:
    """Some function with values in [−1, 1]."""
    return RING.apply("sin", RING.multiply(T, T))


@pytest.mark.parametrize("numerator", [1, 3])
def test_equal_denominators_cancel(numerator: int) -> None:
    """1/(1 + e^{−t}) − 1/(1 + e^{−t}) is 0 exactly, and (1 + e^{−t})/(1 + e^{−t}) − 1 too."""
    denominator = RING.add(RING.one, RING.apply("exp", MINUS_T))
    quotient = RING.divide(number(numerator), denominator)
    assert RING.add(quotient, RING.negate(quotient)).numerator.is_zero
    back = RING.add(RING.multiply(quotient, denominator), number(-numerator))
    assert (
        RING.split(back)[1].is_zero() or RING.add(RING.divide(denominator, denominator), number(-1)).numerator.is_zero
    )


def test_denominators_that_differ_by_a_monomial_are_one() -> None:
    """1/(1 + e^t) = e^{−t}/(1 + e^{−t})."""
    growing = RING.divide(RING.one, RING.add(RING.one, RING.apply("exp", T)))
    decay = RING.apply("exp", MINUS_T)
    falling = RING.divide(decay, RING.add(RING.one, decay))
    assert RING.add(growing, RING.negate(falling)).numerator.is_zero


def test_denominators_with_balls_are_never_taken_for_equal() -> None:
    ones = [RING.divide(RING.one, RING.add(number(3), wave())) for _ in range(2)]
    difference = RING.add(ones[0], RING.negate(ones[1]))
    assert not difference.numerator.is_zero
    low, high = Fraction(1, 4) - Fraction(1, 2), Fraction(1, 2) - Fraction(1, 4)
    ball = RING.split(difference)[1]
    assert ball.contains(arb(0.24))
    assert ball.contains(arb(-0.24))
    assert ball.overlaps(exact(low))
    assert ball.overlaps(exact(high))
    assert all(factor.is_exact for germ in ones for factor, _ in germ.factors)


@settings(max_examples=30)
@given(st.fractions(1, 3, max_denominator=4), st.fractions(-3, 3, max_denominator=3), st.sampled_from([1, -1]))
def test_erf_and_atan_of_affine_functions(slope: Fraction, shift: Fraction, sign: int) -> None:
    argument = RING.add(RING.multiply(number(sign * slope), T), number(shift))
    with precision(3000):
        for t in (Fraction(10), Fraction(30)):
            point = exact(sign * slope * t + shift)
            for function, truth in (("erf", point.erf()), ("atan", point.atan())):
                assert value(RING.apply(function, argument), t).overlaps(truth)


def test_mills_factor_is_as_tight_as_its_series() -> None:
    """1 − erf(t) = e^{−t²}/(t√π) (1 − 1/(2t²) + 3/(4t⁴) − …): beyond 10 the factor is in [0.995, 1]."""
    rest = RING.add(RING.one, RING.negate(RING.apply("erf", T)))
    monomial, ball = RING.split(rest)
    assert (monomial.square, monomial.linear, monomial.power) == (-1, 0, -1)
    scaled = ball * arb.pi().sqrt()
    assert scaled.contains(1 - arb(1) / 200 + arb(3) / 40_000)
    assert scaled > 0.9949
    assert scaled < 1.0001


def test_what_is_left_of_atan_is_as_tight_as_its_series() -> None:
    """Atan(t) − π/2 = −1/t (1 − 1/(3t²) + 1/(5t⁴) − …)."""
    half_pi = RING.constant(_EXACT.apply("atan", _EXACT.one).scaled(Fraction(2)))
    monomial, ball = RING.split(RING.add(RING.apply("atan", T), RING.negate(half_pi)))
    assert (monomial.square, monomial.linear, monomial.power) == (0, 0, -1)
    assert ball.contains(-1 + arb(1) / 300 - arb(1) / 50_000)
    assert ball < -0.9966
    assert ball > -1.0001


def test_the_bounds_of_erf_need_an_argument_beyond_1() -> None:
    ring = TailRing(Fraction(1, 2))
    assert ring.apply("erf", ring.variable).unknown
    assert ring.apply("atan", ring.variable).unknown


def test_the_exponential_of_softplus_is_exact_and_not_inherited() -> None:
    """E^{softplus(t)} = 1 + e^t; after any further operation that no longer holds."""
    soft = RING.apply("softplus", T)
    t = Fraction(12)
    plus = 1 + exact(t).exp()
    with precision(200):
        assert value(RING.apply("exp", soft), t).overlaps(plus)
        changed = {
            "negated": (RING.negate(soft), 1 / plus),
            "doubled": (RING.add(soft, soft), plus * plus),
            "scaled": (RING.multiply(number(Fraction(1, 2)), soft), plus.sqrt()),
            "shifted": (RING.add(soft, RING.one), plus * exact(1).exp()),
            "halved": (RING.divide(soft, number(2)), plus.sqrt()),
        }
        for germ, truth in changed.values():
            found = RING.apply("exp", germ)
            assert found.unknown or value(found, t).overlaps(truth)
            assert germ.exponential is None


def test_exp_takes_polynomials_of_degree_two_exactly() -> None:
    argument = RING.add(RING.multiply(number(Fraction(-1, 2)), RING.multiply(T, T)), RING.add(T, number(3)))
    monomial, ball = RING.split(RING.apply("exp", argument))
    assert (monomial.square, monomial.linear, monomial.power) == (Fraction(-1, 2), 1, 0)
    assert ball.overlaps(exact(3).exp())


@pytest.mark.parametrize("sign", [1, -1])
def test_exp_of_higher_powers(sign: int) -> None:
    cube = RING.multiply(number(sign), RING.power(T, 3))
    found = RING.apply("exp", cube)
    if sign > 0:
        assert found.unknown
    else:
        assert value(found, Fraction(10)).contains(exact(-1000).exp())
        assert value(found, Fraction(10)) < exact(-99).exp()


def test_exp_of_what_falls_too_slowly_is_unknown() -> None:
    """−t·(2 + sin) is not below −t²."""
    assert RING.apply("exp", RING.multiply(MINUS_T, RING.add(number(2), wave()))).unknown


def test_log_and_sqrt_split_their_argument() -> None:
    growing = RING.add(RING.apply("exp", RING.multiply(number(3), T)), T)
    with precision(200):
        t = Fraction(11)
        truth = exact(33).exp() + 11
        assert value(RING.apply("log", growing), t).overlaps(truth.log())
        assert value(RING.apply("sqrt", growing), t).overlaps(truth.sqrt())


@pytest.mark.parametrize("function", ["log", "sqrt"])
@pytest.mark.parametrize("name", ["negative", "oscillating", "unknown"])
def test_previous_bug_01_log_and_sqrt_outside_their_domain_are_refused(function: str, name: str) -> None:
    """They were 'unknown' numbers, which vanish when multiplied by 0 and have a slope."""
    arguments = {
        "negative": MINUS_T,
        "oscillating": wave(),
        "unknown": RING.apply("exp", RING.power(T, 3)),
    }
    with pytest.raises(EnclosureFailure):
        RING.apply(function, arguments[name])


@pytest.mark.parametrize("left", [RING.one, RING.apply("exp", RING.power(T, 3))])
def test_previous_bug_01_divisors_are_checked_whatever_they_divide(left: Germ) -> None:
    for divisor in (wave(), number(0), RING.apply("exp", RING.power(T, 3)), RING.add(T, number(-40))):
        with pytest.raises(EnclosureFailure):
            RING.divide(left, divisor)


def test_an_unknown_number_stays_unknown_and_fails_when_used() -> None:
    unknown = RING.apply("exp", RING.power(T, 3))
    for germ in (RING.add(unknown, T), RING.multiply(T, unknown), RING.negate(unknown), RING.divide(unknown, T)):
        assert germ.unknown
        assert germ.exponential is None
        assert RING.limit(germ) is None
        with pytest.raises(EnclosureFailure):
            RING.split(germ)
        with pytest.raises(EnclosureFailure):
            RING.bounded(germ)


def test_limits_need_an_exact_leading_coefficient() -> None:
    over_t = RING.divide(RING.one, T)
    vanishing = RING.multiply(wave(), over_t)
    limit = RING.limit(RING.add(number(5), vanishing))
    assert limit is not None
    assert limit.rational == 5
    zero = RING.limit(vanishing)
    assert zero is not None
    assert zero.rational == 0
    assert RING.limit(wave()) is None
    assert RING.limit(RING.add(number(5), wave())) is None
    assert RING.limit(T) is None
    assert RING.limit(RING.multiply(T, wave())) is None
    three_halves = RING.divide(
        RING.add(RING.multiply(number(3), T), wave()), RING.add(RING.multiply(number(2), T), RING.one)
    )
    quotient = RING.limit(three_halves)
    assert quotient is not None
    assert quotient.rational == Fraction(3, 2)


def test_signs_hold_on_the_whole_half_line() -> None:
    assert RING.sign(RING.add(T, number(-9))) == 1
    assert RING.sign(RING.add(T, number(-10))) == 0  # it vanishes at the start
    assert RING.sign(RING.add(number(9), MINUS_T)) == -1
    assert RING.sign(wave()) == 0
    assert RING.sign(number(0)) == 0


def test_bounded_numbers() -> None:
    assert RING.bounded(T) is None
    inverse = RING.bounded(RING.divide(RING.one, T))
    assert inverse is not None
    assert inverse.contains(exact(Fraction(1, 10)))
    assert inverse.contains(0)
    assert inverse < 0.1001
    zero = RING.bounded(number(0))
    assert zero is not None
    assert zero.is_zero()


def test_one_is_one_object() -> None:
    assert RING.number(Fraction(1)) is RING.one
    assert RING.split(RING.constant(_EXACT.one)) == (ONE_MONOMIAL, exact(1))
    assert RING.power(T, 5).numerator.leading == Monomial(Fraction(0), Fraction(0), Fraction(5))
    assert TailSum.constant(_EXACT.one).key == RING.one.numerator.key


@pytest.mark.parametrize("function", ["tanh", "sigmoid", "softplus"])
@pytest.mark.parametrize("side", [1, -1])
def test_logistic_functions_of_a_slow_argument_that_is_no_polynomial(function: str, side: int) -> None:
    """Of u = ±(t + sin(t²)/1000)/1000, e^{−|u|} is a tight ball near 1, so 1/(1 + e^{−|u|}) counts."""
    slow = RING.multiply(number(Fraction(side, 1000)), RING.add(T, RING.multiply(number(Fraction(1, 1000)), wave())))
    found, slope = RING.apply(function, slow), RING.logistic_slope(function, slow)
    for t in (Fraction(10), Fraction(1001, 100), Fraction(700)):
        u = (exact(t) + exact(t * t).sin() / 1000) * side / 1000
        power = u.exp()
        values = {"tanh": u.tanh(), "sigmoid": power / (1 + power), "softplus": power.log1p()}
        assert value(found, t).overlaps(values[function])
        if function != "softplus":
            assert slope is not None
            assert value(slope, t).overlaps(1 - u.tanh() ** 2 if function == "tanh" else power / (1 + power) ** 2)


@pytest.mark.parametrize("function", ["tanh", "softplus", "sqrt", "log"])
def test_compositions_of_enclosed_functions_stay_short(function: str) -> None:
    """What is a ball anyway is one term: each function would else double the terms of its argument."""
    germ = RING.divide(RING.one, RING.add(T, wave()))
    for _ in range(6):
        germ = RING.apply(function, RING.add(number(2), germ))
    assert len(germ.numerator.terms) <= 2 and not germ.factors


def test_one_term_encloses_the_whole_change() -> None:
    """√(1 + 8/t + 8e^{−t/10}) on t ≥ 10, where the second summand is the larger one at first."""
    decay = RING.apply("exp", RING.multiply(number(Fraction(-1, 10)), T))
    u = RING.add(RING.one, RING.multiply(number(8), RING.add(RING.divide(RING.one, T), decay)))
    for t in (Fraction(10), Fraction(20), Fraction(80)):
        inner = 1 + 8 * (1 / exact(t) + exact(-t / 10).exp())
        assert value(RING.apply("sqrt", u), t).overlaps(inner.sqrt())
        assert value(RING.apply("log", u), t).overlaps(inner.log())
