"""The order of claims: a claim is weaker than another if each of its fields is (design: every field monotone alone)."""

from __future__ import annotations

import math
from dataclasses import MISSING, field, fields, is_dataclass
from typing import Any

__all__ = ["unproved_fields", "weaker_when_larger", "weaker_when_smaller", "weaker_with_more"]


def weaker_when_larger(default: Any = MISSING) -> Any:
    """A field whose claim gets weaker as the number grows (a radius)."""
    return field(default=default, metadata={"weaker": "larger"})


def weaker_when_smaller(default: Any = MISSING) -> Any:
    """A field whose claim gets weaker as the number shrinks (a rate)."""
    return field(default=default, metadata={"weaker": "smaller"})


def weaker_with_more() -> Any:
    """A field whose claim gets weaker as the set grows (the terms that may attain a minimum)."""
    return field(metadata={"weaker": "superset"})


def unproved_fields(claim: Any, proved: Any) -> tuple[str, ...]:
    """Names of the fields in which ``claim`` says more than ``proved``.

    Parameters
    ----------
    claim, proved
        Two claims of one kind. ``proved`` is the strongest claim that some evidence proves.

    Guarantee
    ---------
    The result is empty only if every number of ``claim`` is finite and on the weaker side of, or equal to, the
    one of ``proved``, and every other field is equal or absent.

    Examples
    --------
    >>> from certificates.claims.zero_loss_convergence import Claim
    >>> proved = Claim(radius=1.0, step_size_max=0.5, decrease_rate=0.25, distance_factor=2.0)
    >>> unproved_fields(Claim(2.0, 0.5, 0.25, 2.0), proved)
    ()
    >>> unproved_fields(Claim(0.5, 0.5, 0.25, math.nan), proved)
    ('radius', 'distance_factor')
    """
    names: list[str] = []
    for spec in fields(claim):
        mine, strongest = getattr(claim, spec.name), getattr(proved, spec.name)
        if mine is None:
            continue  # an optional part that is not claimed
        if is_dataclass(mine) and is_dataclass(strongest):
            names += [f"{spec.name}.{name}" for name in unproved_fields(mine, strongest)]
        elif not _is_weaker(mine, strongest, spec.metadata.get("weaker", "equal")):
            names.append(spec.name)
    return tuple(names)


def _is_weaker(mine: Any, strongest: Any, direction: str) -> bool:
    if direction == "equal":
        return bool(mine == strongest)
    if direction == "superset":
        return set(mine) >= set(strongest)
    if isinstance(mine, float) and not math.isfinite(mine):
        return False
    return bool(mine >= strongest) if direction == "larger" else bool(mine <= strongest)
