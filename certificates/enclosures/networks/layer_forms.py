"""Small symmetric forms with non-negative entries, in the norms of a direction's parts by layers."""

from __future__ import annotations

from functools import reduce

import numpy as np
from flint import arb, arb_mat

from certificates.arithmetic.arb import exact
from certificates.enclosures.networks.linearisation import LayerFacts

__all__ = ["largest_eigenvalue", "least_of", "outer", "unit"]


def unit(size: int, index: int) -> list[arb]:
    """e_k."""
    return [exact(int(k == index)) for k in range(size)]


def outer(left: list[arb], right: list[arb]) -> arb_mat:
    """L rᵀ."""
    return arb_mat(len(left), 1, left) * arb_mat(1, len(right), right)


def least_of(first: arb_mat, second: arb_mat) -> arb_mat:
    """The lesser of two forms, entry by entry: each entry bounds a block, by itself."""
    entries = zip(first.entries(), second.entries(), strict=True)
    return arb_mat(first.nrows(), first.ncols(), [a.min(b) for a, b in entries])


def largest_eigenvalue(form: arb_mat, layers: tuple[LayerFacts, ...]) -> arb:
    """λ_max of the form restricted to the trained layers, by Collatz–Wielandt with a guessed eigenvector."""
    kept = [index for index, layer in enumerate(layers) if layer.trained]
    reduced = [[form[i, j] for j in kept] for i in kept]
    vector = _leading_vector(np.array([[float(entry.mid()) for entry in row] for row in reduced]))
    positive = np.maximum(vector, 1e-12 * float(np.max(vector)))
    image = (arb_mat(reduced) * arb_mat(len(kept), 1, positive.tolist())).entries()
    bound: arb = reduce(arb.max, [y / exact(float(x)) for x, y in zip(positive, image, strict=True)])
    return bound


def _leading_vector(guess: np.ndarray) -> np.ndarray:
    """The entries' sizes in an eigenvector of the largest eigenvalue, nearly; ones where floats do not find it."""
    ones = np.ones(len(guess))
    if not np.isfinite(guess).all():
        return ones
    try:
        vector = np.abs(np.linalg.eigh(guess / 2 + guess.T / 2)[1][:, -1])  # halves: sums of doubles may overflow
    except np.linalg.LinAlgError:
        return ones
    return vector if np.isfinite(vector).all() else ones
