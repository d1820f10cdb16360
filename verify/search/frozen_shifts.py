"""Spectral shifts for one hidden layer under a frozen output: floats look, the judge tests (theory 4.2)."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from scipy.optimize import minimize_scalar

from certificates import Network
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.enclosures.objectives.frozen_output import NotFrozenOutput, frozen_output, tangent_gram
from certificates.enclosures.quadratic.fourth_moments import moment_matrix
from certificates.language.frozen_output import FrozenShifts

__all__ = ["above", "below", "frozen_shifts"]

Array = np.ndarray

_MOST_PAIRS = 500  # rows of the matrix of fourth moments: d ≤ 31
_SHARE = 2.0**-24  # given up for definiteness
_TOLERANCE = 1e-5  # of t/n


def below(value: float, largest: float) -> float:
    """A shift below an eigenvalue of a matrix whose largest one is given."""
    return value - _SHARE * abs(value) - 2.0**-44 * abs(largest)


def above(value: float, largest: float) -> float:
    """A shift above it."""
    return value + _SHARE * abs(value) + 2.0**-44 * abs(largest)


def frozen_shifts(network: Network) -> FrozenShifts | None:
    """Shifts that the judge should accept; ``None`` where the network is none of that section."""
    try:
        problem = frozen_output(network)
    except NotFrozenOutput:
        return None
    least, most = _ends(tangent_gram(network).mid)
    top = _ends(problem.rows.T @ problem.rows / problem.sample_count)[1]
    theta, fourth = _fourth_moment(problem.rows)
    return FrozenShifts(below(least, most), above(most, most), above(top, top), theta, fourth)


def _ends(matrix: Array) -> tuple[float, float]:
    values = np.linalg.eigvalsh(matrix)
    return float(values[0]), float(values[-1])


def _fourth_moment(rows: Array) -> tuple[Fraction, float | None]:
    """The θ for which λ_max(T − θE) is least, and a shift above it: that is convex in θ."""
    size = rows.shape[1]
    if size * (size + 1) // 2 > _MOST_PAIRS:
        return Fraction(0), None
    moments = moment_matrix(rows, BallMatrix).mid
    unit = moment_matrix(np.zeros((1, size)), BallMatrix, Fraction(-1)).mid  # E

    def largest(theta: float) -> float:
        return _ends(moments - theta * unit)[1]

    scale = float(np.mean(np.sum(rows**2, axis=1) ** 2)) / (size * (size + 2)) or 1.0
    found = minimize_scalar(
        largest, bounds=(-scale, 4 * scale), method="bounded", options={"xatol": _TOLERANCE * scale}
    )
    theta = float(found.x)
    value, height = largest(theta), float(np.max(np.abs(moments))) + abs(theta) * size
    return Fraction(theta), above(value, height)
