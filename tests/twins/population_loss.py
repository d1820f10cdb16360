"""The population loss of ReLU students of e_1 … e_k with 80 digits: differences of values, no formula of a derivative.

Angles are 2 atan2(‖w̄ − ū‖, ‖w̄ + ū‖), so that nothing is shared with the judge's arcsine.
"""

from __future__ import annotations

from collections.abc import Sequence

import mpmath
import numpy as np

__all__ = ["curvatures_across", "gradient", "hessian", "loss", "rows_of", "solved", "workdps"]

DIGITS = 80
_FIRST, _SECOND = mpmath.mpf(10) ** -25, mpmath.mpf(10) ** -15  # of difference quotients

Row = Sequence[mpmath.mpf]


def workdps():
    """The precision of everything here."""
    return mpmath.workdps(DIGITS)


def rows_of(weights: np.ndarray) -> list[list[mpmath.mpf]]:
    """Exact rows: floats would be multiplied as floats."""
    return [[mpmath.mpf(entry) for entry in row] for row in weights.tolist()]


def _length(row: Row) -> mpmath.mpf:
    return mpmath.sqrt(mpmath.fsum(entry * entry for entry in row))


def _moment(left: Row, right: Row) -> mpmath.mpf:
    """E(l·x)₊(r·x)₊ by the formula of the arc-cosine kernel."""
    a, b = _length(left), _length(right)
    apart = _length([x / a - y / b for x, y in zip(left, right, strict=True)])
    along = _length([x / a + y / b for x, y in zip(left, right, strict=True)])
    angle = 2 * mpmath.atan2(apart, along)
    return a * b * (mpmath.sin(angle) + (mpmath.pi - angle) * mpmath.cos(angle)) / (2 * mpmath.pi)


def _teachers(k: int, dimension: int) -> list[list[mpmath.mpf]]:
    return [[mpmath.mpf(int(i == j)) for j in range(dimension)] for i in range(k)]


def _pull(rows: Sequence[Row], k: int, index: int, row: Row) -> mpmath.mpf:
    """What of F depends on one student, at another value of it."""
    others = mpmath.fsum(_moment(row, other) for j, other in enumerate(rows) if j != index)
    teachers = mpmath.fsum(_moment(row, other) for other in _teachers(k, len(row)))
    return _length(row) ** 2 / 4 + others - teachers


def loss(rows: Sequence[Row], k: int) -> mpmath.mpf:
    """½E(Σ(w_i·x)₊ − Σ(e_j·x)₊)²."""
    units = [(row, 1) for row in rows] + [(row, -1) for row in _teachers(k, len(rows[0]))]
    pairs = ((a, b, s * t) for i, (a, s) in enumerate(units) for b, t in units[:i])
    own = mpmath.fsum(_length(row) ** 2 / 2 for row, _ in units)
    return own / 2 + mpmath.fsum(sign * _moment(a, b) for a, b, sign in pairs)


def _shifted(row: Row, column: int, by: mpmath.mpf) -> list[mpmath.mpf]:
    return [entry + by if j == column else entry for j, entry in enumerate(row)]


def gradient(rows: Sequence[Row], k: int) -> np.ndarray:
    """∇F, (n, d), an array of numbers of 80 digits, right to about 45."""
    slopes = [
        [
            (_pull(rows, k, i, _shifted(row, j, _FIRST)) - _pull(rows, k, i, _shifted(row, j, -_FIRST))) / (2 * _FIRST)
            for j in range(len(row))
        ]
        for i, row in enumerate(rows)
    ]
    return np.array(slopes, dtype=object)


def hessian(rows: Sequence[Row], k: int) -> np.ndarray:
    """∇²F (nd, nd), rounded to floats from about 25 digits."""
    count, size = len(rows), len(rows[0])
    found = np.empty((count, size, count, size))
    for i in range(count):
        for a in range(size):
            for j in range(i + 1):
                for b in range(size):
                    value = _own(rows, k, i, a, b) if i == j else _crossed(rows[i], rows[j], a, b)
                    found[i, a, j, b] = found[j, b, i, a] = float(value)
    return found.reshape(count * size, count * size)


def _own(rows: Sequence[Row], k: int, i: int, a: int, b: int) -> mpmath.mpf:
    values = {
        (s, t): _pull(rows, k, i, _shifted(_shifted(rows[i], a, s * _SECOND), b, t * _SECOND))
        for s in (1, -1)
        for t in (1, -1)
    }
    return (values[1, 1] - values[1, -1] - values[-1, 1] + values[-1, -1]) / (4 * _SECOND**2)


def _crossed(left: Row, right: Row, a: int, b: int) -> mpmath.mpf:
    values = {
        (s, t): _moment(_shifted(left, a, s * _SECOND), _shifted(right, b, t * _SECOND))
        for s in (1, -1)
        for t in (1, -1)
    }
    return (values[1, 1] - values[1, -1] - values[-1, 1] + values[-1, -1]) / (4 * _SECOND**2)


def curvatures_across(rows: Sequence[Row], k: int) -> np.ndarray:
    """Eigenvalues of ∇²F along one further coordinate, in ascending order."""
    deep = [[*row, mpmath.mpf(0)] for row in rows]
    count, last = len(rows), len(rows[0])
    found = np.empty((count, count))
    for i in range(count):
        for j in range(i + 1):
            value = _own(deep, k, i, last, last) if i == j else _crossed(deep[i], deep[j], last, last)
            found[i, j] = found[j, i] = float(value)
    return np.linalg.eigvalsh(found)


def solved(start: np.ndarray, k: int, *, steps: int = 12) -> np.ndarray | None:
    """The critical point that Newton's method leads to, to some 40 digits; ``None`` where it does not settle."""
    point = np.array(rows_of(start), dtype=object)
    inverse = None
    for _ in range(steps):
        slope = gradient(point.tolist(), k)
        if max(abs(entry) for entry in slope.ravel()) < mpmath.mpf(10) ** -42:
            return point
        if inverse is None or max(abs(entry) for entry in slope.ravel()) > 1e-8:
            inverse = np.linalg.inv(hessian(point.tolist(), k))
        # a float inverse and a slope scaled to floats: ten digits or more a step
        scale = max(abs(entry) for entry in slope.ravel())
        move = inverse @ np.array([float(entry / scale) for entry in slope.ravel()])
        point = point - np.array([mpmath.mpf(entry) * scale for entry in move]).reshape(point.shape)
    return None
