"""Small problems whose weights are at a minimum of their objective: vectors of theory chapter 6, and fitted ones."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import numpy as np

from certificates import Dense, Network
from certificates.enclosures.objectives.flat import flat_directions
from certificates.expression import parse_activation
from certificates.subjects import Decay, Logistic, Loss, Objective, SoftmaxCrossEntropy
from verify.numeric.smooth_objective import FloatObjective
from verify.search.minimum import flat_basis

__all__ = ["VECTORS", "classifier", "decays", "fitted", "problem", "vector"]

THIRD = SoftmaxCrossEntropy(Fraction(1, 3))
LOGISTIC = Logistic(Fraction(1))


def decays(rate: Fraction | str, *tensors: str) -> tuple[Decay, ...]:
    """The same penalty on several tensors."""
    return tuple(Decay(tensor, Fraction(rate)) for tensor in tensors)


def problem(
    layers: tuple[Dense, ...],
    inputs: object,
    targets: object,
    loss: Loss,
    decay: tuple[Decay, ...] = (),
    activation: str = "tanh",
) -> Network:
    """A network with one activation."""
    x, y = np.array(inputs, dtype=np.float64), np.array(targets, dtype=np.float64)
    return Network(layers, (parse_activation(activation),) * (len(layers) - 1), x, y, Objective(loss, decay))


def _dense(*rows: object, bias: object = None) -> Dense:
    return Dense(np.array(rows, dtype=np.float64), None if bias is None else np.array(bias, dtype=np.float64))


# The printed digits of the test vectors: (weights, f, eigenvalues off the flat directions, tensors that are penalised).
VECTORS: dict[str, tuple[str, tuple[str, ...]]] = {
    "A": ("0.4328662210668731402", ("0.207863752230683811", "0.337340368942351302")),
    "C": (
        "0.708528835006682589",
        ("0.05", "0.129507739096296", "0.185132935273322", "0.364348512846482"),
    ),
    "D": ("0.697781418632596627", ("0.0487364439894408", "0.05", "0.135606770764812")),
}


def vector(name: str) -> Network:
    """Vector A, B, C or D at the doubles nearest its printed weights."""
    both = ("layers.0.weight", "layers.1.weight")
    if name in ("A", "B"):
        u, v = (1.142558494481736832, 1.666693244677236523) if name == "A" else (0.0, 0.0)
        return problem((_dense([u]), _dense([v])), [[1]], [[1]], LOGISTIC, decays("1/10", *both))
    samples, classes = [[1], [-1], [2]], np.eye(3)
    if name == "C":
        outer = [[0.765503554737293057], [-1.678426993049645425], [0.912923438312352368]]
        return problem((_dense([1.204418279664526]), _dense(*outer)), samples, classes, THIRD, decays("1/20", *both))
    outer = [[0.599115003253627188], [-1.69911326010559944], [1.09999825685197225]]
    bias = [0.0445333302064416, 0.2949150855242383, -0.3394484157306799]
    layers = (_dense([1.10100785396253807]), _dense(*outer, bias=bias))
    return problem(layers, samples, classes, THIRD, decays("1/20", *both))


def classifier(
    rng: np.random.Generator,
    widths: tuple[int, ...],
    samples: int,
    loss: Loss,
    rate: Fraction,
    *,
    bias: bool = True,
    activation: str = "tanh",
) -> Network:
    """Random samples, labels that depend on them and on chance, random weights, a penalty on every weight matrix."""
    layers = tuple(
        Dense(rng.normal(size=(b, a)) / np.sqrt(a), 0.1 * rng.normal(size=b) if bias else None)
        for a, b in pairwise(widths)
    )
    inputs, outputs = rng.normal(size=(samples, widths[0])), widths[-1]
    signal = np.tanh(2 * inputs @ rng.normal(size=(widths[0], outputs))) + 0.3 * rng.normal(size=(samples, outputs))
    targets = signal
    if isinstance(loss, SoftmaxCrossEntropy):
        targets = np.eye(outputs)[np.argmax(signal, axis=1)]
    elif isinstance(loss, Logistic):
        targets = (signal > 0).astype(float)
    decay = decays(rate, *(f"layers.{index}.weight" for index in range(len(layers))))
    return problem(layers, inputs, targets, loss, decay, activation)


def fitted(network: Network, steps: int = 200) -> Network:
    """The same problem at a minimum: Newton steps, damped while the Hessian is indefinite, and halved until f falls."""
    objective = FloatObjective(network)
    w, basis = objective.initial(), flat_basis(network, flat_directions(network))
    for _ in range(steps):
        slope = objective.gradient(w)
        hessian = objective.hessian(w) + basis @ basis.T
        values, vectors = np.linalg.eigh(hessian)
        direction = -vectors @ ((vectors.T @ slope) / np.maximum(np.abs(values), 1e-3 if values[0] < 0 else 1e-12))
        length = 1.0
        while objective.value(w + length * direction) > objective.value(w) + 1e-15 and length > 1e-9:
            length /= 2
        w = w + length * direction
        if np.linalg.norm(direction) < 1e-14 * np.linalg.norm(w) and values[0] > 0:
            break
    return replace(objective.network(w), objective=network.objective)
