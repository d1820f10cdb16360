"""CSV text as a table: what is certain is recognised, what is not is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from certificates.errors import MalformedProblem
from verify.problems.csv_format import ANY_CSV, CsvFormat, Rows, counts, decimal_sign, has_header, split_rows
from verify.problems.csv_table import LONG, Table, listed

__all__ = ["read_csv_table"]


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
        f"column {names[0][:LONG]!r} counts {body[0][0].strip()}, {body[1][0].strip()}, …: it may number the rows",
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
    shown = listed(names)
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
            raise MalformedProblem(
                f"has two columns {name[:LONG]!r}", place=f"{place}, row 1", remedy="rename one of them"
            )
        seen.add(name)
