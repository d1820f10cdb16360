"""Seconds over sizes, and the exponent fitted to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

__all__ = ["Sweep", "exponent"]


@dataclass(frozen=True)
class Sweep:
    """Seconds over sizes.

    Parameters
    ----------
    title, size
        What is timed; the name of what grows.
    peer
        Whose times are beside ours.
    sizes, ours, theirs
        The peer's list may be shorter: its large sizes take minutes.
    """

    title: str
    size: str
    peer: str
    sizes: tuple[int, ...]
    ours: tuple[float, ...]
    theirs: tuple[float, ...]


def exponent(sizes: Sequence[int], seconds: Sequence[float]) -> float:
    """The slope of log time over log size for the larger half of the sizes, where fixed costs weigh least.

    Examples
    --------
    >>> exponent([1, 2, 4, 8], [9.0, 4.0, 16.0, 64.0])
    2.0
    """
    half = len(sizes) // 2 if len(sizes) > 3 else 0
    slope = np.polyfit(np.log(sizes[half:]), np.log(seconds[half:]), 1)[0]
    return round(float(slope), 9)
