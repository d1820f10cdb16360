"""Comma-separated text as a table of binary64 numbers; every cell that is none is named by row and column."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from certificates.errors import MalformedProblem
from certificates.problem import FloatArray

__all__ = ["Table", "read_csv_table"]

_DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?", re.ASCII)


@dataclass(frozen=True)
class Table:
    """Named columns of text cells; ``first_line`` is the line number of the first row of data."""

    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    first_line: int
    place: str

    def columns(self, wanted: Sequence[str]) -> FloatArray:
        """Give the named columns as numbers, shape (rows, len(wanted)), in the order asked for."""
        missing = [name for name in wanted if name not in self.names]
        if missing:
            raise MalformedProblem(
                f"has no column {missing[0]!r}",
                place=self.place,
                remedy=f"its columns are {', '.join(self.names)}",
            )
        indices = [self.names.index(name) for name in wanted]
        return np.array(
            [
                [self._number(row[index], line, index) for index in indices]
                for line, row in enumerate(self.rows, self.first_line)
            ],
            dtype=np.float64,
        ).reshape(len(self.rows), len(wanted))

    def numbers(self) -> FloatArray:
        """Give all columns as numbers."""
        return self.columns(self.names)

    def _number(self, cell: str, line: int, index: int) -> float:
        # Stricter than float(), which takes underscores, other scripts' digits, "nan" and "infinity".
        number = float(cell) if _DECIMAL.fullmatch(cell.strip()) else float("nan")
        if not np.isfinite(number):
            what = f"{cell[:40]!r} is no finite number" if cell.strip() else "the cell is empty"
            raise MalformedProblem(
                what, place=f"{self.place}, row {line}, column {self.names[index]!r}", remedy="remove or impute it"
            )
        return number


def read_csv_table(data: bytes, place: str, *, header: bool = False) -> Table:
    """Parse comma-separated UTF-8 text.

    Parameters
    ----------
    data
        The file's bytes; a byte-order mark and blank lines at the end are accepted.
    place
        The file's name, for errors.
    header
        Whether the first row must hold the columns' names; otherwise it is taken for names when none of its
        cells is a number, and columns are named ``0``, ``1``, … when it is not.
    """
    rows = _rows(data, place)
    named = header or not any(_DECIMAL.fullmatch(cell.strip()) for cell in rows[0])
    names = tuple(cell.strip() for cell in rows[0]) if named else tuple(map(str, range(len(rows[0]))))
    _check_names(names, place)
    body = rows[1:] if named else rows
    first_line = 2 if named else 1
    if not body:
        raise MalformedProblem("has a header and no rows", place=place, remedy="give at least one sample")
    for line, row in enumerate(body, first_line):
        if len(row) != len(names):
            raise MalformedProblem(f"expected {len(names)} cells, got {len(row)}", place=f"{place}, row {line}")
    return Table(names, tuple(body), first_line, place)


def _rows(data: bytes, place: str) -> list[tuple[str, ...]]:
    try:
        text = data.decode("utf-8-sig")
        rows = [tuple(row) for row in csv.reader(io.StringIO(text, newline=""), strict=True)]
    except UnicodeDecodeError as error:
        raise MalformedProblem(f"byte {error.start} is not UTF-8", place=place, remedy="save it as UTF-8") from error
    except csv.Error as error:
        raise MalformedProblem(f"is no comma-separated text ({error})", place=place) from error
    while rows and not rows[-1]:
        rows.pop()
    if not rows or not rows[0]:
        raise MalformedProblem("is empty", place=place, remedy="give a header row and at least one sample")
    return rows


def _check_names(names: Sequence[str], place: str) -> None:
    seen: set[str] = set()
    for name in names:
        if not name:
            raise MalformedProblem("has a column without a name", place=f"{place}, row 1")
        if _DECIMAL.fullmatch(name) and not name.isdigit():
            raise MalformedProblem(
                f"expected a header row, got the number {name}",
                place=f"{place}, row 1",
                remedy="name the columns in the first row",
            )
        if name in seen:
            raise MalformedProblem(f"has two columns {name!r}", place=f"{place}, row 1", remedy="rename one of them")
        seen.add(name)
