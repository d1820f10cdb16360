"""Small networks at random starts, away from zero loss."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np

from certificates import Dense, Network
from certificates.expression import parse_activation
from certificates.subjects import Objective, Squared

__all__ = ["start"]


def start(
    widths: tuple[int, ...],
    samples: int,
    activation: str = "tanh",
    *,
    seed: int = 0,
    bias: bool = True,
    frozen: tuple[int, ...] = (),
    scale: Fraction = Fraction(1, 2),
) -> Network:
    """Uniform weights in ±1/√(inputs of the layer), unit inputs, labels ±½."""
    rng = np.random.default_rng(seed)
    layers = []
    for index, (into, out) in enumerate(pairwise(widths)):
        bound = into**-0.5
        weight = rng.uniform(-bound, bound, size=(out, into))
        layers.append(Dense(weight, rng.uniform(-bound, bound, size=out) if bias else None, index not in frozen))
    x = rng.normal(size=(samples, widths[0]))
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    y = rng.choice([-0.5, 0.5], size=(samples, widths[-1]))
    return Network(tuple(layers), (parse_activation(activation),) * (len(widths) - 2), x, y, Objective(Squared(scale)))
