"""Derivatives of an instance at points, and where they look worst: what the kinds about slopes are held against."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from certificates.arithmetic.arb import exact
from certificates.language.slopes import AssumedSlope, SlopeCells, Zero
from tests.support.activations import tiling
from tests.truth._activations import Instance, catalogued, draw_instance
from tests.truth._formulas import ARB, FLOATS, series

__all__ = ["LARGE", "at", "climb", "draw_cells", "draw_radius", "draw_rising", "draw_witness", "grows", "slope_gaps"]

LARGE = Fraction(10**60)
_FAR = 400.0
_RISING = ("tanh", "sigmoid", "softplus", "erf", "arctan", "relu", "leaky_relu", "squared_relu", "elu", "softsign")


# ---- evidence ------------------------------------------------------------------------------------------------------


def draw_radius(rng: np.random.Generator) -> tuple[int, int]:
    """R, and how many cells a unit has."""
    radius = int(rng.choice([16, 16, 32, 64]))
    return radius, int(rng.choice([1, 2, 4, 8])) if radius < 64 else 1


def draw_witness(rng: np.random.Generator) -> Fraction:
    """A point."""
    return Fraction(int(rng.integers(-24, 25)), 4)


def draw_cells(rng: np.random.Generator) -> SlopeCells:
    """Cells of one width, two guesses at zeros, now and then a false assumption."""
    radius, parts = draw_radius(rng)
    zeros = tuple(Zero(Fraction(int(p)), int(rng.integers(1, 4))) for p in {0, int(rng.integers(-3, 4))})
    tail = AssumedSlope(Fraction(0), Fraction(0), 0) if rng.random() < 0.1 else None
    return SlopeCells(Fraction(radius), tiling(-radius, radius, parts), zeros, tail)


def draw_rising(rng: np.random.Generator) -> Instance:
    """One whose slope is nonnegative, every second time; else any."""
    return catalogued(rng, _RISING) if rng.random() < 0.5 else draw_instance(rng)


# ---- truth ---------------------------------------------------------------------------------------------------------


def at(instance: Instance, point: Fraction, derivative: int, *, left: bool = True) -> Any:
    """A ball around φ^(k), from the left at a breakpoint."""
    index = sum(b < point if left else b <= point for b in instance.breaks)
    return series(instance.pieces[index], exact(point), 3, ARB)[derivative] * (1, 1, 2, 6)[derivative]


def climb(instance: Instance, derivative: int, score: Callable[[Any, Any], Any]) -> list[Fraction]:
    """Points that look worst: the best of a grid of doubles on each piece, and a finer grid around it."""
    ends = [-_FAR, *map(float, instance.breaks), _FAR]
    found = []
    for piece, left, right in zip(instance.pieces, ends, ends[1:], strict=False):
        inside = (right - left) * 2.0**-30  # at an end the other piece would be asked
        low, high = left + inside, right - inside
        grid = np.unique(np.concatenate([np.linspace(low, high, 801), np.clip(np.linspace(-8, 8, 401), low, high)]))
        for _ in range(3):
            with np.errstate(all="ignore"):
                values = score(grid, series(piece, grid, 3, FLOATS)[derivative] * (1, 1, 2, 6)[derivative])
            best = grid[np.nanargmax(np.where(np.isnan(values), -np.inf, values))]
            found.append(Fraction(float(best)))
            width = (grid[-1] - grid[0]) / max(len(grid) - 1, 1)
            grid = np.clip(np.linspace(best - width, best + width, 101), low, high)
    return found


def grows(instance: Instance, derivative: int) -> bool:
    """Whether |φ^(k)| is far larger far out than nearer."""
    sides = [
        (at(instance, sign * Fraction(2**200), derivative), at(instance, sign * Fraction(2**10), derivative))
        for sign in (1, -1)
    ]
    return any(abs(far) > 2 * abs(near) for far, near in sides)


def slope_gaps(instance: Instance, derivative: int = 1) -> list[Any]:
    """How far φ^(k) jumps at each breakpoint: balls."""
    return [abs(at(instance, b, derivative) - at(instance, b, derivative, left=False)) for b in instance.breaks]
