"""Problems with another objective than a plain sum of squares."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from types import MappingProxyType

import numpy as np

from certificates import Dense, Network
from certificates.subjects import Decay, Logistic, Objective, SoftmaxCrossEntropy, Squared

ONE = Fraction(1)
PENALTY = Decay("layers.0.weight", Fraction(1, 1000))


def penalised(network: Network) -> Network:
    """With a penalty on the first tensor that moves."""
    moved = next(index for index, layer in enumerate(network.layers) if layer.trained)
    decay = replace(PENALTY, tensor=f"layers.{moved}.weight")
    return replace(network, objective=replace(network.objective, decay=(decay,)))


def weighted(network: Network) -> Network:
    """With the first sample counted twice."""
    weights = (Fraction(2), *[ONE] * (network.sample_count - 1))
    return replace(network, objective=replace(network.objective, sample_weights=weights))


def logistic(network: Network) -> Network:
    """With labels of 0 and the logistic loss of the same scale."""
    targets = np.zeros((network.sample_count, network.widths[-1]))
    objective = replace(network.objective, loss=Logistic(network.objective.loss.scale))
    return replace(network, objective=objective, targets=targets, teacher=None)


def softmax(network: Network) -> Network:
    """With at least two outputs, labels of class 0 and the softmax loss of the same scale."""
    last = network.layers[-1]
    copies = 2 if network.widths[-1] == 1 else 1
    bias = None if last.bias is None else np.tile(last.bias, copies)
    layers = (*network.layers[:-1], Dense(np.tile(last.weight, (copies, 1)), bias, last.trained))
    targets = np.zeros((network.sample_count, layers[-1].weight.shape[0]))
    targets[:, 0] = 1
    objective = replace(network.objective, loss=SoftmaxCrossEntropy(network.objective.loss.scale))
    return replace(network, layers=layers, objective=objective, targets=targets, teacher=None)


CHANGES: Mapping[str, Callable[[Network], Network]] = MappingProxyType(
    {"penalty": penalised, "sample weights": weighted, "logistic": logistic, "softmax": softmax}
)


def varied(network: Network) -> list[Network]:
    """The network with every part that an objective may have, one after another and together."""
    centre = np.arange(1.0, 1 + network.layers[0].weight.size).reshape(network.layers[0].weight.shape)
    centred = replace(PENALTY, centre=centre)
    biased = Decay("layers.0.bias", Fraction(3, 7))
    labels = softmax(network)
    rows = ((Fraction(9, 10), Fraction(1, 10)), (Fraction(1, 3), Fraction(2, 3)))
    smoothed = replace(labels, objective=Objective(SoftmaxCrossEntropy(ONE, rows), (centred, biased)))
    return [
        penalised(network),
        replace(network, objective=Objective(Squared(ONE), (centred, biased))),
        weighted(network),
        logistic(weighted(penalised(network))),
        labels,
        smoothed,
        weighted(smoothed),
    ]
