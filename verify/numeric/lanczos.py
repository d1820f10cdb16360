"""The lowest eigenpair of a positive definite matrix, given its inverse as a function."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.linalg import eigh_tridiagonal

from verify.numeric.mlp import Array

__all__ = ["lowest_eigenpair"]

_STEPS = 60
_CLOSE = 1e-5


def lowest_eigenpair(inverse: Callable[[Array], Array], size: int) -> tuple[float, Array]:
    """About λ_min, from above, and its vector, by Lanczos steps with A⁻¹ until the largest Ritz value settles.

    Examples
    --------
    >>> value, vector = lowest_eigenpair(lambda x: x / np.array([1.0, 2.0, 5.0]), 3)
    >>> round(value, 12), np.round(np.abs(vector), 6).tolist()
    (1.0, [1.0, 0.0, 0.0])
    """
    vector = np.random.default_rng(0).normal(size=size)
    basis = [vector / np.linalg.norm(vector)]
    diagonal: list[float] = []
    beside: list[float] = []
    largest = 0.0
    while True:
        image = inverse(basis[-1])
        diagonal.append(float(image @ basis[-1]))
        values, vectors = eigh_tridiagonal(diagonal, beside)
        before, largest = largest, float(values[-1])
        for _ in range(2):  # once more for what rounding left
            for each in basis:
                image -= (image @ each) * each
        beside.append(float(np.linalg.norm(image)))
        settled = abs(largest - before) <= _CLOSE * largest or beside[-1] <= 1e-12 * largest
        if settled or len(basis) == min(_STEPS, size):
            return 1 / largest, np.array(basis).T @ vectors[:, -1]
        basis.append(image / beside[-1])
