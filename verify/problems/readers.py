"""Arrays from .npy, .npz and .csv files; no pickle is ever loaded."""

from __future__ import annotations

import io
import pickle
import re
import zipfile
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from certificates.errors import MalformedProblem
from verify.problems.csv_format import ANY_CSV, CsvFormat
from verify.problems.csv_text import read_csv_table
from verify.problems.files import READ_LIMIT, read_bytes

__all__ = ["Array", "Reading", "one_line", "read_array", "read_npz"]

Array = np.ndarray[Any, np.dtype[Any]]

_NPY_ERRORS = (ValueError, EOFError, OSError, pickle.UnpicklingError, MemoryError, OverflowError, SyntaxError)
_NUMPY, _PICKLE = b"\x93NUMPY", b"\x80"
_PICKLED = "holds pickled Python objects, which are never loaded"


@dataclass(frozen=True)
class Reading:
    """An array, and how it was read.

    Parameters
    ----------
    values
        The numbers, in the type they are stored in.
    said, remarks
        What was read, and what was recognised without having been said.
    half_units
        How far a printed decimal may be from the number meant; 0 for binary files.
    """

    values: Array
    said: str
    remarks: tuple[str, ...] = ()
    half_units: Array | float = 0.0


def read_array(path: str | PathLike[str], given: CsvFormat = ANY_CSV, rows: int | None = None) -> Reading:
    """Read one array of numbers from a .npy, .npz or .csv file; of ``rows`` rows besides a header, if that is known."""
    file = Path(path)
    if file.suffix.lower() == ".npz":
        return _only_entry(read_npz(file), file.name)
    data = read_bytes(file)
    if file.suffix.lower() in (".csv", ".tsv"):
        table = read_csv_table(data, file.name, given, rows=rows)
        return Reading(table.numbers(), table.said, table.remarks, table.half_units())
    if data.startswith(_NUMPY):
        return _said(_load_npy(data, file.name), file.name)
    raise MalformedProblem("is neither .npy nor .npz nor .csv", place=file.name, remedy="save it with numpy.save")


def _only_entry(arrays: dict[str, Array], place: str) -> Reading:
    if len(arrays) != 1:
        raise MalformedProblem(
            f"has the entries {', '.join(sorted(arrays)) or 'none'}, expected one", place=place, remedy="save one array"
        )
    return _said(next(iter(arrays.values())), place)


def _said(values: Array, place: str) -> Reading:
    return Reading(values, f"{place}: {values.dtype} array of shape {values.shape}")


def read_npz(path: str | PathLike[str]) -> dict[str, Array]:
    """Read the arrays of an .npz file.

    Raises
    ------
    MalformedProblem
        No zip archive, an entry with pickled objects (named), duplicate or truncated entries, or a size that
        the archive promises and no machine should unpack.
    """
    file = Path(path)
    data = read_bytes(file)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _npz_entries(archive, file.name)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise MalformedProblem(
            f"is no readable .npz archive ({error})", place=file.name, remedy="write it with numpy.savez"
        ) from error


def _npz_entries(archive: zipfile.ZipFile, place: str) -> dict[str, Array]:
    infos = archive.infolist()
    if sum(info.file_size for info in infos) > READ_LIMIT:
        raise MalformedProblem(f"unpacks to more than {READ_LIMIT} bytes", place=place)
    arrays: dict[str, Array] = {}
    for info in infos:
        name = info.filename.removesuffix(".npy")
        if name in arrays:
            raise MalformedProblem(f"has two entries {name!r}", place=place)
        arrays[name] = _load_npy(archive.read(info), f"{place}, entry {name!r}")
    return arrays


def _load_npy(data: bytes, place: str) -> Array:
    try:
        loaded = np.load(io.BytesIO(data), allow_pickle=False)
    except _NPY_ERRORS as error:
        raise MalformedProblem(
            _PICKLED if _is_pickled(data) else f"is no readable array ({one_line(error)})",
            place=place,
            remedy="save plain numeric arrays with numpy.save or numpy.savez",
        ) from error
    if not isinstance(loaded, np.ndarray):
        raise MalformedProblem("is no array", place=place, remedy="save plain numeric arrays with numpy.save")
    return loaded


def _is_pickled(data: bytes) -> bool:
    """Whether these bytes are a pickle, or an array whose header names objects."""
    header = data[: 12 + int.from_bytes(data[8:10], "little")]
    return data.startswith(_PICKLE) or (data.startswith(_NUMPY) and b"|O" in header)


def one_line(error: BaseException) -> str:
    """Give a foreign exception's message as one short line of printable ASCII."""
    text = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", str(error))  # colours
    return re.sub(r"[^ -~]", "?", " ".join(text.split()) or type(error).__name__)[:160]
