"""What every subject has: a type, by which files name it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

__all__ = ["SUBJECT_TYPES", "Problem"]

SUBJECT_TYPES = ("network", "activation", "population", "polynomial", "matrix")


@dataclass(frozen=True, eq=False)  # subjects of other numbers are not equal
class Problem:
    """What a claim is about; one subclass per type of subject."""

    type: ClassVar[str]
