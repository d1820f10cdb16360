"""Labels for cross-entropies: class numbers become rows, rows of probabilities are put onto the simplex exactly."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from certificates.errors import MalformedProblem
from certificates.subjects import FloatArray

__all__ = ["class_rows", "labels_of_outputs", "missing_classes"]

_GRID = 2**53
_SHOWN = 5


def class_rows(targets: FloatArray, outputs: int) -> tuple[FloatArray, bool, tuple[str, ...]]:
    """Rows of probabilities, (n, o); whether targets were class numbers; and what was changed in them.

    Parameters
    ----------
    targets
        (n,) or (n, 1): class numbers 0 to o − 1. (n, o): rows of probabilities, which may sum to 1 within rounding in
        the format that they come in; those are put onto the simplex by at most that much.
    outputs
        o, at least 2.

    Raises
    ------
    MalformedProblem
        One output, a class that does not exist, a row that is no distribution; names the row.

    Examples
    --------
    >>> class_rows(np.array([1.0, 0.0]), 2)[0].tolist()
    [[0.0, 1.0], [1.0, 0.0]]
    >>> row = class_rows(np.array([[0.7, 0.2, 0.1]]), 3)[0][0]
    >>> from fractions import Fraction
    >>> sum(map(Fraction, row.tolist()))
    Fraction(1, 1)
    """
    if outputs < 2:
        raise MalformedProblem(
            f"a softmax needs two outputs or more, got {outputs}", place="targets", remedy="use the logistic loss"
        )
    if targets.ndim in (1, 2) and targets.shape[1:] in ((), (1,)):
        return _one_hot(targets.reshape(-1), outputs), True, ()
    if targets.ndim != 2 or targets.shape[1] != outputs:
        raise MalformedProblem(
            f"expected class numbers, (n,), or one row of {outputs} probabilities a sample, got shape {targets.shape}",
            place="targets",
        )
    rows, notes = _on_simplex(targets)
    return rows, False, notes


def _one_hot(numbers: FloatArray, outputs: int) -> FloatArray:
    wrong = np.flatnonzero(~np.isin(numbers, np.arange(outputs)))
    if wrong.size:
        row = int(wrong[0])
        raise MalformedProblem(
            f"row {row}: expected a class from 0 to {outputs - 1}, got {numbers[row]:g}",
            place="targets",
            remedy="number the classes: numpy.unique(labels, return_inverse=True)[1]; leave out samples without one",
        )
    return np.eye(outputs)[numbers.astype(np.int64)]


def _on_simplex(rows: FloatArray) -> tuple[FloatArray, tuple[str, ...]]:
    """The same rows, and those whose sum is 1 within rounding as multiples of 2⁻⁵³ whose sum is 1."""
    single = bool((rows.astype(np.float32) == rows).all())
    allowed = (rows.shape[1] + 8) * (2.0**-24 if single else 2.0**-53)
    found, moved = np.array(rows), 0.0
    for index, row in enumerate(rows):
        if not (row >= 0).all() or not abs(math.fsum(row) - 1) <= allowed:
            raise MalformedProblem(
                f"row {index}: expected probabilities that sum to 1, got {', '.join(f'{q:.6g}' for q in row[:_SHOWN])}"
                + (", …" if len(row) > _SHOWN else ""),
                place="targets",
                remedy="give class numbers, (n,); or rows without negative entries, divided by their sums",
            )
        if sum(map(Fraction, row.tolist()), Fraction(0)) != 1:
            found[index] = _nearest_distribution(row)
            moved = max(moved, float(np.abs(found[index] - row).max()))
    if not moved:
        return found, ()
    return found, (
        f"targets: rows of probabilities were put onto the simplex, their sum exactly 1, by at most {moved:.2g}",
    )


def _nearest_distribution(row: FloatArray) -> list[float]:
    counts = [round(Fraction(q) * _GRID) for q in row.tolist()]
    counts[int(np.argmax(row))] += _GRID - sum(counts)
    return [count / _GRID for count in counts]


def missing_classes(rows: FloatArray) -> tuple[str, ...]:
    """A remark on classes that no sample is of, where every row is of one class."""
    if not ((rows == 0) | (rows == 1)).all():
        return ()
    absent = np.flatnonzero(~rows.any(axis=0)).tolist()
    shown = ", ".join(map(str, absent[:_SHOWN])) + (", …" if len(absent) > _SHOWN else "")
    return (f"no sample is of class {shown}; their outputs are pushed down only",) if absent else ()


def labels_of_outputs(targets: FloatArray, outputs: int) -> FloatArray:
    """Columns of labels between 0 and 1, (n, o); a vector is the column of one output.

    Raises
    ------
    MalformedProblem
        Another shape, a label outside; names the row.

    Examples
    --------
    >>> labels_of_outputs(np.array([1.0, 0.0]), 1).tolist()
    [[1.0], [0.0]]
    """
    rows = targets[:, None] if targets.ndim == 1 and outputs == 1 else targets
    if rows.ndim != 2 or rows.shape[1] != outputs:
        raise MalformedProblem(
            f"expected one column of labels for each of {outputs} outputs, got shape {targets.shape}",
            place="targets",
            remedy="classes of which one is right are for loss='cross-entropy'",
        )
    wrong = np.flatnonzero(~((rows >= 0) & (rows <= 1)).all(axis=1))
    if wrong.size:
        signs = bool(np.isin(rows, (-1, 1)).all())
        raise MalformedProblem(
            f"row {wrong[0]}: expected labels between 0 and 1",
            place="targets",
            remedy="of −1 and 1, give (targets + 1) / 2" if signs else "give 1 for yes and 0 for no",
        )
    return rows
