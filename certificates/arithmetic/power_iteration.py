"""Positive vectors near the leading ones of matrices with non-negative entries: guesses, no enclosures."""

from __future__ import annotations

import numpy as np

from certificates.arithmetic.effort import spend, spend_flops
from certificates.arithmetic.rounding import FloatArray

__all__ = ["improved_vectors", "leading_vector"]

_SMALLEST = 2.0**-30  # of an entry, the largest being 1: quotients by it stay finite
_STEPS = 50


def improved_vectors(entries: FloatArray, scales: FloatArray, vectors: FloatArray, steps: int) -> FloatArray:
    """Columns y ↦ A s²y, scaled to a largest entry of 1 and kept positive, so many times."""
    spend(20 + 0.3 * scales.size * (steps + 1))
    spend_flops(2.0 * len(entries) * scales.size * steps)
    with np.errstate(all="ignore"):
        for _ in range(steps):
            image = entries @ (scales * scales * vectors)
            largest = np.max(image, axis=0)
            image = np.where(np.isfinite(largest) & (largest > 0), image / largest, 1.0)
            vectors = np.maximum(np.nan_to_num(image, nan=1.0), _SMALLEST)
    return vectors


def leading_vector(entries: FloatArray) -> FloatArray:
    """A positive vector near the leading one of a matrix with non-negative entries; ones where those overflow."""
    ones = np.ones((len(entries), 1))
    return improved_vectors(entries, ones, ones, _STEPS)[:, 0]
