"""Small classifiers with hard labels, whose output layer is fitted to margins of a wanted size."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
from scipy.special import erf

from certificates import Dense, Network
from certificates.expression import parse_activation
from certificates.subjects import Logistic, Objective, SoftmaxCrossEntropy

__all__ = ["FUNCTIONS", "classifier", "outputs", "summed_loss"]

FUNCTIONS = {
    "tanh": np.tanh,
    "softplus": lambda z: np.logaddexp(0, z),
    "gelu": lambda z: z * (1 + erf(z / np.sqrt(2))) / 2,
    "sin": np.sin,
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "relu": lambda z: np.maximum(z, 0),
    "leaky_relu": lambda z: np.where(z > 0, z, z / 100),
    "quadratic": lambda z: z * z,
}


def classifier(
    seed: int,
    activation: str = "tanh",
    *,
    hidden: tuple[int, ...] = (8,),
    samples: int = 6,
    inputs: int = 2,
    outputs: int = 3,
    loss: str = "softmax",
    gain: float = 6.0,
    bias: bool = True,
    trained: tuple[bool, ...] | None = None,
    weights: tuple[Fraction, ...] = (),
    scale: Fraction | None = None,
) -> Network:
    """A random hidden part; the output layer fits ±gain/2 in least squares. A mean unless a scale is given."""
    rng = np.random.default_rng(seed)
    widths = (inputs, *hidden, outputs)
    trained = trained or (True,) * (len(widths) - 1)
    layers = [
        Dense(rng.normal(size=(b, a)) / np.sqrt(a), 0.1 * rng.normal(size=b) if bias else None, moved)
        for (a, b), moved in zip(pairwise(widths), trained, strict=True)
    ]
    x, labels = rng.normal(size=(samples, inputs)), _labels(rng, samples, outputs, loss)
    h = x
    for layer in layers[:-1]:
        h = FUNCTIONS[activation](h @ layer.weight.T + (0 if layer.bias is None else layer.bias))
    features = np.hstack([h, np.ones((samples, 1))]) if bias else h
    fitted = np.linalg.lstsq(features, gain * (labels - 0.5), rcond=None)[0].T
    last = Dense(np.array(fitted[:, : h.shape[1]]), np.array(fitted[:, -1]) if bias else None, trained[-1])
    kind: Any = SoftmaxCrossEntropy if loss == "softmax" else Logistic
    objective = Objective(kind(Fraction(1, samples) if scale is None else scale), sample_weights=weights)
    return Network((*layers[:-1], last), (parse_activation(activation),) * len(hidden), x, labels, objective)


def _labels(rng: np.random.Generator, samples: int, outputs: int, loss: str) -> np.ndarray:
    if loss == "softmax":
        return np.eye(outputs)[rng.integers(outputs, size=samples)]
    return rng.integers(2, size=(samples, outputs)).astype(float)


def outputs(network: Network) -> np.ndarray:
    """F in float64, by the formulas typed in above."""
    h = network.inputs
    for index, layer in enumerate(network.layers):
        h = h @ layer.weight.T + (0 if layer.bias is None else layer.bias)
        if index < len(network.activations):
            h = FUNCTIONS[network.activations[index].text.partition("(")[0]](h)
    return h


def summed_loss(network: Network) -> float:
    """f/ω: every sample by its weight over the least, by logarithms of sums of exponentials."""
    z, y = outputs(network), network.targets
    if isinstance(network.objective.loss, SoftmaxCrossEntropy):
        losses = np.logaddexp.reduce(z, axis=1) - np.sum(z * y, axis=1)
    else:
        losses = np.sum(np.logaddexp(0, z) - y * z, axis=1)
    weights = np.array([float(weight) for weight in network.objective.sample_weights] or [1.0] * len(losses))
    return float(np.sum(weights / weights.min() * losses))
