"""One spelling a number."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certificates.document.numbers import (
    read_float,
    read_integer,
    read_rational,
    spell_float,
    spell_integer,
    spell_rational,
)
from certificates.errors import MalformedCertificate


@settings(deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_floats_round_trip_bit_for_bit(value):
    assert read_float(spell_float(value), "x").hex() == value.hex()


@settings(deadline=None)
@given(st.integers(-(10**300), 10**300), st.integers(1, 10**50))
def test_integers_and_rationals_round_trip(top, bottom):
    assert read_integer(spell_integer(top), "x") == top
    value = Fraction(top, bottom)
    assert read_rational(spell_rational(value), "x") == value


def test_a_hundred_thousand_digits():
    text = "7" * 100_000
    assert spell_integer(read_integer(text, "x")) == text
    with pytest.raises(MalformedCertificate):
        read_integer("7" * 100_001, "x")


@pytest.mark.parametrize(
    "text",
    [
        "", "1.0", "0x1p+0", "0x1.0p+00", "0x1.0P+0", "0X1.0p+0", "+0x1.0p+0", " 0x1.0p+0", "0x1.0p+0\n", "inf",
        "-inf", "nan",
        "0x1.0000000000000p+1024", "0x1.00p+0", "0x1.8p+0", "0x2.0000000000000p+0", "0x1.000000000000_0p+0",
        "0x١.0000000000000p+0", "0x0.8000000000000p+0", "0x1.00000000000000p+0", "-nan", "0x0.0p+1",
    ],
)  # fmt: skip
def test_other_spellings_of_floats_are_refused(text):
    with pytest.raises(MalformedCertificate, match="claim"):
        read_float(text, "claim.radius")


@pytest.mark.parametrize("text", ["", "-0", "01", "+1", "1_0", "1.0", " 1", "1 ", "١", "0x10", "--1", "1e3"])
def test_other_spellings_of_integers_are_refused(text):
    with pytest.raises(MalformedCertificate):
        read_integer(text, "x")


@pytest.mark.parametrize("text", ["2/4", "1/1", "1/0", "1/-2", "1/", "/2", "1/2/3", "1/02", "0/2"])
def test_other_spellings_of_rationals_are_refused(text):
    with pytest.raises(MalformedCertificate):
        read_rational(text, "x")


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_numbers_that_are_not_finite_have_no_spelling(value):
    with pytest.raises(MalformedCertificate):
        spell_float(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0x0.0p+0"),
        (-0.0, "-0x0.0p+0"),
        (5e-324, "0x0.0000000000001p-1022"),
        (-2.2250738585072014e-308, "-0x1.0000000000000p-1022"),
        (1.7976931348623157e308, "0x1.fffffffffffffp+1023"),
    ],
)
def test_the_edges_of_binary64(value, text):
    assert spell_float(value) == text and read_float(text, "x").hex() == value.hex()


@settings(deadline=None)
@given(st.text(alphabet="0123456789abcdefxpX_.+-/ \u0661\uff11", max_size=30))
def test_whatever_is_read_is_spelled_the_same_again(text):
    for read, spell in (
        (read_float, spell_float),
        (read_integer, spell_integer),
        (read_rational, spell_rational),
    ):
        try:
            value = read(text, "x")
        except MalformedCertificate:
            continue
        assert spell(value) == text


@settings(deadline=None, max_examples=20)
@given(st.integers(1, 100_000), st.sampled_from(["", "-"]), st.sampled_from("19"))
def test_long_integers_and_rationals_round_trip(length, sign, digit):
    text = sign + digit * length
    assert spell_integer(read_integer(text, "x")) == text
    assert spell_rational(read_rational(f"{text}/2", "x")) == f"{text}/2"  # 1…1 and 9…9 are odd
