"""What a claim says about runs of gradient descent, as numbers that a run is held against."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["DescentBounds", "OrbitBounds", "RunBounds", "Start"]


@dataclass(frozen=True)
class DescentBounds:
    """Gradient descent from the given weights, with any step up to the largest.

    Parameters
    ----------
    radius
        How far from the start.
    step_size_max
        η.
    decrease_rate
        f falls by the factor 1 − η·rate a step.
    distance_factor
        c: the distance to the limit is at most c ‖F(w_k) − y‖; infinite where nothing is said of it.
    loss_bound
        C, where it is only said that f(w_k) ≤ C (1 − η·rate)^k, not that f falls at every step; else ``None``.
    """

    radius: float
    step_size_max: float
    decrease_rate: float
    distance_factor: float = math.inf
    loss_bound: float | None = None


@dataclass(frozen=True)
class Start:
    """Where one run to a teacher starts, and what is said of it.

    Parameters
    ----------
    name, weights
        In words, and W_0.
    entry_step, entry_distance
        T, and what the distance to the teacher is at most from there on.
    decrease
        The distance falls by the factor 1 − decrease a step from T on.
    """

    name: str
    weights: NDArray[np.float64]
    entry_step: int
    entry_distance: float
    decrease: float


@dataclass(frozen=True)
class OrbitBounds:
    """Gradient descent towards a teacher with one step size.

    Parameters
    ----------
    step_size
        η, exact.
    starts
        Each for a run of its own.
    asymptotic_decrease
        Of the distance a step, in the limit.
    up_to_rotation
        Whether distances are those of quadratic networks, up to rotation of the hidden units; if not, of the trained
        parameters themselves, and starts are flat vectors of them.
    """

    step_size: Fraction
    starts: tuple[Start, ...]
    asymptotic_decrease: float
    up_to_rotation: bool = True


RunBounds: TypeAlias = DescentBounds | OrbitBounds
