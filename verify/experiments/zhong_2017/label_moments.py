"""Moments of labels against Hermite polynomials of inputs, from samples (theory 2.7 and 4.6)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["LabelledSamples", "Moments", "hermite_tensor", "moments"]

Array = NDArray[np.float64]


class LabelledSamples(Protocol):
    """What moments are taken of."""

    def blocks(self, count: int) -> Iterator[tuple[Array, Array]]:
        """(x, y) of the first ``count`` samples, in blocks."""


@dataclass(frozen=True, eq=False)
class Moments:
    """E[y], E[yx], E[y xxᵀ] over samples."""

    mean: float
    first: Array
    second: Array

    @property
    def hermite(self) -> Array:
        """M_2 = E[y(xxᵀ − I)]."""
        centred: Array = self.second - self.mean * np.eye(len(self.first))
        return centred

    def projected(self, basis: Array) -> Moments:
        """Those of Uᵀx."""
        return Moments(self.mean, basis.T @ self.first, basis.T @ self.second @ basis)


def moments(samples: LabelledSamples, count: int) -> Moments:
    """Of the first ``count`` samples."""
    mean, first, second = 0.0, np.zeros(1), np.zeros((1, 1))
    for inputs, labels in samples.blocks(count):
        mean += float(labels.sum())
        first = first + labels @ inputs
        second = second + (inputs * labels[:, None]).T @ inputs
    return Moments(mean / count, first / count, second / count)


def hermite_tensor(samples: LabelledSamples, count: int, basis: Array, order: int, found: Moments) -> Array:
    """E[y He_j(Uᵀx)] for j = 3 or 4, (k, …, k), from E[y (Uᵀx)^{⊗j}] and the lower moments."""
    units = basis.shape[1]
    total = np.zeros((units**2, units ** (order - 2)))
    for inputs, labels in samples.blocks(count):
        seen = inputs @ basis
        pairs = (seen[:, :, None] * seen[:, None, :]).reshape(len(seen), -1)
        total += (pairs * labels[:, None]).T @ (seen if order == 3 else pairs)
    raw = (total / count).reshape((units,) * order)
    return raw - _third(found, units) if order == 3 else raw - _fourth(found, units)


def _third(found: Moments, units: int) -> Array:
    """The three ways to leave one place to E[yx]."""
    eye = np.eye(units)
    one = np.multiply.outer(found.first, eye)
    return one + one.transpose(1, 0, 2) + one.transpose(1, 2, 0)


def _fourth(found: Moments, units: int) -> Array:
    """The six ways to leave two places to E[y xxᵀ], less the three pairings."""
    eye, total = np.eye(units), np.zeros((units,) * 4)
    for places in ((0, 1, 2, 3), (0, 2, 1, 3), (0, 3, 1, 2)):
        at = np.argsort(places)
        halves = (found.second, eye), (eye, found.second)
        for left, right in halves:
            total += np.multiply.outer(left, right).transpose(at)
        total -= found.mean * np.multiply.outer(eye, eye).transpose(at)
    return total
