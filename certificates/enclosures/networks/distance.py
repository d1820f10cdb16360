"""How far apart two networks are that differ in their trained weights only."""

from __future__ import annotations

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact, root_above
from certificates.arithmetic.matrix import Matrix
from certificates.subjects import FloatArray, Layer, Network

__all__ = ["differs_in_trained_weights_only", "parameter_distance"]


def differs_in_trained_weights_only(first: Network, second: Network) -> bool:
    """Whether both networks agree in everything that gradient descent does not move, bit for bit."""
    return (
        first.widths == second.widths
        and first.activations == second.activations
        and first.objective == second.objective
        and np.array_equal(first.inputs, second.inputs)
        and _same_labels(first, second)
        and all(_compatible(a, b) for a, b in zip(first.layers, second.layers, strict=True))
    )


def _same_labels(first: Network, second: Network) -> bool:
    if first.targets is not None and second.targets is not None:
        return np.array_equal(first.targets, second.targets)
    if first.teacher is None or second.teacher is None:
        return False  # one has given labels, the other planted ones
    return all(np.array_equal(a.weight, b.weight) for a, b in zip(first.teacher, second.teacher, strict=True))


def _compatible(first: Layer, second: Layer) -> bool:
    if first.trained != second.trained or (first.bias is None) != (second.bias is None):
        return False
    return first.trained or all(np.array_equal(mine, theirs) for mine, theirs in _array_pairs(first, second))


def _array_pairs(first: Layer, second: Layer) -> list[tuple[FloatArray, FloatArray]]:
    """(weight, weight) and, if there are any, (bias, bias)."""
    pairs = [(first.weight, second.weight)]
    if first.bias is not None and second.bias is not None:
        pairs.append((first.bias, second.bias))
    return pairs


def parameter_distance(first: Network, second: Network, arithmetic: type[Matrix]) -> arb:
    """Bound the Euclidean distance between the trained parameters of two compatible networks.

    Guarantee
    ---------
    Every point of the ball is ≥ the exact distance; the differences are enclosed, not rounded.
    """
    squares = exact(0)
    for mine, theirs in zip(first.layers, second.layers, strict=True):
        if mine.trained:
            for left, right in _array_pairs(mine, theirs):
                squares += _difference(np.atleast_2d(left), np.atleast_2d(right), arithmetic).frobenius_norm() ** 2
    return root_above(squares)


def _difference(left: FloatArray, right: FloatArray, arithmetic: type[Matrix]) -> Matrix:
    return arithmetic.from_exact(left).add(arithmetic.from_exact(-right))
