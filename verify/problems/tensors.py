"""Named weights from .npz, .safetensors and PyTorch files."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, deserialize

from certificates.errors import MalformedProblem
from verify.problems.files import read_bytes
from verify.problems.readers import Array, one_line, read_npz
from verify.problems.torch_file import read_state_dict

__all__ = ["read_tensors"]

_TYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2"}
_COUNTERS = {"I64": "<i8"}  # beside weights, such as n_averaged: what they mean is said by their name


def read_tensors(path: str | PathLike[str]) -> Mapping[str, Any]:
    """Read named weights from .npz, .safetensors, or anything ``torch.load(weights_only=True)`` accepts."""
    suffix = Path(path).suffix.lower()
    if suffix == ".npz":
        return read_npz(path)
    if suffix == ".safetensors":
        return _read_safetensors(Path(path))
    return read_state_dict(path)


def _read_safetensors(file: Path) -> dict[str, Array]:
    try:
        entries = deserialize(read_bytes(file))  # type: ignore[no-untyped-call]
    except SafetensorError as error:
        raise MalformedProblem(f"is no readable safetensors file ({one_line(error)})", place=file.name) from error
    return {name: _safetensor(name, entry, file.name) for name, entry in entries}


def _safetensor(name: str, entry: Mapping[str, Any], place: str) -> Array:
    kind, shape, payload = str(entry["dtype"]), tuple(entry["shape"]), bytes(entry["data"])
    if kind == "BF16":
        # A bfloat16 is the upper half of the float32 with the same value.
        widened = np.frombuffer(payload, dtype="<u2").astype("<u4") << np.uint32(16)
        return widened.view("<f4").reshape(shape)
    types = _TYPES if name.endswith(("weight", "bias")) else _TYPES | _COUNTERS
    if kind not in types:
        raise MalformedProblem(
            f"tensor {name!r} has type {kind}", place=place, remedy="store weights as F64, F32, F16 or BF16"
        )
    return np.frombuffer(payload, dtype=types[kind]).reshape(shape)
