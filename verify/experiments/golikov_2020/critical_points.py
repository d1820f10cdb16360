"""Data whose singular vectors are integers, and all critical points of deep linear networks on them (theory 5.1).

A = (v·v)I − 2vvᵀ is an integer matrix with AAᵀ = (v·v)²I. With such A_U, A_V, A_O, a unimodular P, falling integers s,

    X = P [I 0] A_O,    Y = A_U diag(s) A_Vᵀ [I 0] A_O + N,    N Xᵀ = 0,

the best R of rank r keeps the r largest s. An index set I of at most r of them gives a critical point of every depth,

    W_1 = C_1 [A_{V,I} | 0]ᵀ P⁻¹,    W_k = C_k (J + B_k) C_{k−1}⁻¹,    W_H = [A_{U,I} diag(s_I) | 0] C_{H−1}⁻¹,

with unimodular C_k, J the identity on the first |I| coordinates, and B_k on the others: no input reaches them and no
output sees them, but for one unit of the first layers, up to a p, and one of the last, from a q ≥ p + 2 on. Then no
layer lies between both.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray

from certificates import Network
from verify.generators.streams import stream
from verify.problems import from_arrays

__all__ = ["CriticalPoint", "DataSet", "critical_points", "draw_data"]

Integers = NDArray[np.int64]

_EXACT = 2**53


@dataclass(frozen=True, eq=False)
class DataSet:
    """Integer data and widths.

    Parameters
    ----------
    widths
        (d_0, …, d_H).
    inputs, labels
        X and Y with samples as rows.
    left, values, right
        A_U, s and P⁻ᵀA_V, of which columns are taken.
    """

    widths: tuple[int, ...]
    inputs: Integers
    labels: Integers
    left: Integers
    values: Integers
    right: Integers


@dataclass(frozen=True, eq=False)
class CriticalPoint:
    """A network at an exact critical point, and which singular values its product keeps."""

    network: Network
    kept: tuple[int, ...]

    @property
    def is_best(self) -> bool:
        """Whether it keeps as many of the largest ones as fit."""
        return self.kept == tuple(range(min(self.network.widths)))


def draw_data(seed: int, index: int, depth: int) -> DataSet:
    """Data set number ``index`` for networks of so many layers, widths from 1 to 4."""
    rng = stream(seed, depth, index)
    widths = tuple(int(width) for width in rng.integers(1, 4, size=depth + 1) + (rng.random(depth + 1) < 0.5))
    first, last = widths[0], widths[-1]
    rank, samples = min(first, last), first + int(rng.integers(0, 3))
    values = np.sort(rng.choice(np.arange(1, 10), size=rank, replace=False))[::-1].astype(np.int64)
    shear, inverse = _unimodular(rng, first)
    left, right, turned = (_orthogonal(rng, size) for size in (last, first, samples))
    beyond = rng.integers(-1, 2, size=(last, samples - first))
    inputs = shear @ turned[:first]
    labels = (left[:, :rank] * values) @ right[:, :rank].T @ turned[:first] + beyond @ turned[first:]
    return DataSet(widths, inputs.T, labels.T, left, values, inverse.T @ right)


def critical_points(data: DataSet, rng: np.random.Generator) -> Iterator[CriticalPoint]:
    """One for each index set of at most r singular values."""
    for size in range(min(data.widths) + 1):
        for kept in combinations(range(len(data.values)), size):
            yield CriticalPoint(_network(data, list(kept), rng), kept)


def _network(data: DataSet, kept: list[int], rng: np.random.Generator) -> Network:
    turns = [_unimodular(rng, width) for width in data.widths[1:-1]]
    plain = _plain_layers(data, kept, rng)
    weights = [weight if k == len(turns) else turns[k][0] @ weight for k, weight in enumerate(plain)]
    weights = [weight if k == 0 else weight @ turns[k - 1][1] for k, weight in enumerate(weights)]
    for array in (*weights, data.inputs, data.labels):
        if np.abs(array).max(initial=0) >= _EXACT:
            raise OverflowError("an integer of the data has no double")
    layers = [weight.astype(float) for weight in weights]
    inputs, labels = data.inputs.astype(float), data.labels.astype(float)
    return from_arrays(layers, None, "identity", inputs, labels, loss=Fraction(1, 2))


def _plain_layers(data: DataSet, kept: list[int], rng: np.random.Generator) -> list[Integers]:
    """The layers before they are turned: kept values on the first coordinates, blocks on the others."""
    rank, depth, others = len(kept), len(data.widths) - 1, [j for j in range(len(data.values)) if j not in kept]
    up = int(rng.integers(0, depth - 1)) if others else 0  # the last layer whose units hear of another value
    down = int(rng.integers(up + 2, depth + 1)) if others else depth  # the first whose units speak of one
    layers = []
    for k, (into, out) in enumerate(pairwise(data.widths), 1):
        weight = np.zeros((out, into), dtype=np.int64)
        weight[range(min(rank, out)), range(min(rank, into))] = 1
        if 1 < k < depth:
            weight[rank:, rank:] = rng.integers(-1, 2, size=(out - rank, into - rank)) * (rng.random() < 0.7)
            weight[rank:, rank : rank + 1] *= k > up + 1  # what is heard is passed on to one unit, and then no more
            weight[rank : rank + 1, rank:] *= k < down
            weight[rank : rank + 1, rank : rank + 1] += (k <= up) or (k > down)
        layers.append(weight)
    layers[0], layers[-1] = 0 * layers[0], 0 * layers[-1]
    layers[0][:rank], layers[-1][:, :rank] = data.right[:, kept].T, data.left[:, kept] * data.values[kept]
    if up:
        layers[0][rank : rank + 1] = data.right[:, others[-1]]
    if down < depth:
        layers[-1][:, rank : rank + 1] = data.left[:, others[-1], None]
    return layers


def _orthogonal(rng: np.random.Generator, size: int) -> Integers:
    """The integer matrix (v·v)I − 2vvᵀ."""
    v = rng.integers(-1, 3, size=size)
    v[0] = v[0] or 1
    reflected: Integers = int(v @ v) * np.eye(size, dtype=np.int64) - 2 * np.outer(v, v)
    return reflected


def _unimodular(rng: np.random.Generator, size: int) -> tuple[Integers, Integers]:
    """An integer matrix of determinant ±1, and its inverse."""
    lower = np.tril(rng.integers(-1, 2, size=(size, size)), -1) + np.eye(size, dtype=np.int64)
    upper = np.triu(rng.integers(-1, 2, size=(size, size)), 1) + np.eye(size, dtype=np.int64)
    inverse = _unit_inverse(upper.T).T @ _unit_inverse(lower)
    return lower @ upper, inverse


def _unit_inverse(lower: Integers) -> Integers:
    """Of a unit lower triangular matrix: Σ (−N)^k."""
    size = len(lower)
    step, power = np.eye(size, dtype=np.int64) - lower, np.eye(size, dtype=np.int64)
    total = power.copy()
    for _ in range(size - 1):
        power = power @ step
        total += power
    return total
