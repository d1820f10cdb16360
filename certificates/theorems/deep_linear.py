"""Deep linear networks, exactly: what the loss at all weights of these widths is at least (theorem 5.1.2).

Inputs are columns here: X is d_0 × n, Y is d_H × n, and R = W_H⋯W_1 has rank at most r = min(d_0, …, d_H).

Let S = XXᵀ, C = YXᵀ, τ a number and Z a symmetric matrix with

    Z ⪰ 0   and   ( S   Cᵀ    )
                  ( C   Z + τI ) ⪰ 0.

For R of rank at most r let P project on r dimensions that contain its range, so that R = PR. The trace of the second
matrix between (R, −P) and its transpose is tr(RSRᵀ) − 2⟨R, C⟩ + tr(PZ) + rτ ≥ 0, and tr(PZ) ≤ tr Z:

    ‖Y − RX‖² = ‖Y‖² − 2⟨R, C⟩ + tr(RSRᵀ) ≥ ‖Y‖² − rτ − tr Z.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce

import numpy as np

from certificates.arithmetic.dyadic_matrix import DyadicMatrix
from certificates.arithmetic.exact_definiteness import is_positive_semidefinite

__all__ = ["LinearNetwork", "excess_bound"]


@dataclass(frozen=True, eq=False)
class LinearNetwork:
    """x ↦ W_H⋯W_1 x with its data; all numbers are exact.

    Parameters
    ----------
    weights
        W_1, …, W_H.
    gram
        S = XXᵀ, (d_0, d_0).
    cross
        C = YXᵀ, (d_H, d_0).
    label_square
        ‖Y‖².
    scale
        s of f = s‖W_H⋯W_1X − Y‖².
    """

    weights: tuple[DyadicMatrix, ...]
    gram: DyadicMatrix
    cross: DyadicMatrix
    label_square: Fraction
    scale: Fraction

    @property
    def widths(self) -> tuple[int, ...]:
        """(d_0, …, d_H)."""
        return (self.weights[0].shape[1], *(weight.shape[0] for weight in self.weights))

    @property
    def bottleneck(self) -> int:
        """The number r = min(d_0, …, d_H)."""
        return min(self.widths)

    @property
    def product(self) -> DyadicMatrix:
        """R = W_H⋯W_1."""
        return reduce(lambda below, weight: weight.times(below), self.weights)

    def below(self, layer: int) -> DyadicMatrix:
        """W_{<k}, all layers under layer k = 1, …, H; I for the first."""
        start = DyadicMatrix.of(np.eye(self.widths[0]))
        return reduce(lambda under, weight: weight.times(under), self.weights[: layer - 1], start)

    def above(self, layer: int) -> DyadicMatrix:
        """W_{>k}, all layers over layer k = 0, …, H; I for the last."""
        start = DyadicMatrix.of(np.eye(self.widths[-1]))
        return reduce(lambda over, weight: over.times(weight), reversed(self.weights[layer:]), start)

    def gradient_square(self, layers: Iterable[int]) -> Fraction:
        """‖∂f/∂W_k‖², summed over the layers k."""
        slope = self.product.times(self.gram).minus(self.cross)
        parts = (self.above(k).T.times(slope).times(self.below(k).T).square_norm() for k in layers)
        return 4 * self.scale**2 * sum(parts, Fraction(0))

    @property
    def loss(self) -> Fraction:
        """The loss f(W)."""
        return self.scale * (self.label_square + self.beyond_labels)

    @property
    def beyond_labels(self) -> Fraction:
        """‖Y − RX‖² − ‖Y‖² = tr(RSRᵀ) − 2⟨R, C⟩."""
        product = self.product
        return product.times(self.gram).inner(product) - 2 * product.inner(self.cross)


def excess_bound(network: LinearNetwork, threshold: float, dual: DyadicMatrix) -> Fraction | None:
    """At most f(W) − min f, the minimum over all weights of these widths, from above.

    Parameters
    ----------
    network
        With its weights W.
    threshold
        τ, of any sign.
    dual
        Z, (d_H, d_H).

    Guarantee
    ---------
    f(W) − f(W') is at most the result for all weights W' of layers of the same widths.

    May fail when
    -------------
    One of the matrices is not positive semidefinite: ``None``.
    """
    lifted = dual.shifted(threshold)
    block = network.gram.beside(network.cross.T).above(network.cross.beside(lifted))
    if not (is_positive_semidefinite(dual) and is_positive_semidefinite(block)):
        return None
    bound = network.bottleneck * Fraction(threshold) + dual.trace()
    return network.scale * (network.beyond_labels + bound)
