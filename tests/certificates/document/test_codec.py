"""Dataclasses to JSON values and back by their annotations."""

from __future__ import annotations

import json
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certificates.document.codec import MAX_LIST, read_record, write_record
from certificates.errors import MalformedCertificate


@dataclass(frozen=True)
class Inner:
    share: Fraction
    note: str = ""


@dataclass(frozen=True)
class Outer:
    size: float
    count: int
    mode: Literal["fast", "slow"]
    steps: tuple[float, ...]
    inner: Inner
    maybe: Inner | None = None


FLOATS = st.floats(allow_nan=False, allow_infinity=False)
INNER = st.builds(Inner, st.fractions(), st.text(max_size=5))
OUTER = st.builds(
    Outer,
    FLOATS,
    st.integers(),
    st.sampled_from(["fast", "slow"]),
    st.lists(FLOATS, max_size=4).map(tuple),
    INNER,
    st.none() | INNER,
)


@settings(deadline=None)
@given(OUTER)
def test_records_round_trip_with_the_sign_of_zero(record):
    written = write_record(record)
    again = read_record(Outer, json.loads(json.dumps(written)), "x")
    assert again == record and write_record(again) == written
    assert [v.hex() for v in (again.size, *again.steps)] == [v.hex() for v in (record.size, *record.steps)]


GOOD = write_record(Outer(1.0, 2, "fast", (0.5, 1.0), Inner(Fraction(1, 3))))


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"size": "1.0"}, "x.size"),
        ({"size": {}}, "x.size"),
        ({"count": "01"}, "x.count"),
        ({"mode": "medium"}, "x.mode"),
        ({"steps": "0x1.0000000000000p+0"}, "x.steps"),
        ({"steps": [GOOD["size"], "inf"]}, "x.steps[1]"),
        ({"steps": [GOOD["size"]] * (MAX_LIST + 1)}, "x.steps"),
        ({"inner": []}, "x.inner"),
        ({"inner": {}}, "x.inner"),
        ({"inner": {"share": "2/4"}}, "x.inner.share"),
        ({"inner": {"share": "1/3", "Share": "1/3"}}, "x.inner"),
        ({"maybe": ""}, "x.maybe"),
        ({"stranger": "1"}, "x"),
    ],
)
def test_every_defect_is_named_with_its_key_path(change, place):
    with pytest.raises(MalformedCertificate) as caught:
        read_record(Outer, GOOD | change, "x")
    assert caught.value.place == place


@pytest.mark.parametrize("name", ["size", "count", "mode", "steps", "inner"])
def test_a_missing_key_is_named(name):
    with pytest.raises(MalformedCertificate, match=name):
        read_record(Outer, {key: value for key, value in GOOD.items() if key != name}, "x")


def test_the_longest_list_is_still_read():
    longest = GOOD | {"steps": [GOOD["size"]] * MAX_LIST}
    assert len(read_record(Outer, longest, "x").steps) == MAX_LIST


@pytest.mark.parametrize(("hint", "read"), [("count", int), ("share", Fraction)])
def test_the_longest_numerals(hint, read):
    """4,000 digits, of a numerator and of a denominator, and no more."""
    for digits in (4_000, 4_001):
        text = "1" + "0" * (digits - 2) + "1" + ("/1" + "0" * (digits - 1) if hint == "share" else "")
        value = GOOD | ({"count": text} if hint == "count" else {"inner": {"share": text}})
        if digits == 4_000:
            record = read_record(Outer, value, "x")
            assert (record.count if hint == "count" else record.inner.share) > 1
        else:
            with pytest.raises(MalformedCertificate, match="4000 digits"):
                read_record(Outer, value, "x")
