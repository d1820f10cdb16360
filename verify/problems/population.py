"""Population problems: from numbers, and as files.

A file is JSON, ``{"format": "gradcert-population/1", "activation": "relu", "teacher": {"weights": [["1", "0"], ["3/5",
"4/5"]], "outer": ["1", "1"]}}``, perhaps with a ``student`` as the teacher. Every number is an integer or a fraction in
lowest terms, as text.
"""

from __future__ import annotations

import json
import operator
from collections.abc import Iterable, Sequence
from contextlib import suppress
from decimal import Decimal
from fractions import Fraction
from os import PathLike
from pathlib import Path
from typing import Any

from certificates.document import CERTIFICATE_LIMIT, write_atomically
from certificates.document.population import read_population, write_population
from certificates.document.strict_json import parse_json
from certificates.errors import Malformed, MalformedProblem
from certificates.expression import parse_activation
from certificates.subjects import PopulationProblem, Units
from verify.problems.exact import exact_rational
from verify.problems.files import read_bytes

__all__ = ["describe_population", "from_units", "is_population", "load_population", "save_population"]

_FORMAT = "gradcert-population/1"

Rows = Sequence[Sequence[Fraction | int | float | str]]
Numbers = Sequence[Fraction | int | float | str]


def from_units(
    activation: str,
    teacher: Rows,
    teacher_outer: Numbers | None = None,
    student: Rows | None = None,
    student_outer: Numbers | None = None,
) -> PopulationProblem:
    """A network of one hidden layer that learns another from x ~ N(0, I_d).

    Parameters
    ----------
    activation
        φ: catalogue name or expression in z.
    teacher
        The rows w*_j, (k, d): floats are taken exactly, texts such as ``"3/5"`` or ``"0.6"`` as what they say.
    teacher_outer
        v*, (k,); ones by default.
    student, student_outer
        The rows of the student, (n, d), and its outer weights; no student by default.

    Raises
    ------
    MalformedProblem
        Shapes that do not fit, numbers that are none, an activation that is not one.

    Examples
    --------
    >>> from_units("relu", [["1", "0"], ["0.6", "0.8"]])
    PopulationProblem(2 units, d=2, relu)
    """
    if student is None and student_outer is not None:
        raise MalformedProblem("outer weights without a student", place="student.outer", remedy="give its rows, too")
    learner = None if student is None else _units(student, student_outer, "student")
    try:
        phi = parse_activation(activation)
    except Malformed as error:
        raise MalformedProblem(error.what, place=f"activation, {error.place}", remedy=error.remedy) from error
    return PopulationProblem(phi, _units(teacher, teacher_outer, "teacher"), learner)


def _units(rows: Rows, outer: Numbers | None, name: str) -> Units:
    if isinstance(rows, str) or not isinstance(rows, Iterable):
        raise MalformedProblem("expected rows of numbers", place=f"{name}.weights")
    weights = tuple(_numbers(row, f"{name}.weights[{index}]") for index, row in enumerate(rows))
    given = (Fraction(1),) * len(weights) if outer is None else _numbers(outer, f"{name}.outer")
    try:
        return Units(weights, given)
    except MalformedProblem as error:
        raise MalformedProblem(error.what, place=f"{name}.{error.place}", remedy=error.remedy) from error


def _numbers(row: Numbers, place: str) -> tuple[Fraction, ...]:
    if isinstance(row, str) or not isinstance(row, Iterable):
        raise MalformedProblem("expected a row of numbers", place=place)
    return tuple(_exact(entry, f"{place}[{index}]") for index, entry in enumerate(row))


def _exact(entry: Any, place: str) -> Fraction:
    """Weights are what they are, of whatever type: 0.6 as a float is no 3/5, and no integer is rounded."""
    if isinstance(entry, str | Fraction | Decimal):
        return exact_rational(str(entry) if isinstance(entry, Decimal) else entry, place)
    with suppress(TypeError):
        return Fraction(operator.index(entry))
    with suppress(TypeError, ValueError, OverflowError):
        number = float(entry)
        if number == entry:
            return Fraction(number)
    raise MalformedProblem(f"expected a number that binary64 holds, got {ascii(entry)[:60]}", place=place)


def is_population(path: str | PathLike[str]) -> bool:
    """Whether a file is JSON, and so no problem file of a network; a pipe would be waited for, and is none."""
    try:
        if not Path(path).is_file():
            return False
        with Path(path).open("rb") as file:
            return file.read(64).lstrip().startswith(b"{")  # a file may have been edited by hand
    except OSError:
        return False  # whoever reads it says so


def load_population(path: str | PathLike[str]) -> PopulationProblem:
    """Read a population problem.

    Raises
    ------
    MalformedProblem
        The file is missing, or no population problem; the place says where.
    """
    name = Path(path).name
    try:
        settings = parse_json(read_bytes(path, CERTIFICATE_LIMIT))
        form = settings.pop("format", None) if isinstance(settings, dict) else None
        if form != _FORMAT:
            raise MalformedProblem(
                f"expected {_FORMAT}, got {ascii(form)[:60]}, a certificate perhaps",
                place="format",
                remedy="`verify check FILE` reads certificates; `verify problem population` writes this format",
            )
        return read_population(settings, "problem")
    except Malformed as error:
        where = f"{name}, {error.place}" if error.place and error.place != name else name
        raise MalformedProblem(error.what, place=where, remedy=error.remedy) from error


def save_population(problem: PopulationProblem, path: str | PathLike[str], *, force: bool = False) -> Path:
    """Write a population problem, atomically; a different file of that name is replaced only with ``force``.

    Raises
    ------
    Malformed
        A number is longer than files may hold, or the file cannot be written.
    """
    settings = write_population(problem)
    read_population(settings, "problem")
    text = json.dumps({"format": _FORMAT, **settings}, indent=2, ensure_ascii=True) + "\n"
    write_atomically(Path(path), text.encode("ascii"), force=force)
    return Path(path)


def describe_population(problem: PopulationProblem) -> list[tuple[str, str]]:
    """Give the rows (quantity, value) of a problem's summary.

    Examples
    --------
    >>> for row in describe_population(from_units("tanh", [[1, 0]])): print(*row, sep=": ")
    inputs: x ~ N(0, I_2)
    activation: tanh
    teacher: 1 unit
    """
    rows = [("inputs", f"x ~ N(0, I_{problem.dimension})"), ("activation", problem.activation.text)]
    for name, units in (("teacher", problem.teacher), ("student", problem.student)):
        if units is not None:
            rows.append((name, f"{units.width} unit{'' if units.width == 1 else 's'}"))
    return rows
