"""Named columns of text cells as binary64 numbers; every cell that is none is named by row and column."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from certificates.errors import MalformedProblem
from certificates.subjects import FloatArray
from verify.problems.csv_format import is_number

__all__ = ["LONG", "Table", "listed"]

_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:[ .,'’\u00a0\u202f][0-9]{3})+(?:[.,][0-9]*)?")
LONG = 40
"""How many characters of a stranger's text a message shows."""

_SHOWN = 8


@dataclass(frozen=True)
class Table:
    """Named columns of text cells.

    Parameters
    ----------
    names, rows
        The columns' names and the cells, without header and index column.
    first_line
        The number of the first row of data in the file.
    place
        The file's name.
    decimal
        The decimal sign of the cells.
    said
        What was read, in words.
    remarks
        What was recognised without having been said: a separator, a decimal comma, an index column.
    """

    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    first_line: int
    place: str
    decimal: str = "."
    said: str = ""
    remarks: tuple[str, ...] = ()

    def columns(self, wanted: Sequence[str]) -> FloatArray:
        """Give the named columns as numbers, shape (rows, len(wanted)), in the order asked for."""
        indices = self._indices(wanted)
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

    def half_units(self) -> FloatArray:
        """Half a unit in the last decimal of each cell: how far a printed number may be from the one meant."""
        return np.array([[_half_unit(cell.strip(), self.decimal) for cell in row] for row in self.rows])

    def _indices(self, wanted: Sequence[str]) -> list[int]:
        missing = [name for name in wanted if name not in self.names]
        if missing:
            raise MalformedProblem(
                f"has no column {missing[0][:LONG]!r}",
                place=self.place,
                remedy=f"its columns are {listed(self.names)}",
            )
        return [self.names.index(name) for name in wanted]

    def _number(self, cell: str, line: int, index: int) -> float:
        # stripped: str.strip takes separators such as \x1c for white space, float does not
        number = float(cell.strip().replace(self.decimal, ".")) if is_number(cell, self.decimal) else float("nan")
        if not np.isfinite(number):
            what, remedy = self._why_no_number(cell, index)
            remedy = "say --header if row 1 names the columns" if line == 1 else remedy
            raise MalformedProblem(
                what, place=f"{self.place}, row {line}, column {self.names[index][:LONG]!r}", remedy=remedy
            )
        return number

    def _why_no_number(self, cell: str, index: int) -> tuple[str, str]:
        if not cell.strip():
            return "the cell is empty", "remove or impute it"
        if _GROUPED.fullmatch(cell.strip()):
            return (
                f"{cell[:LONG]!r} has a thousands separator or another decimal sign",
                "write 1234.5 or say --decimal",
            )
        if len(cell.split()) > 1 and len(self.names) == 1:
            return f"{cell[:LONG]!r} is no finite number", "say --separator space or tab if that separates cells"
        texts = sum(not is_number(row[index], self.decimal) for row in self.rows)
        if 2 * texts > len(self.rows) > 1:
            remedy = "encode categories as numbers, such as one 0/1 column a category, or leave the column out"
            return f"{cell[:LONG]!r} is no finite number, nor are {texts - 1} other cells of this column", remedy
        return f"{cell[:LONG]!r} is no finite number", "remove or impute it"


def listed(names: Sequence[str]) -> str:
    """The first names, shortened, for a message."""
    return ", ".join(name[:LONG] for name in names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")


def _half_unit(cell: str, decimal: str) -> float:
    mantissa, _, exponent = cell.lower().partition("e")
    digits = len(mantissa.partition(decimal)[2])
    return 0.5 * 10.0 ** min(300.0, float(exponent or 0) - digits) if digits or exponent else 0.0
