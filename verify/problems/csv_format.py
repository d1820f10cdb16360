"""How a CSV file is written: separator, decimal sign, header, index column; said, seen, or a question."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from certificates.errors import MalformedProblem

__all__ = ["ANY_CSV", "CsvFormat", "Rows", "counts", "decimal_sign", "has_header", "is_number", "split_rows"]

Rows = list[tuple[str, ...]]

_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars", " ": "spaces"}
_SPELLED = {"comma": ",", "semicolon": ";", "tab": "\t", "\\t": "\t", "bar": "|", "space": " "}
_NUMBER = {
    ".": re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?", re.ASCII),
    ",": re.compile(r"[+-]?(?:[0-9]+(?:,[0-9]*)?|,[0-9]+)(?:[eE][+-]?[0-9]+)?", re.ASCII),
}
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}", re.ASCII)
_PLAIN = re.compile(r"[+-]?[0-9]{1,15}(?:[.,][0-9]{1,15})?", re.ASCII)
_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+", re.ASCII)


@dataclass(frozen=True)
class CsvFormat:
    """How a CSV file is to be read; what is ``None`` is recognised where it is certain, and asked for where it is not.

    Parameters
    ----------
    header
        Whether the first row names the columns.
    index_column
        Whether the first column numbers the rows and is left out.
    separator
        One of ``,`` ``;`` ``|``, a tab or a space, or its name: comma, semicolon, bar, tab, space.
    decimal
        The decimal sign, ``.`` or ``,``.

    Raises
    ------
    MalformedProblem
        Another separator or decimal sign.
    """

    header: bool | None = None
    index_column: bool | None = None
    separator: str | None = None
    decimal: str | None = None

    def __post_init__(self) -> None:
        """Refuse what is no separator, and give it its character."""
        separator = _SPELLED.get(self.separator or "", self.separator)
        object.__setattr__(self, "separator", separator)
        if separator is not None and separator not in _SEPARATORS:
            names = ", ".join(name for name in _SPELLED if name.isalpha())
            raise MalformedProblem(f"got {separator[:20]!a}", place="--separator", remedy=f"use one of {names}")
        if self.decimal not in (None, ".", ","):
            raise MalformedProblem(f"got {self.decimal[:20]!a}", place="--decimal", remedy="use . or ,")


ANY_CSV = CsvFormat()


def is_number(cell: str, decimal: str) -> bool:
    """Whether a cell is a decimal number; stricter than float(), which takes underscores, "nan" and other scripts."""
    return _NUMBER[decimal].fullmatch(cell.strip()) is not None


def split_rows(text: str, place: str, given: CsvFormat) -> tuple[Rows, str]:
    """The rows of cells, without blank lines at the end, and the separator."""
    separator = given.separator or _separator(text, place, ";\t|" if given.decimal == "," else ",;\t|")
    try:
        rows = _split(text, separator)
    except csv.Error as error:
        raise MalformedProblem(f"is no text separated by {_SEPARATORS[separator]} ({error})", place=place) from error
    if not rows or not rows[0]:
        raise MalformedProblem("is empty", place=place, remedy="give a header row and at least one sample")
    for line, row in enumerate(rows, 1):
        if len(row) != len(rows[0]):
            raise MalformedProblem(
                f"expected {len(rows[0])} cells separated by {_SEPARATORS[separator]} as in row 1, got {len(row)}",
                place=f"{place}, row {line}",
                remedy="say --separator semicolon, tab, bar or space if that separates them, --decimal , for 1,5",
            )
    return rows, separator


def _split(text: str, separator: str) -> Rows:
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=separator, strict=True, skipinitialspace=separator == " "
    )
    rows = [tuple(row) for row in reader]
    while rows and not any(cell.strip() for cell in rows[-1]) and len(rows[-1]) <= 1:
        rows.pop()
    return rows


def _separator(text: str, place: str, possible: str) -> str:
    """The one separator that gives every row the same number of cells, at least two; the first if there is none."""
    fitting = {}
    for separator in filter(text.__contains__, possible):
        try:
            rows = _split(text, separator)
        except csv.Error:
            continue
        if len({len(row) for row in rows}) == 1 and len(rows[0]) > 1:
            fitting[separator] = rows
    if len(fitting) > 1:  # 1,5;2,5
        numeric = [separator for separator, rows in fitting.items() if _all_numbers(rows[1:], separator)]
        if len(numeric) != 1:
            found = " or ".join(_SEPARATORS[separator] for separator in fitting)
            raise MalformedProblem(
                f"its cells may be separated by {found}", place=place, remedy="say which with --separator"
            )
        return numeric[0]
    return next(iter(fitting), next((separator for separator in possible if separator in text), possible[0]))


def _all_numbers(rows: Rows, separator: str) -> bool:
    signs = "." if separator == "," else ".,"
    return all(any(is_number(cell, sign) for sign in signs) for row in rows for cell in row)


def decimal_sign(rows: Rows, separator: str, place: str, given: CsvFormat) -> str:
    """The decimal sign: a comma where cells need one and no cell needs a point."""
    if given.decimal is not None:
        return given.decimal
    cells = [cell.strip() for row in rows for cell in row]
    commas = [cell for cell in cells if "," in cell and is_number(cell, ",")]
    points = [cell for cell in cells if "." in cell and is_number(cell, ".")]
    if not commas:
        return "."
    if points:
        what = f"has cells such as {commas[0][:20]} and such as {points[0][:20]}"
    elif all(_THOUSANDS.fullmatch(cell) for cell in commas):
        what = f"{commas[0][:20]!r} may have a decimal comma or a thousands separator"
    elif separator == ",":
        what = f"{commas[0][:20]!r} is a cell, and commas separate cells, too"
    else:
        return ","
    both = "--separator comma " if separator == "," else ""
    raise MalformedProblem(
        what, place=place, remedy=f"say {both}--decimal , or --decimal . and write no thousands separators"
    )


def has_header(rows: Rows, decimal: str, place: str, given: CsvFormat, *, names_needed: bool) -> bool:
    """Whether the first row names the columns; a question where it may and may not."""
    if given.header is not None:
        return given.header
    first, numeric = rows[0], [is_number(cell, decimal) for cell in rows[0]]
    if not any(numeric):
        return True
    if not all(numeric):
        # A name above numbers, or pandas' empty corner above its index, or a sample with a category.
        texts = [k for k, number in enumerate(numeric) if not number]
        if len(rows) > 1 and all(is_number(row[k], decimal) for row in rows[1:] for k in texts):
            return True
        why = f"cell {first[texts[0]][:20]!r} is no number, others are"
    elif _looks_like_names(rows, decimal):
        why = f"{', '.join(cell[:20] for cell in first[:6])}{', …' if len(first) > 6 else ''} may be names or a sample"
    elif names_needed:
        why = "holds numbers only, and names of columns are needed"
    else:
        return False
    raise MalformedProblem(
        why,
        place=f"{place}, row 1",
        remedy="say --header if it names the columns, --no-header if it is a sample (columns are then named 0, 1, …); "
        "in Python csv=CsvFormat(header=…)",
    )


def _looks_like_names(rows: Rows, decimal: str) -> bool:
    """Whether a row of numbers may be a header: numbered columns, an even grid, integers above others that are none."""
    first = [cell.strip() for cell in rows[0]]
    plain = all(_PLAIN.fullmatch(cell) for cell in first)
    values = [Fraction(cell.replace(decimal, ".")) for cell in first] if plain else []
    steps = {b - a for a, b in pairwise(values)}
    integers = all(_INTEGER.fullmatch(cell) for cell in first)
    if first == ["0"] or (len(steps) == 1 and (len(first) > 2 or integers) and steps != {0}):
        return len(first) != 2 or steps == {1}
    below = [row for row in rows[1:] if row]
    return integers and bool(below) and not any(_INTEGER.fullmatch(cell.strip()) for row in below for cell in row)


def counts(cells: Sequence[str]) -> bool:
    """Whether cells are 0, 1, 2, … or 1, 2, 3, …, at least two of them."""
    spelled = [cell.strip() for cell in cells]
    return len(spelled) > 1 and any(
        spelled == [str(number) for number in range(start, start + len(spelled))] for start in (0, 1)
    )
