"""Field markers shared by the kinds: in which direction a field of a claim is weaker."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

__all__ = ["Origin", "weaker_when_larger", "weaker_when_smaller"]


def weaker_when_larger() -> Any:
    """A field whose claim gets weaker as the number grows (a radius)."""
    return field(metadata={"weaker": "larger"})


def weaker_when_smaller() -> Any:
    """A field whose claim gets weaker as the number shrinks (a rate)."""
    return field(metadata={"weaker": "smaller"})


@dataclass(frozen=True)
class Origin:
    """The problem that polishing started from.

    Parameters
    ----------
    sha256
        Of the whole original problem file.
    path
        A hint where to find it, relative, without ``..``.
    distance
        An upper bound of the Euclidean distance between the two sets of trained weights. Larger is weaker.
    """

    sha256: str
    path: str
    distance: float = weaker_when_larger()
