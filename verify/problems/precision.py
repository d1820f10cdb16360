"""What is said where a framework computes in a coarser format than the certificate's exact arithmetic."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from certificates.subjects import FloatArray
from verify.problems.rounding import coarsest

__all__ = ["precision_notes"]


def precision_notes(weights: Iterable[Any], inputs: FloatArray) -> list[str]:
    """Notes about weights below binary64, and about inputs that such weights see rounded.

    Examples
    --------
    >>> precision_notes([np.zeros(2)], np.array([0.1]))
    []
    >>> [len(precision_notes([np.zeros(2, dtype=np.float32)], np.array([x]))) for x in (0.1, 0.25)]
    [2, 1]
    """
    name = coarsest(*weights).name
    if name == "float64":
        return []
    notes = [f"the weights are {name}: the source computes in that, the certificate is about exact arithmetic on them"]
    rounded = int(np.sum(_as(name, inputs) != inputs))
    if rounded:
        notes.append(
            f"{rounded} of the {inputs.size} numbers of the inputs are no {name} numbers: the source sees them "
            "rounded, the certificate is about them as given"
        )
    return notes


def _as(name: str, values: FloatArray) -> FloatArray:
    with np.errstate(over="ignore"):
        if name == "bfloat16":  # the upper half of a binary32 number; whether it is one, not which is nearest
            upper = values.astype(np.float32).view(np.uint32) & np.uint32(0xFFFF0000)
            return upper.view(np.float32).astype(np.float64)
        return values.astype(name).astype(np.float64)
