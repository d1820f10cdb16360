"""A multilayer perceptron written as naively as possible: explicit Jacobians and second derivatives in float64."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise

import numpy as np
from scipy.special import erf, expit

from certificates import Dense, Network
from certificates.expression import parse_activation
from certificates.subjects import Objective, Squared

Scalar = Callable[[np.ndarray], np.ndarray]

_N = np.sqrt(2 * np.pi)


def _softsign2(z: np.ndarray) -> np.ndarray:
    return -2 * np.sign(z) / (1 + np.abs(z)) ** 3


# name -> (φ, φ', φ''), typed in from theory 2.2, independently of the judge's jets
ACTIVATIONS: dict[str, tuple[Scalar, Scalar, Scalar]] = {
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2, lambda z: -2 * np.tanh(z) * (1 - np.tanh(z) ** 2)),
    "sigmoid": (
        expit,
        lambda z: expit(z) * expit(-z),
        lambda z: expit(z) * expit(-z) * (1 - 2 * expit(z)),
    ),
    "softplus(1)": (lambda z: np.logaddexp(0, z), expit, lambda z: expit(z) * expit(-z)),
    "gelu": (
        lambda z: z * (1 + erf(z / np.sqrt(2))) / 2,
        lambda z: (1 + erf(z / np.sqrt(2))) / 2 + z * np.exp(-z * z / 2) / _N,
        lambda z: (2 - z * z) * np.exp(-z * z / 2) / _N,
    ),
    "sin": (np.sin, np.cos, lambda z: -np.sin(z)),
    "quadratic": (lambda z: z * z, lambda z: 2 * z, lambda z: 2 + 0 * z),
    "softsign": (lambda z: z / (1 + np.abs(z)), lambda z: (1 + np.abs(z)) ** -2.0, _softsign2),
    "elu(1)": (
        lambda z: np.where(z > 0, z, np.expm1(np.minimum(z, 0))),
        lambda z: np.where(z > 0, 1, np.exp(np.minimum(z, 0))),
        lambda z: np.where(z > 0, 0, np.exp(np.minimum(z, 0))),
    ),
    "squared_relu": (lambda z: np.maximum(z, 0) ** 2, lambda z: 2 * np.maximum(z, 0), lambda z: 2.0 * (z > 0)),
}


def random_network(
    rng: np.random.Generator,
    widths: tuple[int, ...],
    samples: int,
    activation: str = "tanh",
    *,
    bias: bool = True,
    trained: tuple[bool, ...] | None = None,
    residual: float = 1e-3,
    gain: float = 1.0,
) -> Network:
    """A random network whose targets are its own outputs plus noise of the given size."""
    pairs = list(pairwise(widths))
    layers = tuple(
        Dense(
            gain * rng.normal(size=(out, into)) / np.sqrt(into),
            0.1 * rng.normal(size=out) if bias else None,
            True if trained is None else trained[index],
        )
        for index, (into, out) in enumerate(pairs)
    )
    inputs = rng.normal(size=(samples, widths[0]))
    acts = (parse_activation(activation),) * (len(layers) - 1)
    blank = Network(
        layers, acts, inputs, np.zeros((samples, widths[-1])), Objective(Squared(Fraction(1, samples * widths[-1])))
    )
    outputs = forward(blank, parameters(blank), activation)
    return Network(layers, acts, inputs, outputs + residual * rng.normal(size=outputs.shape), blank.objective)


def parameters(network: Network) -> np.ndarray:
    """All trained parameters, flat."""
    parts = []
    for layer in network.layers:
        if layer.trained:
            parts += [layer.weight.ravel()] + ([] if layer.bias is None else [layer.bias])
    return np.concatenate(parts)


def unflatten(network: Network, w: np.ndarray) -> list[tuple[np.ndarray, np.ndarray | None]]:
    """(weight, bias) per layer, trained ones taken from the flat vector."""
    result, at = [], 0
    for layer in network.layers:
        weight, bias = layer.weight, layer.bias
        if layer.trained:
            weight, at = w[at : at + weight.size].reshape(weight.shape), at + weight.size
            if bias is not None:
                bias, at = w[at : at + bias.size], at + bias.size
        result.append((weight, bias))
    return result


def forward(network: Network, w: np.ndarray, name: str) -> np.ndarray:
    """F(w), (n, o)."""
    hidden = network.inputs
    layers = unflatten(network, w)
    for index, (weight, bias) in enumerate(layers):
        hidden = hidden @ weight.T + (0 if bias is None else bias)
        if index < len(layers) - 1:
            hidden = ACTIVATIONS[name][0](hidden)
    return hidden


def jacobian(network: Network, w: np.ndarray, name: str) -> np.ndarray:
    """J(w), (N, p), rows ordered (output, sample): one backward sweep an output, every entry written out."""
    value, slope, _ = ACTIVATIONS[name]
    layers = unflatten(network, w)
    inputs, slopes = [network.inputs], []
    for weight, bias in layers[:-1]:
        z = inputs[-1] @ weight.T + (0 if bias is None else bias)
        inputs.append(value(z))
        slopes.append(slope(z))
    rows = []
    for output in range(network.targets.shape[1]):
        sensitivity = np.zeros((len(network.inputs), network.targets.shape[1]))
        sensitivity[:, output] = 1
        blocks: list[np.ndarray] = []
        for index in range(len(layers) - 1, -1, -1):
            if network.layers[index].trained:
                here = [np.einsum("ni,nj->nij", sensitivity, inputs[index]).reshape(len(inputs[0]), -1)]
                here += [] if network.layers[index].bias is None else [sensitivity]
                blocks = here + blocks
            if index > 0:
                sensitivity = (sensitivity @ layers[index][0]) * slopes[index - 1]
        rows.append(np.hstack(blocks))
    return np.vstack(rows)


def second_derivative_norm(
    network: Network, w: np.ndarray, name: str, rng: np.random.Generator, *, starts: int = 3, step: float = 1e-5
) -> float:
    """A lower bound (to about 1e-8) of sup Σ a_i D²F_i[u, u'] at w, by alternating maximisation."""
    size = len(w)
    slices = [
        (jacobian(network, w + step * e, name) - jacobian(network, w - step * e, name)) / (2 * step)
        for e in np.eye(size)
    ]
    tensor = np.array(slices).transpose(1, 2, 0)  # (N, p, p)
    best = 0.0
    for _ in range(starts):
        u = rng.normal(size=size)
        u /= np.linalg.norm(u)
        a = rng.normal(size=len(tensor))
        for _ in range(30):
            form = np.einsum("i,ijk->jk", a / np.linalg.norm(a), tensor)
            values, vectors = np.linalg.eigh((form + form.T) / 2)
            u = vectors[:, np.argmax(np.abs(values))]
            a = np.einsum("ijk,j,k->i", tensor, u, u)
            if np.linalg.norm(a) == 0:
                break
        best = max(best, float(np.linalg.norm(a)))
    return best
