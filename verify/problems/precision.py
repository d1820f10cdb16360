"""What is said where a framework computes in a coarser format than the certificate's exact arithmetic."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from verify.problems.rounding import coarsest, dtype_name

__all__ = ["precision_notes"]


def precision_notes(weights: Iterable[Any], inputs: Any) -> list[str]:
    """Notes about weights below binary64, and about inputs that such weights see rounded.

    Examples
    --------
    >>> import numpy as np
    >>> precision_notes([np.zeros(2)], np.zeros(2))
    []
    >>> len(precision_notes([np.zeros(2, dtype=np.float32)], np.zeros(2)))
    2
    """
    format_ = coarsest(*weights)
    if format_.name == "float64":
        return []
    notes = [
        f"the weights are {format_.name}: the source computes and trains in {format_.name}, the certificate is about "
        "exact arithmetic on these numbers"
    ]
    if coarsest(inputs).unit < format_.unit and dtype_name(inputs).startswith(("float", "bfloat")):
        notes.append(
            f"the inputs are given as {dtype_name(inputs)}, finer than the weights: a {format_.name} model sees them "
            "rounded, the certificate is about them as given"
        )
    return notes
