"""Problem files: reading and writing through the judge's own document layer."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

from certificates.document import decode_problem, encode_problem, read_regular_file, write_atomically
from certificates.problem import Network

__all__ = ["READ_LIMIT", "load_problem", "save_problem"]

READ_LIMIT = 4 << 30
"""Bytes: no file of weights or data above 4 GiB is read."""


def load_problem(path: str | PathLike[str]) -> Network:
    """Read a problem file.

    Raises
    ------
    MalformedProblem
        The file is missing, no regular file, or no problem; the place says where.
    """
    return decode_problem(read_regular_file(Path(path), READ_LIMIT))


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
