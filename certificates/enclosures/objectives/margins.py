"""Margins of a classifier with hard labels: at the weights, and how fast they change around them (theory 6.3, 6.8).

A margin is F_y − F_c for softmax (y the sample's class, c another one), (2q − 1)F_c for the logistic loss, where every
output of a sample is one of its own. Written over the two arithmetics; what is summed over samples is in Arb, so that
losses keep their digits where they are small.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Generic

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact
from certificates.arithmetic.effort import spend
from certificates.arithmetic.matrix import M
from certificates.arithmetic.rounding import require_finite
from certificates.enclosures.networks.layers import activate, affine, augmented
from certificates.subjects import FloatArray, Network, SoftmaxCrossEntropy

__all__ = ["Forward", "forward", "layer_norm", "margin_gradients", "margin_pairs", "pair_norm", "sample_losses"]

_EFFORT_OF_A_MARGIN = 40.0


@dataclass(frozen=True)
class Forward(Generic[M]):
    """A forward pass.

    Parameters
    ----------
    inputs
        H̃ of every layer, with a column of ones if it has a bias.
    slopes
        φ' of every hidden layer.
    outputs
        F, (n, o).
    """

    inputs: tuple[M, ...]
    slopes: tuple[M, ...]
    outputs: M


def forward(network: Network, arithmetic: type[M]) -> Forward[M]:
    """Enclose what the layers compute.

    May fail when
    -------------
    An activation is not enclosed at some pre-activation, or numbers overflow: :class:`EnclosureFailure`.
    """
    values: M = arithmetic.from_exact(network.inputs)
    inputs: list[M] = []
    slopes: list[M] = []
    for layer, activation in zip(network.layers[:-1], network.activations, strict=True):
        inputs.append(augmented(layer, values))
        values, slope = activate(activation, affine(layer, values))
        slopes.append(slope)
    last = network.layers[-1]
    return Forward((*inputs, augmented(last, values)), tuple(slopes), affine(last, values))


def sample_losses(network: Network, outputs: M) -> Iterator[arb]:
    """ℓ_i without scale and weight: log(1 + Σ_c e^{−m_ic}), for the logistic loss summed over the outputs.

    With the largest of 0 and all −m taken out, no exponential overflows, and a small loss is log1p of a small sum.
    """
    low, high = outputs.entry_bounds()
    targets = network.given_targets
    softmax = isinstance(network.objective.loss, SoftmaxCrossEntropy)
    spend(_EFFORT_OF_A_MARGIN * targets.size)
    for row in range(len(targets)):
        entries = [_ball(low[row, c], high[row, c]) for c in range(targets.shape[1])]
        if softmax:
            own = int(np.argmax(targets[row]))
            yield _log_one_plus([entry - entries[own] for c, entry in enumerate(entries) if c != own])
        else:
            signed = [-entry if label == 1 else entry for entry, label in zip(entries, targets[row], strict=True)]
            yield sum((_log_one_plus([each]) for each in signed), exact(0))


def _ball(low: float, high: float) -> arb:
    return exact(float(low)).union(exact(float(high)))


def _log_one_plus(powers: list[arb]) -> arb:
    """log(1 + Σ e^x)."""
    largest = max((float(power.mid()) for power in powers), default=0.0)
    if not largest > 0:
        return sum((power.exp() for power in powers), exact(0)).log1p()
    shift = exact(largest)
    return shift + sum(((power - shift).exp() for power in powers), (-shift).exp()).log()


def layer_norm(weight: FloatArray, bias: FloatArray | None, arithmetic: type[M]) -> arb:
    """An upper bound of ‖θ‖, √(‖W‖_F² + ‖b‖²)."""
    square = arithmetic.from_exact(weight).frobenius_norm() ** 2
    if bias is not None:
        square += arithmetic.from_exact(bias[None]).frobenius_norm() ** 2
    found: arb = square.sqrt().upper()
    return found


# ---- derivatives of margins ---------------------------------------------------------------------------------------


def margin_pairs(network: Network) -> Iterator[FloatArray]:
    """∂m/∂F for one margin of every sample after another: e_y − e_c or (2q − 1)e_c, (n, o); zero rows where y = c."""
    targets = network.given_targets
    for c in range(targets.shape[1]):
        unit = np.zeros_like(targets)
        unit[:, c] = 1.0
        softmax = isinstance(network.objective.loss, SoftmaxCrossEntropy)
        yield targets - unit if softmax else (2 * targets - 1) * unit


def margin_gradients(network: Network, passed: Forward[M], arithmetic: type[M]) -> arb:
    """An upper bound of ‖∇m(w_0)‖, the largest over all margins: ‖∇m_i‖² = Σ_ℓ ‖∂m_i/∂z_ℓ‖² ‖h̃_{ℓ−1,i}‖², ℓ trained."""
    norms = [_row_norms(part) for part in passed.inputs]
    rows = [_gradient_norms(network, passed, arithmetic.from_exact(each), norms) for each in margin_pairs(network)]
    return exact(float(np.max(require_finite(np.array(rows), "the norm of a margin's gradient"))))


def _gradient_norms(network: Network, passed: Forward[M], adjoint: M, norms: list[FloatArray]) -> FloatArray:
    """‖∇m_i(w_0)‖ of one margin a sample, from above."""
    total = np.zeros(network.sample_count)
    for index in range(len(network.layers) - 1, -1, -1):
        layer = network.layers[index]
        if layer.trained:
            part = adjoint.products_above(_row_norms(adjoint), norms[index])
            total = adjoint.lengths_above(total, part)
        if index > 0:
            adjoint = adjoint.times(adjoint.from_exact(layer.weight)).hadamard(passed.slopes[index - 1])
    return total


def _row_norms(matrix: M) -> FloatArray:
    """Upper bounds of the norms of the rows."""
    norms: FloatArray = matrix.T.group_column_norms(matrix.shape[1])[0]
    return norms


def pair_norm(network: Network, arithmetic: type[M]) -> tuple[arb, Fraction]:
    """(v, κ): ‖W_y − W_c‖ ≤ v for all pairs of rows of the last layer and κ = 2; for the logistic loss ‖W_c‖, κ = 1.

    (dW_y − dW_c)h is at most √κ ‖dW‖_F ‖h‖.
    """
    weight = network.layers[-1].weight
    rows = arithmetic.from_exact(weight)
    if not isinstance(network.objective.loss, SoftmaxCrossEntropy):
        return rows.largest_row_norm(), Fraction(1)
    largest = exact(0)
    for row in weight:
        largest = largest.max(rows.add_to_rows(-row).largest_row_norm()).upper()
    return largest, Fraction(2)
