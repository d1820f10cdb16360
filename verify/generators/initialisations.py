"""Starting points of gradient descent."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from verify.generators.streams import dyadic

__all__ = ["gaussian_rows", "rademacher", "scaled_columns"]

Array = NDArray[np.float64]


def rademacher(rng: np.random.Generator, units: int) -> Array:
    """Outer weights v₀ with independent entries ±1."""
    return rng.choice(np.array([-1.0, 1.0]), size=units)


def gaussian_rows(rng: np.random.Generator, units: int, dimension: int) -> Array:
    """W₀ with independent N(0, 1) entries, (k, d)."""
    drawn: Array = rng.standard_normal((units, dimension))
    return drawn


def scaled_columns(rng: np.random.Generator, dimension: int, units: int, bits: int) -> Array:
    """M₀ with independent columns N(0, n⁻¹I), (n, r), rounded to multiples of 2^−bits."""
    return dyadic(rng.standard_normal((dimension, units)) / np.sqrt(dimension), bits)
