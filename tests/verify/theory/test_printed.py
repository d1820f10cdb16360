from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.language.parts import Interval
from verify.theory.printed import PrintedNumber, compare, printed


def _point(text: str) -> Interval:
    return Interval(Fraction(text), Fraction(text))


def test_decimals_are_read_exactly():
    assert printed("5.2E-2") == PrintedNumber(Fraction(52, 1000), Fraction(1, 1000))
    assert printed("0.091") == PrintedNumber(Fraction(91, 1000), Fraction(1, 1000))
    assert printed("0") == PrintedNumber(Fraction(0), Fraction(0))
    assert printed("0.27").times(Fraction(10)) == PrintedNumber(Fraction(27, 10), Fraction(1, 10))


@pytest.mark.parametrize("text", ["", "-1", "1.9E", "σ", "0.27σ", "1,5", ".5", "nan"])
def test_what_is_no_decimal_is_refused(text):
    with pytest.raises(ValueError, match="expected a decimal"):
        printed(text)


@pytest.mark.parametrize(
    ("text", "value", "agreement"),
    [
        ("1.8E-4", "0.000185033", "truncated"),
        ("1.9E-4", "0.000185033", "rounded"),
        ("1.9E-4", "0.000185", "rounded"),  # both neighbours are right for a tie
        ("1.8E-4", "0.000185", "rounded"),
        ("2.7", "27.3", "differs"),
        ("1.8E-4", "0.00019", "differs"),  # the first number that is not cut off to 1.8E-4
        ("1.8E-4", "0.0001749", "differs"),
        ("0", "-4", "differs"),
        ("0", "0", "rounded"),
        ("0", "1/1000000000000", "differs"),
    ],
)
def test_points(text, value, agreement):
    assert compare(printed(text), _point(value)) == agreement


@pytest.mark.parametrize(
    ("low", "high"), [("0.084", "0.086"), ("0.05", "0.2"), ("0.0949", "0.0951"), ("0.099", "0.101"), ("0.0951", "0.1")]
)
def test_an_interval_that_leaves_it_open_is_undecided(low, high):
    assert compare(printed("0.09"), Interval(Fraction(low), Fraction(high))) == "undecided"


@given(st.integers(1, 10**9), st.integers(-12, 3), st.integers(0, 6))
def test_against_decimal_rounding(digits, exponent, places):
    value = Decimal(digits).scaleb(exponent)
    exact = Interval(Fraction(value), Fraction(value))
    unit = Decimal(1).scaleb(-places)
    for mode in (ROUND_HALF_UP, ROUND_HALF_EVEN):
        text = f"{value.quantize(unit, mode):f}"
        if Decimal(text):
            assert compare(printed(text), exact) == "rounded"
    cut = value.quantize(unit, ROUND_DOWN)
    if cut:
        assert compare(printed(f"{cut:f}"), exact) in ("rounded", "truncated")
        assert compare(printed(f"{cut + 2 * unit:f}"), exact) == "differs"
