"""Down along a line over kinks: its derivative jumps up at convex ones, and it ends where that turns positive."""

from __future__ import annotations

import numpy as np

from verify.search.kinks.bilinear import Array
from verify.search.kinks.face import Face

__all__ = ["descend"]

_ARMIJO = 1e-4
_CLOSE = 1e-3
_BISECTIONS = 60


def descend(face: Face, direction: Array, limit: float) -> bool:
    """Move the face's weights to the first minimum along the direction, at most ``limit`` times its length.

    A kink at which the derivative turns positive is held; kinks that are passed change their side.

    Returns
    -------
    bool
        Whether the weights moved, or a kink was met.
    """
    start, times = face.weights, _crossings(face, direction)
    before, slope = face.value_at(start), float(face.gradient_at(start) @ direction)
    now, bound = 0.0, limit
    for index in np.argsort(times, axis=None):
        pair = np.unravel_index(int(index), times.shape)
        time = float(times[pair])
        if not time <= limit or _slope(face, start, direction, time) > 0:
            bound = min(time, limit)
            break
        face.above[pair] = ~face.above[pair]
        if _slope(face, start, direction, time) >= 0:
            face.weights = start + time * direction
            face.hold(int(pair[0]), int(pair[1]))
            return True
        now = time
    if not np.isfinite(bound):
        bound = 2.0 * max(now, 1.0)
    step = bound
    if not (bound == limit and face.value_at(start + limit * direction) <= before + _ARMIJO * limit * min(slope, 0.0)):
        step = _turning_point(face, start, direction, now, bound)
    face.weights = start + step * direction
    face.project()
    return step > 0


def _crossings(face: Face, direction: Array) -> Array:
    """Where along the line each unit that is not held meets its kink; ∞ where it does not."""
    u = face.inputs_of_units(face.weights)
    moving = face.net.samples @ direction[face.net.inner].T
    heading = ~face.held & (moving * np.where(face.above, 1.0, -1.0) < 0)
    times = np.full(u.shape, np.inf)
    times[heading] = np.maximum(-u[heading] / moving[heading], 0.0)
    return times


def _slope(face: Face, start: Array, direction: Array, time: float) -> float:
    return float(face.gradient_at(start + time * direction) @ direction)


def _turning_point(face: Face, start: Array, direction: Array, low: float, high: float) -> float:
    """Where the derivative turns positive between two kinks, from the left."""
    if _slope(face, start, direction, high) <= 0:
        return high
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        if _slope(face, start, direction, middle) > 0:
            high = middle
        else:
            low = middle
        if high - low < _CLOSE * high:
            break
    return low if low > 0 else high
