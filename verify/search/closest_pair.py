"""The two samples with the closest inputs: where they nearly coincide, the tangent kernel is nearly singular."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Pair", "closest_pair", "repeated_samples"]

Array = NDArray[np.float64]

_OPERATIONS = 2e10  # take seconds
_BLOCK = 512
_CANDIDATES = 64  # of each block: Gram products round, distances of candidates do not cancel


@dataclass(frozen=True)
class Pair:
    """Samples i < j, the distance of their inputs, and what to hold it against.

    Parameters
    ----------
    first, second
        i and j.
    distance
        ‖x_i − x_j‖ in float64.
    typical
        The root mean square distance of two samples.
    compared
        How many of the samples were compared with one another.
    """

    first: int
    second: int
    distance: float
    typical: float
    compared: int

    def __str__(self) -> str:
        """In words."""
        if self.distance == 0:
            return f"{self.first} and {self.second}, with the same inputs"
        return f"{self.first} and {self.second}, {self.distance:.3g} apart ({self.typical:.3g} typically)"


def closest_pair(inputs: Array) -> Pair | None:
    """The closest two rows, ``None`` of a single row; of very many rows some, spread evenly, are compared.

    Parameters
    ----------
    inputs
        X, (n, d), finite.

    Examples
    --------
    >>> print(closest_pair(np.array([[0.0, 0.0], [3.0, 4.0], [0.0, 1.0]])))
    0 and 2, 1 apart (3.83 typically)
    """
    count, width = inputs.shape
    if count == 1:
        return None
    compared = min(count, max(2, int(math.sqrt(_OPERATIONS / (2 * width + 400)))))
    rows = np.linspace(0, count - 1, compared).astype(np.intp)
    scale = float(np.max(np.abs(inputs))) or 1.0
    points = inputs[rows] / scale
    points = points - points.mean(axis=0)
    first, second = min(_candidates(points), key=lambda pair: _distance(points, pair))
    i, j = sorted((int(rows[first]), int(rows[second])))
    spread = math.sqrt(2 * float(np.sum(points**2)) / (compared - 1))
    with np.errstate(over="ignore"):
        return Pair(
            i, j, float(np.linalg.norm(inputs[i] / scale - inputs[j] / scale)) * scale, spread * scale, compared
        )


def repeated_samples(inputs: Array) -> tuple[int, ...]:
    """Samples with the same inputs as one before them, as real vectors (−0 = 0).

    Examples
    --------
    >>> repeated_samples(np.array([[1.0], [0.0], [1.0], [-0.0]]))
    (2, 3)
    """
    seen: dict[bytes, int] = {}
    for index, row in enumerate(inputs + 0.0):
        seen.setdefault(row.tobytes(), index)
    return tuple(sorted(set(range(len(inputs))) - set(seen.values())))


def _candidates(points: Array) -> list[tuple[int, int]]:
    """Pairs among which the closest is: the best of every block of rows by Gram products."""
    squares = np.sum(points**2, axis=1)
    found: list[tuple[int, int]] = []
    for start in range(0, len(points), _BLOCK):
        block, rest = points[start : start + _BLOCK], points[start:]
        gaps = squares[start : start + _BLOCK, None] + squares[start:] - 2 * (block @ rest.T)
        gaps[np.tril_indices_from(gaps)] = np.inf  # each pair once
        wanted = min(_CANDIDATES, gaps.size) - 1
        best = np.argpartition(gaps, wanted, axis=None)[: wanted + 1]
        pairs = zip(*np.unravel_index(best, gaps.shape), strict=True)
        found += [(start + int(i), start + int(j)) for i, j in pairs if np.isfinite(gaps[i, j])]
    return found


def _distance(points: Array, pair: tuple[int, int]) -> float:
    return float(np.linalg.norm(points[pair[0]] - points[pair[1]]))
