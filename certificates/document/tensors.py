"""The safetensors format, read strictly: own header parser, the library's payload, exact conversion to binary64.

Layout: 8 bytes little-endian header length, a JSON header ``{name: {"dtype", "shape", "data_offsets"}}`` with an
optional ``__metadata__`` of strings, then the tensors' bytes without holes.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, deserialize
from safetensors.numpy import save

from certificates.document.files import require_memory
from certificates.document.strict_json import check_nesting
from certificates.errors import MalformedCertificate, MalformedProblem

__all__ = ["decode_tensors", "encode_tensors", "shown_name"]

_HEADER_LIMIT = 2**20
_DTYPES: Mapping[str, tuple[str, int]] = {
    "F64": ("<f8", 8),
    "F32": ("<u4", 4),
    "F16": ("<u2", 2),
    "BF16": ("<u2", 2),
}
_FIELDS: Mapping[str, tuple[int, int]] = {"F32": (8, 23), "F16": (5, 10), "BF16": (8, 7)}  # bits: exponent, fraction
_BLOCK = 2**14
_REMEDY = "write it with `verify problem` or the safetensors library"

FloatArray = NDArray[np.float64]


def decode_tensors(data: bytes) -> tuple[dict[str, FloatArray], dict[str, str]]:
    """Tensors as exact binary64 arrays, and the metadata.

    Raises
    ------
    MalformedProblem
        Truncated, a header that is too long, not strict JSON, unknown types, shapes or offsets that do not tile
        the payload; the place is the tensor's name.
    """
    header, payload = _header(data)
    metadata = header.pop("__metadata__", {})
    if not isinstance(metadata, dict) or not all(isinstance(v, str) for v in metadata.values()):
        raise MalformedProblem("expected an object of strings", place="__metadata__")
    spans = sorted((_span(name, entry), name) for name, entry in header.items())
    position = 0
    for (start, stop), name in spans:
        if start != position:
            raise MalformedProblem("its bytes overlap another tensor's or leave a hole", place=shown_name(name))
        position = stop
    if position != payload:
        raise MalformedProblem(
            f"the tensors take {position} bytes, the file has {payload}",
            place="payload",
            remedy="the file is truncated",
        )
    require_memory(2 * position + sum(8 * prod(entry["shape"]) for entry in header.values()), "payload")
    return _payload(data), metadata


def _header(data: bytes) -> tuple[dict[str, Any], int]:
    _refuse_other_formats(data)
    length = int.from_bytes(data[:8], "little")
    if len(data) < 8 or length > _HEADER_LIMIT or length + 8 > len(data):
        raise MalformedProblem(
            f"a header of {length} bytes in a file of {len(data)}: truncated, or no safetensors file",
            place="header",
            remedy=_REMEDY,
        )
    try:
        text = data[8 : 8 + length].decode("utf-8")
        check_nesting(text)
        header = json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse_constant)
    except (UnicodeDecodeError, json.JSONDecodeError, MalformedCertificate, ValueError) as error:
        raise MalformedProblem(f"is not JSON: {error}", place="header", remedy=_REMEDY) from error
    if not isinstance(header, dict):
        raise MalformedProblem("is not an object", place="header", remedy=_REMEDY)
    return header, len(data) - 8 - length


def _refuse_other_formats(data: bytes) -> None:
    importers = "import it with `verify problem from-torch` or `from-arrays`"
    known = {
        b"PK": ("a zip archive (npz or a PyTorch checkpoint)", importers),
        b"\x80": ("a pickle", importers),
        b"\x93NUMPY": ("an npy array", importers),
        b"{\n": ("JSON, a certificate perhaps", "`verify check FILE` and `verify explain FILE` take certificates"),
    }
    for magic, (what, remedy) in known.items():
        if data.startswith(magic) and data[8:9] != b"{":
            raise MalformedProblem(f"is {what}, not a safetensors file", place="header", remedy=remedy)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in pairs:
        if key in result:
            raise MalformedProblem("appears twice in the header", place=shown_name(key))
        result[key] = value
    return result


def _refuse_constant(token: str) -> Any:
    raise ValueError(f"{token} is no JSON")


def _span(name: str, entry: Any) -> tuple[int, int]:
    """(start, stop) of a tensor's bytes."""
    place = shown_name(name)
    if not isinstance(entry, dict) or entry.keys() != {"dtype", "shape", "data_offsets"}:
        raise MalformedProblem("expected dtype, shape and data_offsets", place=place)
    if not isinstance(entry["dtype"], str) or entry["dtype"] not in _DTYPES:
        raise MalformedProblem(
            f"has dtype {ascii(entry['dtype'])[:40]}; F64, F32, F16 and BF16 are read",
            place=place,
            remedy="convert it to a float type",
        )
    shape, offsets = entry["shape"], entry["data_offsets"]
    if not _are_counts(shape) or not _are_counts(offsets) or len(offsets) != 2 or len(shape) > 4:
        raise MalformedProblem("has a shape or offsets that are not small non-negative integers", place=place)
    if 0 in shape:  # NumPy cannot hold every shape of product 0, and no problem needs one
        raise MalformedProblem(f"is empty, shape {shape}", place=place, remedy="give at least one entry")
    if offsets[1] - offsets[0] != prod(shape) * _DTYPES[entry["dtype"]][1]:
        raise MalformedProblem(f"its shape {shape} does not fit its {offsets[1] - offsets[0]} bytes", place=place)
    return offsets[0], offsets[1]


def _are_counts(numbers: Any) -> bool:
    return isinstance(numbers, list) and all(type(n) is int and 0 <= n < 2**48 for n in numbers)


def _payload(data: bytes) -> dict[str, FloatArray]:
    try:
        entries = deserialize(data)  # type: ignore[no-untyped-call]
    except (SafetensorError, ValueError) as error:
        raise MalformedProblem(f"the safetensors library refuses it: {error}", place="header") from error
    return {name: _to_float64(entry["dtype"], entry["shape"], entry["data"]) for name, entry in entries}


def _to_float64(dtype: str, shape: list[int], data: bytes) -> FloatArray:
    """Exact: every F32, F16 and BF16 number is a binary64 number."""
    stored = np.frombuffer(data, dtype=_DTYPES[dtype][0])
    if dtype == "F64":
        return np.ascontiguousarray(stored.astype(np.float64).reshape(shape))
    wide = np.empty(stored.shape)
    for start in range(0, stored.size, _BLOCK):
        wide[start : start + _BLOCK] = _widened(stored[start : start + _BLOCK].astype(np.uint64), *_FIELDS[dtype])
    return wide.reshape(shape)


def _widened(bits: NDArray[np.uint64], exponent_bits: int, fraction_bits: int) -> FloatArray:
    """Narrow floating-point numbers, given as integers, as binary64.

    By integers, so that no mode of the processor has a say: the hardware's conversion reads subnormal numbers as zero
    where another library has asked for that. All that is computed in binary64 is a subnormal number's fraction times
    a power of two: both factors and the product are normal numbers, and it is exact.
    """
    ones = 2**exponent_bits - 1
    exponent = bits >> fraction_bits & ones
    fraction = bits & (2**fraction_bits - 1)
    shifted = np.where(exponent == ones, 2047, exponent + 1023 - ones // 2)
    normal = shifted << 52 | fraction << (52 - fraction_bits)
    unit = math.ldexp(1.0, 1 - ones // 2 - fraction_bits)  # pow is inexact where rounding is directed
    subnormal = fraction.astype(np.float64) * unit
    size = np.where(exponent == 0, subnormal.view(np.uint64), normal)
    found: FloatArray = (size | bits >> (exponent_bits + fraction_bits) << 63).view(np.float64)
    return found


def encode_tensors(tensors: Mapping[str, FloatArray], metadata: Mapping[str, str]) -> bytes:
    """A safetensors file with F64 tensors; it is parsed again and compared before it is returned."""
    arrays = {name: np.ascontiguousarray(array, dtype="<f8") for name, array in sorted(tensors.items())}
    data = save(arrays, metadata=dict(metadata))
    length = int.from_bytes(data[:8], "little")
    if length > _HEADER_LIMIT:
        raise MalformedProblem(
            f"takes {length} bytes, at most {_HEADER_LIMIT} are read",
            place="header",
            remedy="fewer or shorter sample weights",
        )
    again, read = decode_tensors(data)
    same = again.keys() == arrays.keys() and read == dict(metadata)
    if not same or any(again[name].tobytes() != array.tobytes() for name, array in arrays.items()):
        raise MalformedProblem("what was written reads back differently", place="payload")
    return data


def shown_name(name: str) -> str:
    """A stranger's name as a place: never empty, short and printable."""
    return ascii(name[:80]).strip("'") or "''"
