"""Problem files: reading and writing through the judge's own document layer."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

from certificates.document import PROBLEM_LIMIT, read_regular_file, write_atomically
from certificates.document.problem_file import decode_problem, encode_problem
from certificates.errors import Malformed, MalformedProblem, OutOfMemory
from certificates.subjects import Network

__all__ = ["READ_LIMIT", "load_problem", "read_bytes", "save_problem"]

READ_LIMIT = 4 << 30
"""Bytes: no file of weights or data above 4 GiB is read."""


def read_bytes(path: str | PathLike[str], limit: int = READ_LIMIT) -> bytes:
    """Read a regular file whole; missing, special and oversized files are malformed problems."""
    try:
        return read_regular_file(Path(path), limit)
    except OutOfMemory:
        raise
    except Malformed as error:
        raise MalformedProblem(error.what, place=error.place, remedy=error.remedy) from error


def load_problem(path: str | PathLike[str]) -> Network:
    """Read a problem file.

    Raises
    ------
    MalformedProblem
        The file is missing, no regular file, or no problem; the place says where.
    """
    data = read_bytes(path, PROBLEM_LIMIT)
    try:
        return decode_problem(data)
    except OutOfMemory:
        raise
    except Malformed as error:
        place = f"{Path(path).name}, {error.place}" if error.place else Path(path).name
        raise MalformedProblem(error.what, place=place, remedy=error.remedy) from error


def save_problem(network: Network, path: str | PathLike[str], *, force: bool = False) -> Path:
    """Write a problem file, atomically.

    Parameters
    ----------
    network
        The problem; its numbers are stored exactly.
    path
        Where; a different file of that name is replaced only with ``force``.
    force
        Replace whatever is there.

    Returns
    -------
    pathlib.Path
        The file written.
    """
    target = Path(path)
    write_atomically(target, encode_problem(network), force=force)
    return target
