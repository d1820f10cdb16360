"""Our network beside what its source computes, layer by layer: the first difference that rounding does not explain."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from certificates.errors import MalformedProblem
from verify.problems.rounding import Range

__all__ = ["Difference", "first_difference", "largest_difference", "weakness"]

_WEAK = 0.01

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Difference:
    """Where two evaluations differ most.

    Parameters
    ----------
    place
        The layer, as its source names it.
    sample
        The row, from 0.
    size, allowed
        By how much they differ there, and by how much rounding may make them differ there.
    """

    place: str
    sample: int
    size: float
    allowed: float

    def __str__(self) -> str:
        """One clause, for an error."""
        return (
            f"{self.place} differs by {self.size:.3g} at sample {self.sample} (counted from 0), "
            f"where rounding allows {self.allowed:.2g}"
        )


def first_difference(seen: Iterable[tuple[str, Range, Array]]) -> Difference | None:
    """The first of (place, our range, the source's values) that differ beyond rounding.

    Raises
    ------
    MalformedProblem
        The source's values have another shape than ours.
    """
    for place, ours, theirs in seen:
        if not (np.abs(_shaped(place, ours, theirs) - ours.values) <= ours.allowed).all():  # NaN differs
            return largest_difference(place, ours, theirs)
    return None


def largest_difference(place: str, ours: Range, theirs: Array) -> Difference:
    """The largest difference among those beyond rounding; among all, if there is none."""
    distance = np.abs(_shaped(place, ours, theirs) - ours.values)
    distance = np.where(np.isnan(distance), np.inf, distance)
    beyond = distance > ours.allowed
    worst = int(np.argmax(np.where(beyond | ~beyond.any(), distance, -1.0)))
    sample = worst // distance.shape[1]
    return Difference(place, sample, float(distance.flat[worst]), float(ours.allowed.flat[worst]))


def weakness(ours: Range) -> str:
    """What is to be said where rounding alone may move the values so far that their agreement shows little."""
    allowed = float(ours.allowed.max())
    if allowed <= _WEAK * max(float(np.abs(ours.values).max()), 1e-9):
        return ""
    return f" (a weak comparison: rounding alone may move them by {allowed:.2g})"


def _shaped(place: str, ours: Range, theirs: Array) -> Array:
    if theirs.shape != ours.values.shape:
        raise MalformedProblem(
            f"gives values of shape {theirs.shape}, expected {ours.values.shape} (samples, units)", place=place
        )
    return theirs
