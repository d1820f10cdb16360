"""Field markers"""

from __future__ import annotations

from dataclasses import MISSING, field
from typing import Any

__all__ = ["weaker_when_larger", "weaker_when_smaller", "weaker_with_more"]


def weaker_when_larger(default: Any = MISSING) -> Any:
    """A field whose claim gets weaker as the number grows (a radius)."""
    return field(default=default, metadata={"weaker": "larger"})


def weaker_when_smaller(default: Any = MISSING) -> Any:
    """A field whose claim gets weaker as the number shrinks (a rate)."""
    return field(default=default, metadata={"weaker": "smaller"})


def weaker_with_more() -> Any:
    """A field whose claim gets weaker as the set grows (the terms that may attain a minimum)."""
    return field(metadata={"weaker": "superset"})
