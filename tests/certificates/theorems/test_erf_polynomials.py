"""The polynomial identity for φ' = e^{−z²}: exact coefficients, exact values, and that ¼ is the largest constant."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.theorems import erf_polynomials
from certificates.theorems.erf_polynomials import largest_constant, numerators

QUARTER = Fraction(1, 4)


def _value(polynomial: tuple[Fraction, ...], x: Fraction) -> Fraction:
    return sum((a * x**k for k, a in enumerate(polynomial)), start=Fraction(0))


def test_coefficients_are_those_of_theory_5_3() -> None:
    first, second, third = ([*reversed(p)] for p in numerators(QUARTER))
    assert first == [1, 8, 40, 124, 276, 432, 520, 416, 224, 0, 0]
    assert second == [1, 10, 54, 220, 808, 2624, 7000, 14512, 22800, 26432, 21664, 11392, 2944, 0, 0]
    assert [a for a in third if a] == [48, 288, 944, 1856, 2496, 2048, 1024]


@given(st.fractions(0, 50), st.fractions(Fraction(1, 100), 2))
def test_numerators_are_the_terms_minus_the_bound(x: Fraction, c: Fraction) -> None:
    b = 1 + x
    t, a, s = (b * b - 1) / 4, (b * b + 1) / 2, b * b + 1
    bound = c * t**2 / (1 + t) ** 4
    u = (b * b + 3) ** 4
    first, second, third = (_value(p, x) for p in numerators(c))
    assert first == (1 / b - 1 / a - bound) * b * s * u
    assert second == (1 / b**3 - 1 / a**3 - bound) * b**3 * s**3 * u
    assert third == (1 / a**2 - bound) * s**2 * u


def test_no_larger_constant_has_non_negative_coefficients() -> None:
    assert largest_constant() == QUARTER
    assert min(numerators(QUARTER + Fraction(1, 2**60))[2]) < 0


def test_a_wrong_constant_is_never_returned(monkeypatch: pytest.MonkeyPatch) -> None:
    def flawed(c: Fraction) -> tuple[tuple[Fraction, ...], ...]:
        return ((Fraction(1), Fraction(-1)),)

    monkeypatch.setattr(erf_polynomials, "numerators", flawed)
    with pytest.raises(ArithmeticError):
        largest_constant()
