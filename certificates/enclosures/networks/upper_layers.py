"""The layers above some hidden layer k at the given weights, and how they move on a ball (theory 5.2.1 and 5.2.2).

Rows are samples. H̃_k is the input of layer k + 1, with a column of ones if that has a bias. J_i = ∂z_H/∂z_(k+1) at
sample i; biases do not enter it. Layers are counted from 1 in formulas, so that k is also the place of layer k + 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact
from certificates.arithmetic.effort import spend
from certificates.arithmetic.matrix import M
from certificates.arithmetic.rounding import UNDERFLOW, gamma
from certificates.enclosures.networks.layers import activate, affine, augmented
from certificates.enclosures.networks.linearisation import LayerFacts
from certificates.enclosures.networks.on_ball import OnBall, on_ball
from certificates.enclosures.networks.sensitivities import largest
from certificates.subjects import Network

__all__ = [
    "Changes",
    "SampleJacobians",
    "UpperLayers",
    "changes",
    "layer_gradient",
    "moving_layers",
    "sample_jacobians",
    "upper_layers",
]


@dataclass(frozen=True)
class UpperLayers(Generic[M]):
    """One forward pass.

    Parameters
    ----------
    network, k
        The network, and 0 ≤ k < H; H_0 are the inputs.
    features
        H̃_k, (n, d_k) or (n, d_k + 1).
    slopes
        φ'(z_l) for l = k + 1 … H − 1, each (n, d_l).
    residual
        F − Y, (n, d_H).
    inputs
        H̃_l for l = 0 … H − 1.
    ranges
        Bounds of all pre-activations of each hidden layer.
    """

    network: Network
    k: int
    features: M
    slopes: tuple[M, ...]
    residual: M
    inputs: tuple[M, ...]
    ranges: tuple[tuple[float, float], ...]

    def least_slopes(self) -> list[arb]:
        """Lower bounds of min |φ'(z_l)| over samples and units, l = k + 1 … H − 1; at least 0."""
        bounds = []
        for slope in self.slopes:
            low, high = slope.entry_bounds()
            sizes = np.where(low > 0, low, np.where(high < 0, -high, 0.0))
            bounds.append(exact(float(np.min(sizes))))
        return bounds

    def loss_bounds(self) -> tuple[arb, arb]:
        """Bounds of ‖F − Y‖² from below and from above.

        The sum of m squares that is computed exceeds their exact sum by a factor 1 + γ_(m+1) and by mν at most.
        """
        low, high = self.residual.entry_bounds()
        sizes = np.where(low > 0, low, np.where(high < 0, -high, 0.0))
        spend(20 + 0.1 * sizes.size)
        with np.errstate(all="ignore"):
            total = float(np.sum(sizes * sizes))
        count = sizes.size
        least = (exact(total) - exact(count) * exact(UNDERFLOW)) / (1 + gamma(count + 1))
        return (least.lower() if least > 0 else exact(0)), self.residual.frobenius_norm() ** 2


def upper_layers(network: Network, arithmetic: type[M], k: int) -> UpperLayers[M]:
    """Enclose a forward pass.

    Parameters
    ----------
    network
        The problem, with given labels; its numbers are exact.
    arithmetic
        ``BallMatrix`` or ``ArbMatrix``.
    k
        At least 0, less than the number of layers.

    Guarantee
    ---------
    Every field contains the exact quantity of the exact network.

    May fail when
    -------------
    An activation is not enclosed at some pre-activation, or numbers overflow: :class:`EnclosureFailure`.
    """
    values: M = arithmetic.from_exact(network.inputs)
    inputs: list[M] = []
    slopes: list[M] = []
    ranges = []
    for index, (layer, activation) in enumerate(zip(network.layers[:-1], network.activations, strict=True)):
        inputs.append(augmented(layer, values))
        pre = affine(layer, values)
        values, slope = activate(activation, pre)
        ranges.append(pre.range())
        if index >= k:
            slopes.append(slope)
    inputs.append(augmented(network.layers[-1], values))
    residual = affine(network.layers[-1], values).add(arithmetic.from_exact(-network.given_targets))
    return UpperLayers(network, k, inputs[k], tuple(slopes), residual, tuple(inputs), tuple(ranges))


def layer_gradient(layers: UpperLayers[M]) -> M:
    """Σ_i (J_iᵀe_i) h̃_iᵀ: the gradient of ½‖F − Y‖² by weights and biases of layer k + 1."""
    back = layers.residual
    for slope, layer in zip(reversed(layers.slopes), reversed(layers.network.layers[layers.k + 1 :]), strict=True):
        back = back.times(back.from_exact(layer.weight)).hadamard(slope)
    return back.T.times(layers.features)


@dataclass(frozen=True)
class SampleJacobians(Generic[M]):
    """J_i of every sample, k < H − 1.

    Parameters
    ----------
    grams
        Row i is J_iJ_iᵀ, flattened, (n, d_H²).
    norms
        Upper bounds of max_i ‖∂z_H/∂z_l‖ for l = k + 1 … H.
    columns
        Upper bounds of max_i ‖∂z_H/∂h_l‖_{1→2} for l = k + 1 … H − 1.
    """

    grams: M
    norms: tuple[arb, ...]
    columns: tuple[arb, ...]


def sample_jacobians(layers: UpperLayers[M]) -> SampleJacobians[M]:
    """Go back from the outputs, one row for every output and sample; the outer weights serve every sample."""
    outputs, last = layers.network.widths[-1], layers.network.layers[-1].weight
    arithmetic = type(layers.features)
    norms, columns = [exact(1)], [largest(arithmetic.from_exact(last).group_column_norms(outputs))]
    slope = layers.slopes[-1]
    adjoint: M = arithmetic.stack([slope.scale_columns(arithmetic.from_exact(row[None])) for row in last])
    grams: M = adjoint.sample_grams(outputs)
    norms.append(largest(grams.sample_norms(outputs)))
    above = layers.network.layers[layers.k + 1 : -1]
    for slope, layer in zip(reversed(layers.slopes[:-1]), reversed(above), strict=True):
        pulled = adjoint.times(arithmetic.from_exact(layer.weight))
        columns.append(largest(pulled.group_column_norms(outputs)))
        adjoint = pulled.hadamard(slope.tile(outputs, 1))
        grams = adjoint.sample_grams(outputs)
        norms.append(largest(grams.sample_norms(outputs)))
    return SampleJacobians(grams, tuple(reversed(norms)), tuple(reversed(columns)))


# ---- on a ball ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Changes:
    """Upper bounds of what can change when the trained weights move by at most ρ.

    Parameters
    ----------
    features
        ‖H̃_k' − H̃_k‖.
    weights
        ‖W_l' − W_l‖, l = k + 2 … H.
    slopes
        max |φ'(z_l') − φ'(z_l)| over samples and units, l = k + 1 … H − 1.
    jacobian
        max_i ‖J_i' − J_i‖; ``None`` if they were not asked for.
    """

    features: arb
    weights: tuple[arb, ...]
    slopes: tuple[arb, ...]
    jacobian: arb | None


def moving_layers(layers: UpperLayers[M]) -> tuple[LayerFacts, ...]:
    """What :func:`on_ball` asks of the first trained layer and of all above it; those below do not move."""
    return tuple(_facts(layers, index) for index in range(_first_trained(layers.network), len(layers.network.layers)))


def _first_trained(network: Network) -> int:
    return next(index for index, layer in enumerate(network.layers) if layer.trained)


def changes(
    layers: UpperLayers[M], facts: tuple[LayerFacts, ...], jacobians: SampleJacobians[M] | None, radius: arb
) -> Changes:
    """Bound the changes on the ball of radius ρ around the given weights, over all trained parameters together.

    Parameters
    ----------
    layers
        At its centre; layer k + 1 is trained.
    facts
        Of :func:`moving_layers`.
    jacobians
        J_i there; ``None`` if their changes are not wanted.
    radius
        ρ ≥ 0.

    Guarantee
    ---------
    The fields hold at every point of the ball. Of activations below the first trained layer nothing is asked.

    May fail when
    -------------
    An activation is not proven C^{1,1} on what it may reach: :class:`EnclosureFailure`.
    """
    network, k = layers.network, layers.k
    first = _first_trained(network)
    if first > k:
        raise ValueError("no layer up to k + 1 is trained")
    ball = on_ball(facts, network.activations[first:], radius)
    moved = ball.slope[k - 1 - first] * ball.spread[k - 1 - first] if k > first else exact(0)
    shifted = tuple(bend * shift for bend, shift in zip(ball.bend[k - first :], ball.shift[k - first :], strict=True))
    jacobian = None if jacobians is None else _jacobian_change(jacobians, facts, ball, shifted, k - first)
    return Changes(moved, tuple(ball.moves[k + 1 - first :]), shifted, jacobian)


def _facts(layers: UpperLayers[M], index: int) -> LayerFacts:
    """Of one layer; κ₄(H̃) ≤ (max ‖h̃_i‖ ‖H̃‖)^{1/2}."""
    layer, inputs = layers.network.layers[index], layers.inputs[index]
    weight = inputs.from_exact(layer.weight)
    row, norm = inputs.largest_row_norm(), inputs.operator_norm()
    last = index == len(layers.network.layers) - 1
    return LayerFacts(
        layer.trained,
        weight.operator_norm(),
        weight.largest_column_norm(),
        norm,
        (row * norm).sqrt(),
        row,
        (0.0, 0.0) if last else layers.ranges[index],
    )


def _jacobian_change(
    jacobians: SampleJacobians[M], facts: tuple[LayerFacts, ...], ball: OnBall, shifted: tuple[arb, ...], start: int
) -> arb:
    """With B_l = ∂z_H/∂z_l, B_l = B_(l+1)W_(l+1)Λ_l: from the outputs on, ‖B_l' − B_l‖ is at most

    ‖B_(l+1)' − B_(l+1)‖ (‖W‖ + ρ) M + ‖B_(l+1)‖ ρ M + ‖B_(l+1)W‖_{1→2} ‖δ‖₂,  M ≥ |φ'| on the ball, ‖δ‖₂ the shift.
    """
    change = exact(0)
    for above in range(len(jacobians.columns), 0, -1):  # l = k + above
        hidden = start + above - 1
        slope, move, weight = ball.slope[hidden], ball.moves[hidden + 1], facts[hidden + 1].weight_norm
        passed = change * (weight + move) * slope + jacobians.norms[above] * move * slope
        change = passed + jacobians.columns[above - 1] * shifted[above - 1]
    return change
