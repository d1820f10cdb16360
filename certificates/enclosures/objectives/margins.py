"""Losses and margins of a classifier with hard labels at the weights (theory 6.8).

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
from certificates.enclosures.networks.layers import activate, affine, augmented
from certificates.subjects import FloatArray, Network, SoftmaxCrossEntropy

__all__ = ["Forward", "forward", "layer_norm", "pair_norm", "sample_losses", "summed_loss"]

_EFFORT_OF_A_MARGIN = 40.0


@dataclass(frozen=True)
class Forward(Generic[M]):
    """A forward pass.

    Parameters
    ----------
    inputs
        H̃ of every layer, with a column of ones if it has a bias.
    outputs
        F, (n, o).
    """

    inputs: tuple[M, ...]
    outputs: M


def forward(network: Network, arithmetic: type[M]) -> Forward[M]:
    """Enclose what the layers compute.

    May fail when
    -------------
    An activation is not enclosed at some pre-activation, or numbers overflow: :class:`EnclosureFailure`.
    """
    values: M = arithmetic.from_exact(network.inputs)
    inputs: list[M] = []
    for layer, activation in zip(network.layers[:-1], network.activations, strict=True):
        inputs.append(augmented(layer, values))
        values, _ = activate(activation, affine(layer, values))
    last = network.layers[-1]
    return Forward((*inputs, augmented(last, values)), affine(last, values))


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


def summed_loss(network: Network, outputs: M, smallest_weight: Fraction) -> arb:
    """f/ω, the sum in which the lightest sample counts once, for ω the least weight of a sample in f."""
    scale = network.objective.loss.scale / smallest_weight
    weights = network.objective.sample_weights
    if not weights:
        return sum(sample_losses(network, outputs), exact(0)) * exact(scale)
    terms = zip(weights, sample_losses(network, outputs), strict=True)
    return sum((exact(each * scale) * term for each, term in terms), exact(0))


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
