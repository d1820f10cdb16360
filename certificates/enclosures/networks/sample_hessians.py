"""Second derivatives of the outputs at w_0, by samples and pairs of layers, without any Hessian (theory 1.4.3).

For an output c the block of layers ℓ > j is dθ_j h̃_{j−1} ↦ a matrix like θ_ℓ, and the squares of the lengths of these
matrices, summed over c, are a quadratic form T in y = dθ_j h̃_{j−1}. With Γ_ℓ(c) the Hessian of output c in z_ℓ,
δ_ℓ(c) its gradient, V = W_ℓ diag(φ'_{ℓ−1}) and A = A_{ℓ−1,j},

    T = Aᵀ[‖δ_ℓ‖_F² diag(φ')² + cross + crossᵀ + ‖h̃_{ℓ−1}‖² Vᵀ(Σ_c Γ_ℓ(c)²)V]A,
    cross = (φ'∘h_{ℓ−1})(Σ_c Γ_ℓ(c)δ_ℓ(c))ᵀV,

T = ‖h̃_{ℓ−1}‖² Σ_c Γ_ℓ(c)² for ℓ = j, and T = Aᵀdiag(φ')²A for the output layer. Layers are 0-based in code.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Generic

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact, upper
from certificates.arithmetic.effort import reserve
from certificates.arithmetic.matrix import M, sizes_above
from certificates.enclosures.networks.layers import augmented
from certificates.enclosures.networks.sensitivities import (
    CentreBends,
    Pair,
    Sensitivities,
    Weighted,
    largest,
    scaled_norm,
    weighted,
)
from certificates.errors import EnclosureFailure
from certificates.subjects import Network

__all__ = ["SampleHessians", "SampleTrace", "sample_hessians"]


@dataclass(frozen=True)
class SampleHessians(CentreBends):
    """Upper bounds at w_0; keys are (later, earlier) layers.

    Parameters
    ----------
    blocks
        ‖diag(√‖T_i‖) H̃_j‖ for hidden ℓ ≥ j: the block (ℓ, j) of Σ a_i D²F_i is no larger.
    flow
        (m, k, j): κ_{2m}(diag(‖A_{kj,i}‖) H̃_j)^{1/2m} and max ‖A_{kj,i}‖, for m = 1, 2, 3.
    """

    blocks: dict[Pair, arb]
    flow: dict[tuple[int, int, int], Weighted]


@dataclass(frozen=True)
class SampleTrace(Generic[M]):
    """What the forward and the backward pass leave, a matrix for each hidden layer.

    Parameters
    ----------
    inputs
        The input of the layer, without its column of ones.
    slopes, bends
        φ' and φ'' of its pre-activations, (n, d_k).
    back
        ∂F/∂h_k, rows ordered (output, sample).
    """

    inputs: list[M]
    slopes: list[M]
    bends: list[M]
    back: list[M]


def sample_hessians(
    network: Network, arithmetic: type[M], trace: SampleTrace[M], sensitivities: Sensitivities
) -> SampleHessians:
    """Bound every norm of :class:`SampleHessians`.

    Guarantee
    ---------
    All fields bound the exact quantities of the exact network from above.
    """
    hidden, count = len(trace.slopes), network.sample_count
    reserve(hidden * hidden * (300.0 + 12.0 * count))
    sizes = [
        arithmetic.products_above(sizes_above(bend), sensitivities.columns[k]) for k, bend in enumerate(trace.bends)
    ]
    weights = [arithmetic.from_exact(layer.weight) for layer in network.layers[:-1]]
    pairs = [(k, j) for k in range(hidden) for j in range(k + 1)]
    lengths = {pair: np.zeros(count) for pair in pairs}
    bent = {pair: np.zeros(count) for pair in pairs}
    for i in range(count):
        sample = _Sample(network, arithmetic, trace, weights, i)
        for pair, gram in sample.grams():
            lengths[pair][i] = upper(gram.operator_norm())
        for pair, chain in sample.chains.items():
            bent[pair][i] = scaled_norm(chain, arithmetic.from_exact(arithmetic.roots_above(sizes[pair[0]][i])[None]))
    inputs = [augmented(network.layers[k], trace.inputs[k]) for k in range(hidden)]
    ones = np.ones(count)
    flow = {
        (order, k, j): weighted(inputs[j], sensitivities.sample_jacobian.get((k, j), ones), order)
        for order in (1, 2, 3)
        for k, j in pairs
    }
    return SampleHessians(
        {pair: weighted(inputs[pair[1]], found, 2) for pair, found in bent.items()},
        {k: largest(size) for k, size in enumerate(sizes)},
        {pair: weighted(inputs[pair[1]], arithmetic.roots_above(found), 1).norm for pair, found in lengths.items()},
        flow,
    )


class _Sample(Generic[M]):
    """One sample: chains A_{kj} (``None`` for k = j), steps V_k and the quadratic forms T."""

    def __init__(
        self, network: Network, arithmetic: type[M], trace: SampleTrace[M], weights: list[M], index: int
    ) -> None:
        self.network, self.arithmetic, self.index = network, arithmetic, index
        self.slopes, self.bends = ([layer.take_row(index) for layer in part] for part in (trace.slopes, trace.bends))
        self.inputs = [layer.take_row(index) for layer in trace.inputs]
        self.back, self.count = trace.back, network.sample_count
        self.hidden = len(self.slopes)
        self.steps = {k: weights[k].scale_columns(self.slopes[k - 1]) for k in range(1, self.hidden)}
        self.chains: dict[Pair, M | None] = {}
        for j in range(self.hidden):
            chain: M | None = None
            self.chains[j, j] = None
            for k in range(j + 1, self.hidden):
                chain = self.steps[k] if chain is None else self.steps[k].times(chain)
                self.chains[k, j] = chain

    def grams(self) -> Iterator[tuple[Pair, M]]:
        """T for each pair of hidden layers, from the last one backwards."""
        hessians: list[M] = []
        outputs = self.network.widths[-1]
        for k in range(self.hidden - 1, -1, -1):
            back = [self.back[k].take_row(c * self.count + self.index) for c in range(outputs)]
            hessians = self._hessians(k, back, hessians)
            squares = _total([hessian.gram() for hessian in hessians])
            length = self._input_square(k)
            yield (k, k), squares.scale(length)
            if k:
                inner = self._inner(k, [row.scale_columns(self.slopes[k]) for row in back], hessians, squares, length)
                for j in range(k):
                    chain = self.chains[k - 1, j]
                    yield (k, j), inner if chain is None else chain.T.times(inner).times(chain)

    def _hessians(self, layer: int, back: list[M], after: list[M]) -> list[M]:
        """Γ_k(c) = diag(∂F_c/∂h_k ∘ φ''_k) + V_{k+1}ᵀ Γ_{k+1}(c) V_{k+1}."""
        eye = self.arithmetic.from_exact(np.eye(self.slopes[layer].shape[1]))
        own = [eye.scale_columns(row.hadamard(self.bends[layer])) for row in back]
        if not after:
            return own
        step = self.steps[layer + 1]
        return [diagonal.add(step.T.times(hessian).times(step)) for diagonal, hessian in zip(own, after, strict=True)]

    def _inner(self, layer: int, gradients: list[M], hessians: list[M], squares: M, length: Fraction) -> M:
        """T before A: what a movement y of h_{k−1}, times φ', does to dF/dθ_k."""
        slope, step = self.slopes[layer - 1], self.steps[layer]
        mixed = _total([row.times(hessian) for row, hessian in zip(gradients, hessians, strict=True)]).times(step)
        cross = self.inputs[layer].scale_columns(slope).T.times(mixed)
        total = sum((row.T.dot(row.T) for row in gradients), exact(0))
        eye = self.arithmetic.from_exact(np.eye(slope.shape[1])).scale_columns(slope.hadamard(slope))
        curved = step.T.times(squares).times(step).scale(length)
        return eye.scale(_fraction_above(total)).add(cross).add(cross.T).add(curved)

    def _input_square(self, layer: int) -> Fraction:
        row = self.inputs[layer].T
        return _fraction_above(row.dot(row) + (0 if self.network.layers[layer].bias is None else 1))


def _total(parts: list[M]) -> M:
    total = parts[0]
    for part in parts[1:]:
        total = total.add(part)
    return total


def _fraction_above(ball: arb) -> Fraction:
    bound = upper(ball)
    if not math.isfinite(bound):
        raise EnclosureFailure("a norm of second derivatives overflowed")
    return Fraction(bound)
