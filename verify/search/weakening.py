"""Round claims in their weak direction, with slack for another processor's last bits (design: 2⁻²⁰, 20 bits)."""

from __future__ import annotations

import math
from dataclasses import fields, is_dataclass, replace
from typing import Any

__all__ = ["BITS", "PROBE_BUDGET", "SLACK", "weaken", "weaken_number"]

PROBE_BUDGET = 1e9  # flops: enough for the checks of structure alone, which no evidence can help

BITS = 20
SLACK = 2.0**-20


def weaken_number(value: float, direction: str) -> float:
    """The 20-bit number on the weak side of ``value``, at least 2⁻²⁰ (relative) away.

    Examples
    --------
    >>> 1.0 < weaken_number(1.0, "larger") < 1.00001
    True
    >>> 0.99999 < weaken_number(1.0, "smaller") < 1.0
    True
    """
    if value == 0 or not math.isfinite(value):
        return value
    outward = (1 if direction == "larger" else -1) * math.copysign(1.0, value)
    mantissa, exponent = math.frexp(value * (1 + outward * SLACK))
    scaled = mantissa * 2.0**BITS
    rounded = math.ceil(scaled) if direction == "larger" else math.floor(scaled)
    return math.ldexp(rounded, exponent - BITS)


def weaken(proved: Any) -> Any:
    """A claim that stays provable when products, factorisations and threads differ in their last bits."""
    changes: dict[str, Any] = {}
    for spec in fields(proved):
        value, direction = getattr(proved, spec.name), spec.metadata.get("weaker")
        if isinstance(value, int) or value is None:
            continue  # counts do not depend on last bits
        if direction is not None:
            changes[spec.name] = weaken_number(value, direction)
        elif is_dataclass(value):
            changes[spec.name] = weaken(value)
    return replace(proved, **changes)
