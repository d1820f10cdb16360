"""CSV text as a table of binary64 numbers; every cell that is none is named by row and column."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from certificates.errors import MalformedProblem
from certificates.problem import FloatArray
from verify.problems.csv_format import ANY_CSV, CsvFormat, Rows, counts, decimal_sign, has_header, is_number, split_rows

__all__ = ["Table", "read_csv_table"]

_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:[ .,'’\u00a0\u202f][0-9]{3})+(?:[.,][0-9]*)?")
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
                f"has no column {missing[0]!r}",
                place=self.place,
                remedy=f"its columns are {', '.join(self.names)}",
            )
        return [self.names.index(name) for name in wanted]

    def _number(self, cell: str, line: int, index: int) -> float:
        number = float(cell.replace(self.decimal, ".")) if is_number(cell, self.decimal) else float("nan")
        if not np.isfinite(number):
            what, remedy = self._why_no_number(cell, index)
            remedy = "say --header if row 1 names the columns" if line == 1 else remedy
            raise MalformedProblem(what, place=f"{self.place}, row {line}, column {self.names[index]!r}", remedy=remedy)
        return number

    def _why_no_number(self, cell: str, index: int) -> tuple[str, str]:
        if not cell.strip():
            return "the cell is empty", "remove or impute it"
        if _GROUPED.fullmatch(cell.strip()):
            return f"{cell[:40]!r} has a thousands separator or another decimal sign", "write 1234.5 or say --decimal"
        if len(cell.split()) > 1 and len(self.names) == 1:
            return f"{cell[:40]!r} is no finite number", "say --separator space or tab if that separates cells"
        texts = sum(not is_number(row[index], self.decimal) for row in self.rows)
        if 2 * texts > len(self.rows) > 1:
            remedy = "encode categories as numbers, such as one 0/1 column a category, or leave the column out"
            return f"{cell[:40]!r} is no finite number, nor are {texts - 1} other cells of this column", remedy
        return f"{cell[:40]!r} is no finite number", "remove or impute it"


def read_csv_table(
    data: bytes,
    place: str,
    given: CsvFormat = ANY_CSV,
    *,
    names_needed: bool = False,
    keep: Sequence[str] = (),
    rows: int | None = None,
) -> Table:
    """Parse UTF-8 text in rows and columns; what is not certain is asked for, nothing is guessed.

    Parameters
    ----------
    data
        The file's bytes; a byte-order mark and blank lines at the end are accepted.
    place
        The file's name, for errors.
    given
        What is known about the format.
    names_needed
        Whether columns are going to be asked for by name.
    keep
        Columns that are no index even if they count the rows.
    rows
        How many rows of data there must be, if that is known: then there is a header where there is one row more.

    Raises
    ------
    MalformedProblem
        Ragged, empty or foreign text, or a question: is the first row a header, the first column an index?
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MalformedProblem(f"byte {error.start} is not UTF-8", place=place, remedy="save it as UTF-8") from error
    lines, separator = split_rows(text, place, given)
    decimal = decimal_sign(lines, separator, place, given)
    if rows in (len(lines), len(lines) - 1):
        given = replace(given, header=rows < len(lines))
    named = has_header(lines, decimal, place, given, names_needed=names_needed)
    body = lines[1:] if named else lines
    if not body:
        raise MalformedProblem("has a header and no rows", place=place, remedy="give at least one sample")
    names = tuple(cell.strip() for cell in lines[0]) if named else tuple(map(str, range(len(lines[0]))))
    dropped = _is_index(names, body, place, given, keep)
    names, body = (names[1:], [row[1:] for row in body]) if dropped else (names, body)
    _check_names(names, place)
    said, remarks = _in_words(names, body, place, given, separator, decimal, named, dropped)
    return Table(names, tuple(body), 2 if named else 1, place, decimal, said, remarks)


def _is_index(names: Sequence[str], body: Rows, place: str, given: CsvFormat, keep: Sequence[str]) -> bool:
    """Whether the first column only numbers the rows; a question where it may be an input."""
    if given.index_column is not None:
        if given.index_column and len(names) < 2:
            raise MalformedProblem("has one column only", place=place, remedy="leave --index-column out")
        return given.index_column
    if len(names) < 2 or names[0] in keep or not counts([row[0] for row in body]):
        return False
    if not names[0]:  # as pandas writes its index
        return True
    raise MalformedProblem(
        f"column {names[0][:40]!r} counts {body[0][0].strip()}, {body[1][0].strip()}, …: it may number the rows",
        place=place,
        remedy="say --index-column to leave it out, --no-index-column if it is an input; "
        "in Python csv=CsvFormat(index_column=…)",
    )


def _in_words(
    names: Sequence[str],
    body: Rows,
    place: str,
    given: CsvFormat,
    separator: str,
    decimal: str,
    named: bool,
    dropped: bool,
) -> tuple[str, tuple[str, ...]]:
    shown = ", ".join(name[:40] for name in names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")
    origin = "named in row 1" if named else "without a header, numbered"
    sign = f"{separator!r} between cells, " if len(names) + dropped > 1 else ""
    columns = f"{len(names)} column{'s' if len(names) > 1 else ''} ({shown}) {origin}"
    said = f"{place}: {len(body)} row{'s' if len(body) > 1 else ''}, {columns}; {sign}decimal {decimal!r}"
    remarks = []
    if (separator != "," and given.separator is None) or (decimal == "," and given.decimal is None):
        remarks.append(f"{place} was read with {separator!r} between cells and the decimal sign {decimal!r}")
    if dropped:
        said += "; the first column, which numbers the rows, left out"
        remarks += [] if given.index_column else [f"the first column of {place} numbers the rows and was left out"]
    return said, tuple(remarks)


def _half_unit(cell: str, decimal: str) -> float:
    mantissa, _, exponent = cell.lower().partition("e")
    digits = len(mantissa.partition(decimal)[2])
    return 0.5 * 10.0 ** min(300.0, float(exponent or 0) - digits) if digits or exponent else 0.0


def _check_names(names: Sequence[str], place: str) -> None:
    seen: set[str] = set()
    for name in names:
        if not name:
            raise MalformedProblem(
                "has a column without a name",
                place=f"{place}, row 1",
                remedy="name it, or say --index-column if it is the first and numbers the rows",
            )
        if name in seen:
            raise MalformedProblem(f"has two columns {name!r}", place=f"{place}, row 1", remedy="rename one of them")
        seen.add(name)
