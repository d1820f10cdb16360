"""Samples of a planted network of one hidden layer, streamed; Hermite coefficients of its activation (theory 2.7)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from certificates.expression import Activation, parse_activation
from verify.generators.streams import dyadic, stream
from verify.numeric.activations import compile_activation

__all__ = ["PlantedSamples", "nearly_orthonormal", "tensor_coefficient", "tensor_order"]

Array = NDArray[np.float64]

_BLOCK = 40_000
_FAR, _NODES = 12.0, 240  # of the quadrature on each half-line
_VANISHING = 1e-9
_NORMS = (0.5, 1.0, 2.0)


@dataclass(frozen=True, eq=False)
class PlantedSamples:
    """x ~ N(0, I) and y = Σ_l v_l φ(w_l·x), in float64.

    Parameters
    ----------
    formula
        φ.
    weights, outer
        W*, (k, d), and v, (k,).
    seed
        Of this stream; the first samples are the same however many are drawn.
    """

    formula: str
    weights: Array
    outer: Array
    seed: tuple[int, ...]

    @cached_property
    def activation(self) -> Activation:
        """φ."""
        return parse_activation(self.formula)

    def blocks(self, count: int) -> Iterator[tuple[Array, Array]]:
        """(x, y) of the first ``count`` samples, in blocks."""
        value = compile_activation(self.activation)
        for index, start in enumerate(range(0, count, _BLOCK)):
            drawn = stream(*self.seed, index).standard_normal((_BLOCK, self.weights.shape[1]))
            inputs = drawn[: count - start]
            yield inputs, value(inputs @ self.weights.T)[0] @ self.outer

    def first(self, count: int) -> Array:
        """The first inputs, at most a block of them."""
        return next(self.blocks(min(count, _BLOCK)))[0]


def nearly_orthonormal(rng: np.random.Generator, units: int, dimension: int) -> Array:
    """Unit rows whose inner products are about 0.1/√d, (k, d), rounded to multiples of 2⁻⁴⁰."""
    rows = np.linalg.qr(rng.standard_normal((dimension, units)))[0].T
    rows = rows + 0.1 * rng.standard_normal((units, dimension)) / np.sqrt(dimension)
    return dyadic(rows / np.linalg.norm(rows, axis=1)[:, None], 40)


def tensor_coefficient(activation: Activation, order: int, norm: float = 1.0) -> float:
    """m_j(σ) = E[φ(σg) He_j(g)], g ~ N(0, 1): the weight of w̄^{⊗j} in E[y He_j(x)], for kinks at 0 at most.

    Examples
    --------
    >>> relu = parse_activation("relu")
    >>> round(tensor_coefficient(relu, 4), 6), abs(tensor_coefficient(relu, 3)) < 1e-12
    (-0.398942, True)
    """
    points, density = _quadrature()
    hermite = np.polynomial.hermite_e.hermeval(points, [0.0] * order + [1.0])
    return float(np.sum(density * compile_activation(activation)(norm * points)[0] * hermite))


@cache
def _quadrature() -> tuple[Array, Array]:
    """Nodes on both half-lines, and weights times the normal density."""
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    half = _FAR * (nodes + 1) / 2
    points = np.concatenate([-half, half])
    return points, np.tile(weights * _FAR / 2, 2) * np.exp(-(points**2) / 2) / np.sqrt(2 * np.pi)


def tensor_order(activation: Activation) -> int | None:
    """The first of 3 and 4 whose tensor does not vanish for all weights; ``None`` if both do.

    Examples
    --------
    >>> [tensor_order(parse_activation(name)) for name in ("squared_relu", "relu", "softplus", "quadratic")]
    [3, 4, 4, None]
    """
    for order in (3, 4):
        if any(abs(tensor_coefficient(activation, order, norm)) > _VANISHING for norm in _NORMS):
            return order
    return None
