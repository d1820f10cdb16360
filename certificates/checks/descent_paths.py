"""What rules read polynomial paths of weights from, the terms of a deep linear network's layers (theorem 5.1.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np

from certificates.arithmetic.dyadic_matrix import DyadicMatrix
from certificates.checks.outcome import Refusal
from certificates.subjects import Network
from certificates.theorems.descent_paths import Path

__all__ = ["Places", "Terms", "curvature_along", "moved_layers", "require_path"]

Places = tuple[tuple[int, int], ...]
Terms = tuple[tuple[float, ...], ...]

_MOST_POWER = 64


def require_path(check: int, places: Places, terms: Terms, problem: Network) -> None:
    """Refuse a path that moves frozen layers, has a term of another shape or two of one layer and power."""
    movable = {k: layer.weight.size for k, layer in enumerate(problem.layers, 1) if layer.trained}
    fits = len(places) == len(terms) == len(set(places)) > 0
    fits = fits and all(len(each) == 2 and 1 <= each[1] <= _MOST_POWER for each in places)
    fits = fits and all(len(term) == movable.get(k, -1) for (k, _), term in zip(places, terms, strict=True))
    if not fits or not all(np.isfinite(term).all() for term in terms):
        raise Refusal.rejected(
            check,
            "the path does not fit the network",
            required=f"finite terms, of the shape of a trained layer ({sorted(movable)}), powers 1 to {_MOST_POWER}",
            seen=f"{len(places)} places, {len(terms)} terms",
        )


def moved_layers(places: Places, terms: Terms, problem: Network) -> list[Path]:
    """The path of each layer."""
    moved: list[dict[int, DyadicMatrix]] = [{} for _ in problem.layers]
    for (k, power), term in zip(places, terms, strict=True):
        moved[k - 1][power] = DyadicMatrix.of(np.reshape(np.array(term), problem.layers[k - 1].weight.shape))
    return list(moved)


def curvature_along(moved: Sequence[Path], found: Mapping[int, Fraction]) -> Fraction:
    """−D·∇²f(W)D/‖D‖² along a straight path; 0 along any other."""
    if any(power != 1 for path in moved for power in path):
        return Fraction(0)
    square = sum((matrix.square_norm() for path in moved for matrix in path.values()), Fraction(0))
    return -2 * found.get(2, Fraction(0)) / square  # a path that moves nothing has no lowest coefficient
