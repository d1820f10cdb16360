"""Inputs, and the labels that a quadratic teacher plants."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from verify.generators.streams import dyadic

__all__ = ["gaussian_inputs", "quadratic_labels"]

Array = NDArray[np.float64]


def gaussian_inputs(rng: np.random.Generator, samples: int, dimension: int, bits: int | None = None) -> Array:
    """Rows x_i ~ N(0, I), (n, d); multiples of 2^−bits if asked for."""
    drawn = rng.standard_normal((samples, dimension))
    return drawn if bits is None else dyadic(drawn, bits)


def quadratic_labels(inputs: Array, weights: Array, outer: Array) -> Array:
    """Labels y_i = Σ_l v_l (w_l·x_i)², in float64.

    Examples
    --------
    >>> quadratic_labels(np.array([[1.0, 2.0]]), np.array([[1.0, 1.0], [0.0, 1.0]]), np.array([1.0, -1.0]))
    array([5.])
    """
    labels: Array = (inputs @ weights.T) ** 2 @ outer
    return labels
