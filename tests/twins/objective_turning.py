"""Theory 6.3 and theorem 6.1 in float64 as they stand on paper: T¹, T², T³ of every sample, h₁ and h₂.

``fault`` names one wrong step (:data:`FAULTS`): an attack on the bounds is worth something if it finds each of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from certificates import Network
from certificates.subjects import Logistic, SoftmaxCrossEntropy, Squared
from tests.support.naive import ACTIVATIONS, jacobian, parameters
from tests.twins.curvature_forms import THIRD

__all__ = ["FAULTS", "Turned", "cubic_maximum", "loss_parts", "turned"]

FAULTS = (
    "no coupling of layers",
    "coupling once",
    "no second derivatives of earlier layers",
    "no third derivative of the activation",
    "bend once",
    "third derivatives without the layer's own",
    "weights stay",
    "inputs stay",
    "no one for the bias",
    "range at the centre",
    "entries of weights",
    "probabilities stay",
    "curvature of the loss once",
    "gradients stay",
    "no third order",
    "one sample",
    "outer weights stay",
    "inner products not squared",
    "slots apart",
)


@dataclass(frozen=True)
class Turned:
    """T^k of every layer, lists of (n,) arrays, and the two bounds."""

    first: list[np.ndarray]
    second: list[np.ndarray]
    third: list[np.ndarray]
    outputs_first: np.ndarray  # the lesser of T¹ and ‖J‖ + T²R
    steep: np.ndarray  # s_i
    pull: np.ndarray  # c_i
    beta: float
    gamma: float
    by_samples: float
    by_sums: float


def cubic_maximum(quadratic: np.ndarray, cubic: np.ndarray) -> np.ndarray:
    """⟨A, B⟩: the largest A tτ² + B τ³ on the unit circle."""
    root = np.sqrt(9 * cubic**2 + 8 * quadratic**2)
    x = np.divide(root - 3 * cubic, 4 * quadratic, out=np.zeros_like(root), where=quadratic > 0)
    return (quadratic * x + cubic) / (1 + x * x) ** 1.5


def turned(
    network: Network,
    name: str,
    radius: float,
    fault: str = "",
    bounds: Sequence[tuple[float, float, float]] | None = None,
) -> Turned:
    """Both bounds at one radius; ``bounds`` prescribes (M₁, M₂, M₃) of every hidden layer."""
    layers = _Layers(network, name, radius, fault, bounds)
    return _bounds(layers, network, name, radius, fault)


def _norm(matrix: np.ndarray) -> float:
    return float(np.linalg.norm(matrix, 2)) if matrix.size else 0.0


def _sup(function, low: float, high: float) -> float:
    return float(np.abs(function(np.linspace(low, high, 2001))).max())


class _Layers:
    """The recursion of theory 6.3."""

    def __init__(self, network: Network, name: str, radius: float, fault: str, bounds) -> None:
        self.network, self.name, self.radius, self.fault, self.given = network, name, radius, fault, bounds
        self.first, self.second, self.third = [], [], []
        self.ranges: list[tuple[float, float, float]] = []
        hidden = network.inputs
        nothing = np.zeros(len(hidden))
        inner = (nothing, nothing, nothing, nothing, nothing)
        for index, layer in enumerate(network.layers):
            self._layer(layer, hidden, *inner)
            if index < len(network.layers) - 1:
                z = hidden @ layer.weight.T + (0 if layer.bias is None else layer.bias)
                inner = self._activation(index, z)
                hidden = ACTIVATIONS[name][0](z)

    def _activation(self, index: int, z: np.ndarray):
        """a, U², U³ and what of U² and U³ comes from φ'' and φ'''."""
        t1, t2, t3 = self.first[-1], self.second[-1], self.third[-1]
        move = 0.0 if self.fault == "range at the centre" else t1.max() * self.radius
        low, high = z.min() - move, z.max() + move
        functions = (*ACTIVATIONS[self.name][1:], THIRD[self.name])
        m1, m2, m3 = self.given[index] if self.given else (_sup(f, low, high) for f in functions)
        if self.fault == "no third derivative of the activation":
            m3 = 0.0
        if self.fault == "no second derivatives of earlier layers":
            t2, t3 = 0 * t2, 0 * t3
        self.ranges.append((m1, m2, m3))
        bent2 = m2 * t1**2
        bent3 = m3 * t1**3 + (1 if self.fault == "bend once" else 3) * m2 * t1 * t2
        return m1 * t1, bent2, bent3, m1 * t2, m1 * t3

    def _layer(self, layer, hidden, a, bent2, bent3, passed2, passed3) -> None:
        move = self.radius if layer.trained and self.fault != "weights stay" else 0.0
        spectral, columns = _norm(layer.weight) + move, float(np.linalg.norm(layer.weight, axis=0).max()) + move
        if self.fault == "entries of weights":
            columns = float(np.abs(layer.weight).max()) + move
        one = 0.0 if layer.bias is None or self.fault == "no one for the bias" else 1.0
        rows = np.sqrt((hidden**2).sum(axis=1) + one)
        rows = rows + (0.0 if self.fault == "inputs stay" else a * self.radius)
        t1, t2, t3 = spectral * a, columns * bent2 + spectral * passed2, columns * bent3 + spectral * passed3
        if layer.trained:
            own = 0.0 if self.fault == "third derivatives without the layer's own" else 3 * (bent2 + passed2)
            apart = self.fault == "slots apart"
            t3 = np.maximum(2 / np.sqrt(27) * own, t3) if apart else cubic_maximum(own + 0 * t3, t3)
            coupled = {"no coupling of layers": 0.0, "coupling once": 1.0}.get(self.fault, 2.0) * a
            t1, t2 = np.hypot(rows, t1), (t2 + np.hypot(t2, coupled)) / 2
        self.first.append(t1)
        self.second.append(t2)
        self.third.append(t3)


def loss_parts(network: Network, outputs: np.ndarray) -> tuple[np.ndarray, np.ndarray, float, float]:
    """g (n, o) and P (n, o, o) without scale and weight, ς and P_max."""
    loss, targets = network.objective.loss, network.given_targets
    width = outputs.shape[1]
    if isinstance(loss, Squared):
        return 2 * (outputs - targets), np.broadcast_to(2 * np.eye(width), (len(outputs), width, width)), 0.0, 2.0
    if isinstance(loss, Logistic):
        p = expit(outputs)
        return p - targets, (p * expit(-outputs))[:, :, None] * np.eye(width), 1.0, 0.25
    assert isinstance(loss, SoftmaxCrossEntropy)
    labels = targets
    if loss.class_labels:
        labels = np.array([[float(x) for x in row] for row in loss.class_labels])[targets.argmax(axis=1)]
    powers = np.exp(outputs - outputs.max(axis=1, keepdims=True))
    p = powers / powers.sum(axis=1, keepdims=True)
    others = (powers @ (1 - np.eye(width))) / powers.sum(axis=1, keepdims=True)
    second = -p[:, :, None] * p[:, None, :]
    second[:, np.arange(width), np.arange(width)] = p * others
    return p * (1 - labels) - labels * others, second, np.sqrt(2.0), 0.5


def sample_scales(network: Network) -> np.ndarray:
    """ω_i times the loss's scale."""
    weights = network.objective.sample_weights or (1,) * network.sample_count
    return np.array([float(weight * network.objective.loss.scale) for weight in weights])


def _gram(weights: np.ndarray, jacobians: np.ndarray, middle: np.ndarray) -> float:
    total = np.einsum("i,iap,iab,ibq->pq", weights, jacobians, middle, jacobians)
    return max(float(np.linalg.eigvalsh(total)[-1]), 0.0) if np.isfinite(total).all() else np.inf


def _bounds(layers: _Layers, network: Network, name: str, radius: float, fault: str) -> Turned:
    outputs = network.inputs
    for index, layer in enumerate(network.layers):
        outputs = outputs @ layer.weight.T + (0 if layer.bias is None else layer.bias)
        outputs = ACTIVATIONS[name][0](outputs) if index < len(network.layers) - 1 else outputs
    count, width = outputs.shape
    jacobians = jacobian(network, parameters(network), name).reshape(width, count, -1).transpose(1, 0, 2)
    t2, t3 = layers.second[-1], layers.third[-1]
    t1 = np.minimum(layers.first[-1], np.array([_norm(j) for j in jacobians]) + t2 * radius)
    gradient, middle, band, largest = loss_parts(network, outputs)
    omega, norms = sample_scales(network), np.array([_norm(p) for p in middle])
    grown = 0 * t1 if fault == "probabilities stay" else np.expm1(band * t1 * radius)
    steep = np.minimum((1 + grown) * norms, largest)
    change = np.minimum(grown * norms, largest)
    s, c = omega * steep, omega * np.linalg.norm(gradient, axis=1)
    kept = c
    if fault == "no third order":
        c = 0 * c
    twice, grad = (1.0 if fault == "curvature of the loss once" else 2.0), (0.0 if fault == "gradients stay" else 1.0)
    by_samples = np.sum(omega * (change * t1**2 + (twice * norms + grad * steep) * t1 * t2 * radius))
    by_samples += np.sum(c * t3) * radius
    beta, gamma = np.sqrt(np.sum(s * t2**2)), np.sum(c * t3)
    if fault == "one sample":
        beta, gamma = np.sqrt(np.max(s * t2**2)), np.max(c * t3)
    if len(network.layers) == 2:
        sharper = _one_hidden_layer(network, layers.ranges[0], radius, s, c, fault)
        beta, gamma = min(beta, sharper[0]), min(gamma, sharper[1])
    by_sums = _gram(omega * grown, jacobians, middle) + gamma * radius
    root, move = np.sqrt(_gram(omega * (1 + grown), jacobians, middle)), beta * radius
    by_sums += move * (twice * root + move + grad * (root + move / 2))
    return Turned(
        layers.first, layers.second, layers.third, t1, s, kept, beta, gamma, float(by_samples), float(by_sums)
    )


def _one_hidden_layer(network: Network, ranges, radius: float, s: np.ndarray, c: np.ndarray, fault: str):
    first, last = network.layers
    if not first.trained:
        return 0.0, 0.0
    rows = network.inputs if first.bias is None else np.hstack([network.inputs, np.ones((len(s), 1))])
    m1, m2, m3 = ranges
    squares = np.abs(rows @ rows.T) if fault == "inner products not squared" else (rows @ rows.T) ** 2

    def fourth(weights: np.ndarray) -> float:
        roots = np.sqrt(weights)
        return np.sqrt(max(np.linalg.eigvalsh(roots[:, None] * squares * roots)[-1], 0.0))

    def second(weights: np.ndarray) -> float:
        return _norm(np.sqrt(weights)[:, None] * rows)

    moves = radius if last.trained and fault != "outer weights stay" else 0.0
    outer = float(np.linalg.norm(last.weight, axis=0).max()) + moves
    c1, c2 = m1 * second(s) if last.trained else 0.0, m2 * outer * fourth(s)
    own = 3 * m2 * second(c) ** 2 if last.trained else 0.0
    gamma = cubic_maximum(np.array(own), np.array(m3 * outer * second(c) * fourth(c)))
    return (c2 + np.sqrt(c2**2 + 4 * c1**2)) / 2, float(gamma)
