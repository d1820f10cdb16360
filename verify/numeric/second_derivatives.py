"""The full Hessian of a sum over samples of functions of a network's outputs, at the speed of matrix products.

Perturb the pre-activations of every layer by e_1, …, e_L. The term of one sample has the second derivative
K^{ℓk} = (∂z_k/∂e_ℓ)ᵀ Q_k in (e_ℓ, e_k), ℓ ≤ k, where Q_L = ωP, Q_k = diag(φ') WᵀQ_{k+1}W diag(φ') + diag(η φ'') with
η = Wᵀδ_{k+1}, and δ_k = η φ'. A change of W_ℓ is e_ℓ = dW_ℓ h̃_{ℓ-1}, and dW_k meets the change of h_{k-1} by dW_ℓ, so
the block of (W_ℓ, W_k) is the sum over samples of

    K^{ℓk}[m, m'] h̃_{ℓ-1}[a] h̃_{k-1}[b] + δ_k[m'] h̃_{ℓ-1}[a] ∂h_{k-1}[b]/∂e_ℓ[m]   (second term for ℓ < k only):

n p² operations, whatever the number of outputs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from verify.numeric.mlp import Array

__all__ = ["Samples", "flat_places"]


@dataclass(frozen=True)
class Samples:
    """Some samples at fixed weights; k counts layers from 0.

    Parameters
    ----------
    weights
        W_k.
    trained
        Which of them move.
    inputs
        h̃, the input of layer k, (n, d_{k-1}), with a column of ones where the layer has a bias.
    slopes, bends
        φ' and φ'' of hidden layer k, (n, d_k).
    cotangents
        δ_L, the gradient by the outputs, (n, o).
    curvatures
        Q_L, the Hessian by the outputs, (n, o, o).
    """

    weights: list[Array]
    trained: list[bool]
    inputs: list[Array]
    slopes: list[Array]
    bends: list[Array]
    cotangents: Array
    curvatures: Array

    def add_to(self, blocks: Array) -> None:
        """Add the upper triangle of their Hessian, parameters ordered by layer, unit, entry of h̃."""
        adjoints, curvatures = self._backward()
        starts = np.cumsum([0, *(self._size(layer) for layer in range(len(self.weights)))])
        for layer in range(len(self.weights)):
            if not self.trained[layer]:
                continue
            _add(blocks, (starts[layer], starts[layer]), curvatures[layer], (self.inputs[layer],) * 2, None)
            moved = np.eye(len(self.weights[layer]))[None]  # ∂z_k/∂e_ℓ
            for later in range(layer + 1, len(self.weights)):
                entering = self.slopes[later - 1][:, :, None] * moved  # ∂h_{k-1}/∂e_ℓ
                moved = self.weights[later] @ entering
                if self.trained[later]:
                    mixed = moved.transpose(0, 2, 1) @ curvatures[later]
                    through = (adjoints[later], entering)
                    both = (self.inputs[layer], self.inputs[later])
                    _add(blocks, (starts[layer], starts[later]), mixed, both, through)

    def _size(self, layer: int) -> int:
        return len(self.weights[layer]) * self.inputs[layer].shape[1] if self.trained[layer] else 0

    def _backward(self) -> tuple[list[Array], list[Array]]:
        """δ_k and Q_k of every layer."""
        adjoints, curvatures = [self.cotangents], [self.curvatures]
        for layer in range(len(self.weights) - 1, 0, -1):
            weight, slope = self.weights[layer], self.slopes[layer - 1]
            received = adjoints[0] @ weight
            curvature = (weight.T @ curvatures[0] @ weight) * slope[:, :, None] * slope[:, None, :]
            units = np.arange(weight.shape[1])
            curvature[:, units, units] += received * self.bends[layer - 1]
            adjoints.insert(0, received * slope)
            curvatures.insert(0, curvature)
        return adjoints, curvatures


def _add(
    blocks: Array,
    corner: tuple[int, int],
    mixed: Array,
    inputs: tuple[Array, Array],
    through: tuple[Array, Array] | None,
) -> None:
    """One block (W_ℓ, W_k); of a block on the diagonal (``through`` is ``None``), the units m' ≥ m."""
    (left, right), (samples, _) = inputs, inputs[0].shape
    for unit in range(mixed.shape[1]):
        first = unit if through is None else 0
        factor = mixed[:, unit, first:, None] * right[:, None, :]
        if through is not None:
            adjoint, entering = through
            factor[:, :, : entering.shape[1]] += adjoint[:, :, None] * entering[:, None, :, unit]
        row = corner[0] + unit * left.shape[1]
        column = corner[1] + first * right.shape[1]
        product = left.T @ factor.reshape(samples, -1)
        blocks[row : row + left.shape[1], column : column + product.shape[1]] += product


def flat_places(weights: list[Array], biased: list[bool], trained: list[bool]) -> Array:
    """Where the parameters in the order of :meth:`Samples.add_to` stand in the flat vector: the bias after its weight.

    Examples
    --------
    >>> flat_places([np.zeros((2, 1))], [True], [True]).tolist()
    [0, 2, 1, 3]
    """
    parts, start = [np.zeros(0, np.int64)], 0
    for weight, bias, moves in zip(weights, biased, trained, strict=True):
        if moves:
            places = start + np.arange(weight.size).reshape(weight.shape)
            start += weight.size
            if bias:
                places = np.hstack([places, start + np.arange(len(weight))[:, None]])
                start += len(weight)
            parts.append(places.ravel())
    return np.concatenate(parts)
