"""The safetensors format, read strictly and exactly."""

from __future__ import annotations

import json
import math
import struct
from contextlib import nullcontext
from fractions import Fraction

import numpy as np
import pytest

from certificates.document.tensors import decode_tensors, encode_tensors
from certificates.errors import MalformedProblem
from tests.support.processor import MODES, processor_mode


def _file(header: object, payload: bytes = b"", *, raw: bytes | None = None) -> bytes:
    text = json.dumps(header).encode() if raw is None else raw
    return struct.pack("<Q", len(text)) + text + payload


def _entry(dtype="F64", shape=(1,), offsets=(0, 8)):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": list(offsets)}


def test_round_trip_keeps_every_bit():
    tensors = {
        "a": np.array([[0.0, -0.0, 5e-324], [1e308, -1 / 3, 2.0**-1060]]),
        "b": np.asfortranarray(np.arange(6.0).reshape(2, 3)).T,
        "c": np.arange(12.0).reshape(3, 4)[::2, ::-1],
    }
    again, metadata = decode_tensors(encode_tensors(tensors, {"k": "v"}))
    assert metadata == {"k": "v"} and again.keys() == tensors.keys()
    for name, array in tensors.items():
        assert again[name].tobytes() == np.ascontiguousarray(array).tobytes() and again[name].shape == array.shape


@pytest.mark.parametrize(("dtype", "code"), [("F32", "<f4"), ("F16", "<f2")])
def test_smaller_floats_are_exact(dtype, code):
    stored = np.array([1 / 3, -65504.0, 6e-8, 0.0], dtype=code)
    data = _file({"x": _entry(dtype, (4,), (0, stored.nbytes))}, stored.tobytes())
    np.testing.assert_array_equal(decode_tensors(data)[0]["x"], stored.astype(np.float64))


def test_bfloat16_is_the_upper_half_of_a_float32():
    single = np.array([1.0, -2.5, 3.140625, 1e38], dtype="<f4").view("<u4") & 0xFFFF0000
    half = (single >> 16).astype("<u2")
    data = _file({"x": _entry("BF16", (4,), (0, 8))}, half.tobytes())
    np.testing.assert_array_equal(decode_tensors(data)[0]["x"], single.view("<f4").astype(np.float64))


FORMATS = {"F16": (5, 10, 2), "BF16": (8, 7, 2), "F32": (8, 23, 4)}


def _value(bits, exponent_bits, fraction_bits):
    """A number from its definition, as the bits of a binary64 number."""
    ones, fraction = 2**exponent_bits - 1, bits % 2**fraction_bits
    exponent, negative = bits >> fraction_bits & ones, bits >> (exponent_bits + fraction_bits)
    if exponent == ones:
        return math.copysign(math.nan if fraction else math.inf, 1 - 2 * negative)
    scale = Fraction(2) ** (max(exponent, 1) - ones // 2 - fraction_bits)
    value = float((fraction + (2**fraction_bits if exponent else 0)) * scale)
    return math.copysign(value, 1 - 2 * negative)


@pytest.mark.parametrize("mode", ["", *MODES])
@pytest.mark.parametrize("dtype", FORMATS)
def test_every_kind_of_number_in_every_processor_mode(dtype, mode):
    exponent_bits, fraction_bits, size = FORMATS[dtype]
    codes = np.unique(np.linspace(0, 2 ** (8 * size) - 1, 4099).astype(np.uint64))
    edges = [e << fraction_bits for e in range(2 ** (exponent_bits + 1))]
    codes = np.array([*codes, *edges, *(e + 1 for e in edges), *(e + 2**fraction_bits - 1 for e in edges)])
    stored = codes.astype(f"<u{size}").tobytes()
    data = _file({"x": _entry(dtype, (len(codes),), (0, len(stored)))}, stored)
    with processor_mode(mode) if mode else nullcontext():
        found = decode_tensors(data)[0]["x"]
    for code, number in zip(codes, found, strict=True):
        expected = _value(int(code), exponent_bits, fraction_bits)
        assert struct.pack("<d", number) == struct.pack("<d", expected) or (number != number and expected != expected)


ONE = struct.pack("<d", 1.0)
BAD = {
    "empty": b"",
    "short": b"\x01\x02",
    "ten gigabyte header": struct.pack("<Q", 10**10) + b"{}",
    "header beyond the file": struct.pack("<Q", 100) + b"{}",
    "not JSON": _file(None, raw=b"{nope"),
    "not an object": _file([]),
    "deep JSON": _file(None, raw=b"[" * 100_000),
    "NaN in the header": _file(None, raw=b'{"x": NaN}'),
    "a huge integer in the header": _file(None, raw=b'{"x": ' + b"9" * 10_000 + b"}"),
    "duplicate tensor": _file(None, ONE, raw=b'{"x":%b,"x":%b}' % ((json.dumps(_entry()).encode(),) * 2)),
    "unknown dtype": _file({"x": _entry("I64")}, ONE),
    "a list as dtype": _file({"x": _entry(["F64"])}, ONE),
    "an object as dtype": _file({"x": _entry({})}, ONE),
    "nothing of a huge shape": _file({"x": _entry(shape=(0, 2**47, 2**47), offsets=(0, 0))}),
    "a huge shape of nothing": _file({"x": _entry(shape=(2**47, 2**47, 0), offsets=(0, 0))}),
    "five axes": _file({"x": _entry(shape=(1,) * 5)}, ONE),
    "backward offsets": _file({"x": _entry(offsets=(8, 0))}, ONE),
    "one offset": _file({"x": _entry() | {"data_offsets": [8]}}, ONE),
    "float shape": _file(None, ONE, raw=json.dumps({"x": _entry()}).replace("[1]", "[1.0]").encode()),
    "name that is no character": _file(None, ONE, raw=b'{"\\ud800": %b}' % json.dumps(_entry()).encode()),
    "header that is not UTF-8": _file(None, raw=b'{"\xff": 1}'),
    "unknown key": _file({"x": _entry() | {"more": 1}}, ONE),
    "missing key": _file({"x": {"dtype": "F64", "shape": [1]}}, ONE),
    "negative shape": _file({"x": _entry(shape=(-1,))}, ONE),
    "boolean shape": _file({"x": _entry(shape=(True,))}, ONE),
    "overflowing shape": _file({"x": _entry(shape=(2**62, 4))}, ONE),
    "shape against bytes": _file({"x": _entry(shape=(2,))}, ONE),
    "overlap": _file({"x": _entry(), "y": _entry()}, ONE),
    "hole": _file({"x": _entry(offsets=(8, 16))}, ONE * 2),
    "trailing bytes": _file({"x": _entry()}, ONE + b"x"),
    "truncated": _file({"x": _entry(shape=(2,), offsets=(0, 16))}, ONE),
    "metadata that is no object of strings": _file({"__metadata__": {"a": 1}, "x": _entry()}, ONE),
    "zip": b"PK\x03\x04" + b"\0" * 40,
    "pickle": b"\x80\x04\x95" + b"\0" * 40,
    "npy": b"\x93NUMPY\x01\x00" + b"\0" * 40,
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(BAD))
def test_malformed_files_are_refused_with_a_place(name):
    with pytest.raises(MalformedProblem) as caught:
        decode_tensors(BAD[name])
    assert caught.value.place


@pytest.mark.parametrize(("name", "word"), [("zip", "npz"), ("pickle", "pickle"), ("npy", "npy")])
def test_other_formats_are_named(name, word):
    with pytest.raises(MalformedProblem, match=word):
        decode_tensors(BAD[name])


@pytest.mark.parametrize("name", ["negative shape", "boolean shape", "float shape", "overflowing shape", "five axes"])
def test_shapes_are_refused_before_the_library_sees_them(name):
    with pytest.raises(MalformedProblem, match="not small non-negative integers"):
        decode_tensors(BAD[name])


def test_a_header_of_a_megabyte_is_the_longest():
    text = json.dumps({"x": _entry()}).encode()
    assert decode_tensors(_file(None, ONE, raw=text.ljust(2**20)))[0]["x"] == 1
    with pytest.raises(MalformedProblem, match="header of 1048577 bytes"):
        decode_tensors(_file(None, ONE, raw=text.ljust(2**20 + 1)))
