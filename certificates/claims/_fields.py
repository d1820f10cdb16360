"""Field markers shared by the kinds: in which direction a field of a claim is weaker."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from typing import Any

__all__ = ["Origin", "at_least", "at_most", "weaker_when_larger", "weaker_when_smaller"]


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


def at_most(value: float) -> str:
    """Six digits, rounded up: for a number that bounds something from above.

    Examples
    --------
    >>> at_most(0.1234561), at_least(0.1234569)
    ('0.123457', '0.123456')
    """
    return _digits(value, ROUND_CEILING)


def at_least(value: float) -> str:
    """Six digits, rounded down: for a number that bounds something from below, or is admitted up to."""
    return _digits(value, ROUND_FLOOR)


def _digits(value: float, rounding: str) -> str:
    rounded = Context(prec=6, rounding=rounding).create_decimal(Decimal(value))
    return f"{float(rounded):.6g}"
