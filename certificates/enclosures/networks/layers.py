"""One layer of a network in balls: its inputs with a column of ones, its pre-activations, its activations."""

from __future__ import annotations

from functools import partial

import numpy as np

from certificates.arithmetic.matrix import M
from certificates.enclosures.intervals.array_derivatives import value_and_slope
from certificates.enclosures.intervals.derivatives import value_and_slope_arb
from certificates.expression import Activation
from certificates.subjects import Layer

__all__ = ["activate", "affine", "augmented"]


def augmented(layer: Layer, inputs: M) -> M:
    """H̃: H, with a column of ones if the layer has a bias."""
    return inputs if layer.bias is None else inputs.with_ones()


def affine(layer: Layer, inputs: M, start: int = 0, stop: int | None = None) -> M:
    """Z = H Wᵀ + 1 bᵀ for the units start..stop−1."""
    weight = inputs.from_exact(np.ascontiguousarray(layer.weight[start:stop]))
    found = inputs.times(weight.T)
    return found if layer.bias is None else found.add_to_rows(layer.bias[start:stop])


def activate(activation: Activation, pre: M) -> tuple[M, M]:
    """φ and φ' at every pre-activation.

    May fail when
    -------------
    φ is not enclosed at one: :class:`~certificates.errors.EnclosureFailure`.
    """
    return pre.map_pair(partial(value_and_slope, activation), partial(value_and_slope_arb, activation))
