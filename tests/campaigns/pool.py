"""Hostile numbers for ball arithmetic: zeros, subnormals, powers at the edges, neighbours, radii near the midpoint."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["band", "midpoints", "nudged", "radii"]

FloatArray = NDArray[np.float64]

_SMALL = [-1074, -1073, -1060, -1023, -1022, -1021, -1000, -900, -600, -538, -537, -512, -64, -53, -52, -20, -5, -1]
_EXPONENTS = np.array([*_SMALL, 0, 1, 5, 20, 52, 53, 64, 511, 512, 537, 600, 900, 1000, 1020, 1022, 1023])


def _powers(rng: np.random.Generator, count: int) -> FloatArray:
    return np.ldexp(1.0, _EXPONENTS[rng.integers(len(_EXPONENTS), size=count)])


def _signs(rng: np.random.Generator, count: int) -> FloatArray:
    return rng.integers(2, size=count) * 2.0 - 1.0


def _one_of(rng: np.random.Generator, count: int, weights: list[int], choices: list[FloatArray]) -> FloatArray:
    share = np.cumsum(weights) / sum(weights)
    return np.choose(np.searchsorted(share, rng.random(count), side="right"), choices)


def midpoints(rng: np.random.Generator, count: int) -> FloatArray:
    """Numbers of either sign from all corners of binary64."""
    with np.errstate(over="ignore"):  # the neighbour above 2^1023 is looked for towards infinity
        neighbours = _powers(rng, count)
        neighbours = np.nextafter(neighbours, neighbours * (1 + _signs(rng, count)))
    powers, any_size = _powers(rng, count), np.ldexp(1 + rng.random(count), rng.integers(-1074, 1010, count))
    ordinary = rng.normal(size=count) * 10 ** rng.uniform(-4, 3, count)
    subnormal = np.ldexp(rng.integers(0, 40, count).astype(np.float64), -1074)
    zero = np.zeros(count)
    return _one_of(rng, count, [1, 4, 3, 3, 3, 6], [zero, powers, neighbours, subnormal, any_size, ordinary]) * _signs(
        rng, count
    )


def radii(rng: np.random.Generator, mid: FloatArray) -> FloatArray:
    """Radii from 0 over |mid|(1 ± 2⁻ᵏ) to what has nothing to do with the midpoint."""
    count, size = len(mid), np.minimum(np.abs(mid), 2.0**1000)
    bits = rng.integers(1, 60, count)
    near, small = size * (1 - np.ldexp(1.0, -bits)), np.ldexp(size, -bits)
    below, tiny = np.nextafter(size, 0), np.ldexp(rng.integers(1, 9, count).astype(np.float64), -1074)
    choices = [np.zeros(count), near, small, size * rng.random(count), below, tiny, midpoints(rng, count)]
    return np.abs(_one_of(rng, count, [5, 6, 4, 3, 1, 1, 2], choices))


def band(rng: np.random.Generator, count: int) -> FloatArray:
    """Midpoints of about one size, for balls that share one radius."""
    edge = (-1070, -537 + int(rng.integers(-3, 4)))[rng.integers(2)]  # themselves or their squares at the bottom
    top = int(rng.choice(_EXPONENTS)) if rng.random() < 0.65 else edge
    spread = rng.integers(0, 4, count) * rng.integers(0, 30, count)
    values = np.ldexp(1 + rng.integers(0, 2, count) * rng.random(count), np.maximum(top - spread, -1074))
    return np.where(rng.random(count) < 0.05, 0.0, values) * _signs(rng, count)


def nudged(rng: np.random.Generator, values: FloatArray, share: float = 0.3) -> FloatArray:
    """Some of the numbers changed a little, by an ulp, a power of two or a sign, or replaced."""
    count = len(values)
    with np.errstate(all="ignore"):
        steps = np.nextafter(values, np.inf * _signs(rng, count))
        fresh = midpoints(rng, count)
        scaled, thrown = (np.ldexp(values, rng.integers(-most, most + 1, count)) for most in (3, 60))
        changed = _one_of(rng, count, [4, 4, 3, 2, 2], [steps, scaled, thrown, -values, fresh])
    chosen = np.where(rng.random(count) < share, changed, values)
    return np.where(np.isfinite(chosen), chosen, values)
