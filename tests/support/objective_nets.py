"""Small networks with any objective, drawn at random."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np

from certificates.expression import parse_activation
from certificates.subjects import Decay, Dense, Logistic, Network, Objective, SoftmaxCrossEntropy, Squared
from verify.numeric.mlp import Perceptron

__all__ = ["LOSSES", "draw_network", "jacobians_by_differences"]

LOSSES = ("squared", "logistic", "softmax", "smoothed", "soft")


def draw_network(
    seed: int,
    widths: tuple[int, ...] = (2, 3, 2),
    loss: str = "softmax",
    *,
    activation: str = "tanh",
    samples: int = 5,
    frozen: tuple[int, ...] = (),
    biased: bool = True,
    scale: float = 1.0,
    decay: bool = True,
    weighted: bool = False,
) -> Network:
    """Weights of size ``scale``/√width, Gaussian inputs, labels that the loss has a meaning for.

    The first trained tensor is penalised about a centre, every other tensor with a rate of its own.
    """
    rng = np.random.default_rng(seed)
    layers = tuple(
        Dense(
            rng.normal(size=(after, before)) * scale / np.sqrt(before),
            rng.normal(size=after) * scale if biased else None,
            index not in frozen,
        )
        for index, (before, after) in enumerate(pairwise(widths))
    )
    inputs, outputs = rng.normal(size=(samples, widths[0])), widths[-1]
    draws = [Fraction(int(rng.integers(1, 9)), 7) for _ in range(samples - 1)]
    weights = (*draws, Fraction(3)) if weighted else ()
    objective = Objective(_loss(loss, samples, outputs), _decay(rng, layers) if decay else (), weights)
    activations = (parse_activation(activation),) * (len(layers) - 1)
    return Network(layers, activations, inputs, _targets(rng, loss, samples, outputs), objective)


def jacobians_by_differences(network: Network) -> np.ndarray:
    """∂F_i/∂w at the weights, (n, o, p), by central differences of float outputs."""
    net = Perceptron(network)
    w, step = net.initial(), 1e-6
    columns = [(net.outputs(w + step * e) - net.outputs(w - step * e)) / (2 * step) for e in np.eye(len(w))]
    return np.stack(columns, axis=2)


def _loss(name, samples, outputs):
    scale = Fraction(1, 2 * samples)
    if name == "squared":
        return Squared(scale)
    if name == "logistic":
        return Logistic(scale)
    if name != "smoothed":
        return SoftmaxCrossEntropy(scale)
    rows = [[Fraction(1, 10 * outputs) + Fraction(9, 10) * (i == j) for j in range(outputs)] for i in range(outputs)]
    return SoftmaxCrossEntropy(scale, tuple(map(tuple, rows)))


def _targets(rng, loss, samples, outputs):
    if loss == "squared":
        return rng.normal(size=(samples, outputs))
    if loss == "logistic":
        return rng.choice([0.0, 1.0, 0.25], size=(samples, outputs))
    if loss == "soft":
        counts = rng.multinomial(16, np.full(outputs, 1 / outputs), size=samples)
        return counts / 16.0
    return np.eye(outputs)[rng.integers(0, outputs, size=samples)]


def _decay(rng, layers):
    found = []
    for index, layer in enumerate(layers):
        if layer.trained:
            centre = None if found else rng.normal(size=layer.weight.shape)
            found.append(Decay(f"layers.{index}.weight", Fraction(1, 3 + index), centre))
            if layer.bias is not None:
                found.append(Decay(f"layers.{index}.bias", Fraction(1, 10)))
    return tuple(found)
