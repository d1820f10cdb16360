"""JSON as certificates use it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certificates.document.strict_json import MAX_DEPTH, parse_json
from certificates.errors import MalformedCertificate


def test_objects_lists_and_strings():
    assert parse_json(b' {"a": ["1", {"b": "\\u00e9"}], "c": "[[[["} ') == {"a": ["1", {"b": "é"}], "c": "[[[["}


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b'{"a": 1}', "number"),
        (b'{"a": 1.5}', "number"),
        (b'{"a": NaN}', "NaN"),
        (b'{"a": -Infinity}', "Infinity"),
        (b'{"a": true}', "true"),
        (b'{"a": null}', "null"),
        (b'{"a": "1", "a": "1"}', "twice"),
        (b'{"a": {"b": "1", "b": "2"}}', "twice"),
        (b"\xff\xfe", "UTF-8"),
        (b'\xef\xbb\xbf{"a": "1"}', "JSON"),
        (b'{"a": "\\ud800"}', "surrogate"),
        (b'{"a": "1"', "JSON"),
        (b'{"a": "1"} x', "JSON"),
        (b"{'a': '1'}", "JSON"),
        (b"", "JSON"),
    ],
)
def test_everything_else_is_refused(data, what):
    with pytest.raises(MalformedCertificate, match=what):
        parse_json(data)


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
def test_deep_nesting_is_refused_before_it_is_parsed(opening):
    with pytest.raises(MalformedCertificate, match="nested"):
        parse_json(opening * 100_000)


def test_the_depth_limit_is_exact_and_ignores_brackets_in_strings():
    assert parse_json(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)
    with pytest.raises(MalformedCertificate, match="nested"):
        parse_json(b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1))
    assert parse_json(b'["' + b"[" * 1000 + b'\\""]')


def test_size_is_bounded():
    with pytest.raises(MalformedCertificate, match="bytes"):
        parse_json(b'"' + b"a" * 100 + b'"', limit=50)


@pytest.mark.parametrize("tail", [b"", b"\\"])
def test_a_string_that_never_ends_is_scanned_once(tail):
    # Trying every inner quote as a new start takes hours here.
    with pytest.raises(MalformedCertificate, match="JSON"):
        parse_json(b'["' + b'\\"' * 1_000_000 + tail)


def test_brackets_after_an_escaped_quote_are_still_in_the_string():
    assert parse_json(b'["\\\\", "\\"' + b"[" * 1000 + b'"]') == ["\\", '"' + "[" * 1000]


@pytest.mark.parametrize(
    "data",
    [b'{"\\udfff": "1"}', b'"\xed\xa0\x80"', b'"\xc0\x80"', '{"a": "1"}'.encode("utf-16"), b'"\n"', b'"\\x41"'],
)
def test_other_encodings_and_bad_characters_are_refused(data):
    with pytest.raises(MalformedCertificate):
        parse_json(data)


JSON = st.recursive(
    st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@settings(deadline=None)
@given(JSON, st.booleans())
def test_what_python_writes_is_read_back(value, ascii_only):
    assert parse_json(json.dumps(value, ensure_ascii=ascii_only).encode()) == value


@settings(deadline=None)
@given(st.binary(max_size=60))
def test_bytes_are_read_or_malformed(data):
    try:
        value = parse_json(data)
    except MalformedCertificate:
        return
    assert parse_json(json.dumps(value).encode()) == value


@pytest.mark.parametrize("unit", [b"[],", b"{},", b'"",'])
def test_more_pieces_than_any_certificate_has_are_refused_before_they_take_memory(unit):
    count = 2**20 // len(unit.strip(b",").replace(b'""', b"x")) + 1
    with pytest.raises(MalformedCertificate, match="strings and brackets"):
        parse_json(b"[" + unit * count + unit[:-1] + b"]")
    assert parse_json(b"[" + unit * 1000 + unit[:-1] + b"]")


def test_places_are_printable():
    with pytest.raises(MalformedCertificate) as caught:
        parse_json(b'{"\\u001b[31m": true}')
    assert caught.value.place == "$.\\x1b[31m"
