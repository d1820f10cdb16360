"""Small networks with a wide layer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import numpy as np

from certificates import Dense, Network
from certificates.expression import parse_activation
from certificates.subjects import Objective, Squared
from verify.numeric.mlp import Perceptron

__all__ = ["nearly_fitted", "wide_net"]


def wide_net(
    widths: Sequence[int],
    samples: int,
    activation: str = "tanh",
    *,
    bias: bool = True,
    frozen: Sequence[int] = (),
    scale: Fraction = Fraction(1, 2),
    seed: int = 0,
) -> Network:
    """Random weights of 12 bits, inputs and labels."""
    rng = np.random.default_rng(seed)

    def draw(*shape: int) -> np.ndarray:
        return np.rint(1024 * rng.normal(size=shape)) / 1024

    layers = tuple(
        Dense(draw(out, into), draw(out) if bias else None, index not in frozen)
        for index, (into, out) in enumerate(pairwise(widths))
    )
    inputs, targets = draw(samples, widths[0]), draw(samples, widths[-1])
    hidden = (parse_activation(activation),) * (len(widths) - 2)
    return Network(layers, hidden, inputs, targets, Objective(Squared(scale)))


def nearly_fitted(network: Network, away: float) -> Network:
    """The same network with labels next to its outputs."""
    plain = Perceptron(network)
    outputs = plain.outputs(plain.initial())
    noise = np.random.default_rng(1).normal(size=outputs.shape)
    return replace(network, targets=outputs + away * noise)
