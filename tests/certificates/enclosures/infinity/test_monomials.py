"""Sums of monomials: order of growth, where a term decreases, brackets, what does and does not cancel."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import mpmath
import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st

from certificates.arithmetic.arb import exact, precision
from certificates.arithmetic.effort import limited_effort, remaining_effort
from certificates.enclosures.formulas.exact_constants import ExactConstant, ExactRing
from certificates.enclosures.infinity.monomials import ONE_MONOMIAL, Monomial, TailSum, enclosed
from certificates.errors import EnclosureFailure

_EXACT = ExactRing()
_EXPONENTS = st.sampled_from([Fraction(n, d) for n in range(-4, 5) for d in (1, 2)])
MONOMIALS = st.builds(Monomial, _EXPONENTS, _EXPONENTS, _EXPONENTS)
STARTS = st.sampled_from([Fraction(1, 4), Fraction(1), Fraction(5, 2), Fraction(8), Fraction(30), Fraction(61)])
FACTORS = st.sampled_from([Fraction(1), Fraction(9, 8), Fraction(2), Fraction(50)])
SUMS = st.dictionaries(MONOMIALS, st.sampled_from([Fraction(n, 3) for n in range(-6, 7)]), min_size=1, max_size=4).map(
    lambda terms: TailSum({m: _EXACT.number(c) for m, c in terms.items()})
)


def logarithm(monomial: Monomial, t: mpmath.mpf) -> mpmath.mpf:
    a, b, c = (mpmath.mpf(e.numerator) / e.denominator for e in (monomial.power, monomial.linear, monomial.square))
    return a * mpmath.log(t) + b * t + c * t * t


def value(total: TailSum, t: Fraction) -> arb:
    return sum((enclosed(c) * m.at(t) for m, c in total.terms.items()), start=exact(0))


def power(exponent: int) -> Monomial:
    return Monomial(Fraction(0), Fraction(0), Fraction(exponent))


@given(MONOMIALS, MONOMIALS)
def test_the_order_is_the_order_of_growth(left: Monomial, right: Monomial) -> None:
    with mpmath.workdps(40):
        t = mpmath.mpf(10) ** 6
        difference = logarithm(left, t) - logarithm(right, t)
    assert (left < right) == (difference < 0)
    assert (left == right) == (difference == 0)


@given(MONOMIALS, STARTS)
def test_what_is_called_decreasing_decreases(monomial: Monomial, start: Fraction) -> None:
    if monomial.is_decreasing_from(start):
        with mpmath.workdps(40):
            t = mpmath.mpf(start.numerator) / start.denominator
            values = [logarithm(monomial, t * (1 + mpmath.mpf(k) / 20)) for k in range(60)]
        assert all(after <= before + mpmath.mpf(10) ** -30 for before, after in pairwise(values))
    elif monomial.square <= 0 and monomial.linear <= 0 and monomial < ONE_MONOMIAL:
        assert monomial.power + monomial.linear * start + 2 * monomial.square * start**2 > 0  # it does grow there


@pytest.mark.parametrize(
    ("monomial", "start", "decreases"),
    [
        ((0, -1, 5), 5, True),  # t⁵e^{−t}: until its maximum at 5 it grows
        ((0, -1, 5), Fraction(49, 10), False),
        ((-1, 0, 8), 2, True),  # t⁸e^{−t²}: maximum at 2
        ((-1, 0, 8), Fraction(19, 10), False),
        ((-1, 6, -8), 3, True),  # h = −8 + 6t − 2t² = −2(t − 1)(t − 2) … −4, concave
        ((-1, 6, -5), 1, False),  # h(1) = −1, h(3/2) = −1/2, h(5/2) = −5/2 but h grows at 1
        ((-1, 7, -6), 2, True),  # h(2) = 0 and h' = 7 − 4t ≤ −1 from there on
        ((-1, 4, -2), 1, True),  # h(1) = 0 and h'(1) = 0, concave
        ((0, 0, -1), 1, True),
        ((0, 0, 0), 1, True),
        ((0, 1, -100), 2, False),  # e^t/t¹⁰⁰ decreases at 2 and grows later
        ((1, -100, 0), 1, False),
    ],
)
def test_maxima_of_monomials(monomial: tuple[int, int, int], start: Fraction, decreases: bool) -> None:
    square, linear, exponent = (Fraction(e) for e in monomial)
    assert Monomial(square, linear, exponent).is_decreasing_from(Fraction(start)) is decreases


@given(MONOMIALS, STARTS, FACTORS)
def test_ranges_hold_further_out(monomial: Monomial, start: Fraction, factor: Fraction) -> None:
    try:
        found = monomial.range_from(start)
    except EnclosureFailure:
        return
    assert found.contains(monomial.at(start * factor))


@given(SUMS, STARTS, FACTORS)
def test_brackets_hold_further_out(total: TailSum, start: Fraction, factor: Fraction) -> None:
    try:
        bracket = total.bracket(start)
    except EnclosureFailure:
        return
    with precision(400):
        truth = value(total, start * factor)
        assert (bracket * (exact(1) if total.is_zero else total.leading.at(start * factor))).overlaps(truth)


@given(SUMS, SUMS, STARTS)
@settings(max_examples=60)
def test_arithmetic_is_that_of_the_values(left: TailSum, right: TailSum, t: Fraction) -> None:
    with precision(400):
        a, b = value(left, t), value(right, t)
        assert value(left.plus(right), t).overlaps(a + b)
        assert value(left.times(right), t).overlaps(a * b)
        assert value(left.negated(), t).overlaps(-a)
        assert left.plus(left.negated()).is_zero


def test_a_sum_that_vanishes_beyond_its_leading_term_keeps_its_sign() -> None:
    """2e^{−t} − 3te^{−2t} > 0 from 4 on, although both terms vanish at infinity."""
    total = TailSum(
        {
            Monomial(Fraction(0), Fraction(-1), Fraction(0)): _EXACT.number(Fraction(2)),
            Monomial(Fraction(0), Fraction(-2), Fraction(1)): _EXACT.number(Fraction(-3)),
        }
    )
    assert total.bracket(Fraction(4)) > 0


def test_equal_balls_are_not_equal_functions() -> None:
    wave = TailSum.constant(arb(0, 1))
    difference = wave.plus(wave.negated())
    assert not difference.is_zero
    assert difference.bracket(Fraction(1)).contains(2)
    assert wave.times(wave).bracket(Fraction(1)).contains(-1)
    assert not wave.is_exact
    assert wave.number is None


@pytest.mark.parametrize("unbounded", [arb("inf"), arb("nan"), arb(0, "inf")])
def test_previous_bug_02_an_unbounded_coefficient_is_refused(unbounded: arb) -> None:
    """The limit of a sum is its leading coefficient only if the others are bounded."""
    with pytest.raises(EnclosureFailure, match="not bounded"):
        TailSum({power(1): _EXACT.one, ONE_MONOMIAL: unbounded})


def test_exact_zeros_are_left_out_and_keys_tell_sums_apart() -> None:
    root = _EXACT.apply("sqrt", _EXACT.number(Fraction(2)))
    assert TailSum({power(1): _EXACT.number(Fraction(0))}).is_zero
    square = TailSum.monomial(power(1), root).times(TailSum.monomial(power(-1), root))
    assert isinstance(square.number, ExactConstant)
    assert square.number.rational == 2
    sums = [TailSum.constant(root), TailSum.monomial(power(1), root), TailSum.constant(_EXACT.one), square]
    assert len({total.key for total in sums}) == len(sums)


def test_too_many_terms_are_refused() -> None:
    with pytest.raises(EnclosureFailure, match="too many terms"):
        TailSum({power(k): _EXACT.one for k in range(401)})


def test_products_of_long_exponents_cost_more() -> None:
    def spent(linear: Fraction) -> float:
        total = TailSum(
            {Monomial(Fraction(0), linear, Fraction(0)): _EXACT.number(Fraction(1)), ONE_MONOMIAL: _EXACT.one}
        )
        with limited_effort(1e9):
            total.times(total)
            return 1e9 - remaining_effort()

    assert spent(Fraction(3**2000, 2**2000)) > 2 * spent(Fraction(3, 2))
