"""Planted weights."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from verify.generators.streams import dyadic

__all__ = ["gaussian_teacher", "unit_columns"]

Array = NDArray[np.float64]


def gaussian_teacher(rng: np.random.Generator, units: int, dimension: int) -> Array:
    """Weights W* with independent N(0, 1) entries, (k, d): the planted model of Soltanolkotabi et al."""
    drawn: Array = rng.standard_normal((units, dimension))
    return drawn


def unit_columns(rng: np.random.Generator, dimension: int, units: int, bits: int) -> Array:
    """Weights M♮, (n, r): Gaussian directions of length 1, rounded to multiples of 2^−bits.

    Xia and Shi normalise the columns and do not say how they are drawn; their lengths are 1 up to the rounding.
    """
    drawn = rng.standard_normal((dimension, units))
    return dyadic(drawn / np.linalg.norm(drawn, axis=0), bits)
