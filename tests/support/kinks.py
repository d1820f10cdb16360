"""Small ReLU nets with decay on everything, whose minima lie on kinks."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from scipy.special import expit

from certificates import Dense, Network
from certificates.expression import parse_activation
from certificates.subjects import Decay, Logistic, Loss, Objective, SoftmaxCrossEntropy, Squared

__all__ = ["Planted", "penalised_everywhere", "planted_minimum", "random_relu_net", "vector_f"]

HALF = Fraction(1, 2)


def penalised_everywhere(layers: tuple[Dense, ...], rate: Fraction) -> tuple[Decay, ...]:
    """The same penalty on every tensor."""
    names = [
        f"layers.{index}.{name}"
        for index, layer in enumerate(layers)
        for name, tensor in (("weight", layer.weight), ("bias", layer.bias))
        if tensor is not None
    ]
    return tuple(Decay(name, rate) for name in names)


def vector_f(second_label: float = -0.25) -> Network:
    """Vector F of theory chapter 6: F = v(wx + b)_+ at w = v = 1, b = 0, with its kink at the second sample."""
    layers = Dense(np.ones((1, 1)), np.zeros(1)), Dense(np.ones((1, 1)), None)
    objective = Objective(Squared(HALF), penalised_everywhere(layers, Fraction(1, 10)))
    inputs, targets = np.array([[1.0], [0.0], [-1.0]]), np.array([[1.1], [second_label], [0.0]])
    return Network(layers, (parse_activation("relu"),), inputs, targets, objective)


def random_relu_net(
    rng: np.random.Generator,
    widths: tuple[int, int, int],
    samples: int,
    loss: type[Loss] = Squared,
    *,
    rate: Fraction = Fraction(1, 20),
    activation: str = "relu",
    bias: bool = True,
) -> Network:
    """Random samples and weights, labels that depend on the samples and on chance."""
    d, units, o = widths
    inputs = rng.normal(size=(samples, d))
    signal = np.abs(inputs @ rng.normal(size=(d, o))) + rng.normal(size=(samples, o)) / 2
    if loss is Logistic:
        signal = (signal > np.median(signal)).astype(float)
    elif loss is SoftmaxCrossEntropy:
        signal = np.eye(o)[signal.argmax(axis=1)]
    layers = (
        Dense(rng.normal(size=(units, d)), rng.normal(size=units) if bias else None),
        Dense(rng.normal(size=(o, units)), rng.normal(size=o) if bias else None),
    )
    objective = Objective(loss(Fraction(1, samples)), penalised_everywhere(layers, rate))
    return Network(layers, (parse_activation(activation),), inputs, signal, objective)


@dataclass(frozen=True)
class Planted:
    """A network whose weights are at a minimum on kinks, but for rounding, if its curvature is positive.

    Parameters
    ----------
    network
        The problem.
    kinks, shares
        Pairs (sample, unit) in order, and θ of each.
    """

    network: Network
    kinks: tuple[tuple[int, int], ...]
    shares: tuple[float, ...]


def planted_minimum(
    rng: np.random.Generator, widths: tuple[int, int, int], kinks: int, *, logistic: bool = False, leak: float = 0.0
) -> Planted | None:
    """Weights, samples and shares first, then labels that make the frozen objective critical; ``None`` if κ fails.

    Parameters
    ----------
    rng, widths
        (d, units, o), with biases.
    kinks
        How many samples lie at the kink of one unit each.
    logistic
        Labels between 0 and 1 instead of numbers.
    leak
        The slope for u < 0.
    """
    d, units, o = widths
    inner, outer = rng.normal(size=(units, d + 1)), rng.normal(size=(o, units + 1))
    # at every critical point both layers' weights of a unit have one length: each is moved by the same sum
    outer[:, :units] *= np.linalg.norm(inner, axis=1) / np.linalg.norm(outer[:, :units], axis=0)
    samples = (units * (d + 1) + o * (units + 1)) // o + 3 + kinks
    inputs = np.hstack([rng.normal(size=(samples, d)), np.ones((samples, 1))])
    held = {index: int(rng.integers(units)) for index in range(kinks)}
    for index, unit in held.items():
        weight = inner[unit, :d]
        inputs[index, :d] -= (inputs[index] @ inner[unit]) / (weight @ weight) * weight
    u = inputs @ inner.T
    slopes = np.where(u > 0, 1.0, leak)
    thetas = rng.uniform(0.1, 0.9, size=kinks)
    for (index, unit), theta in zip(held.items(), thetas, strict=True):
        slopes[index, unit] = leak + (1 - leak) * theta
    hidden = np.hstack([slopes * u, np.ones((samples, 1))])
    outputs, rate = hidden @ outer.T, Fraction(1, int(rng.integers(10, 80)))
    signed = {index: np.sign(1 - leak) * outer[:, unit] for index, unit in held.items()}
    pulls = _critical_pulls(rng, (inner, outer), (inputs, slopes, hidden), float(rate), signed)
    targets = None if pulls is None else _labels(outputs, pulls * samples, logistic=logistic)
    if targets is None:
        return None
    layers = Dense(inner[:, :d].copy(), inner[:, d].copy()), Dense(outer[:, :units].copy(), outer[:, units].copy())
    loss = (Logistic if logistic else Squared)(Fraction(1, samples))
    activation = "relu" if leak == 0 else f"leaky_relu({Fraction(leak)})"
    objective = Objective(loss, penalised_everywhere(layers, rate))
    network = Network(layers, (parse_activation(activation),), inputs[:, :d].copy(), targets, objective)
    return Planted(network, tuple(held.items()), tuple(thetas.tolist()))


def _critical_pulls(
    rng: np.random.Generator,
    weights: tuple[np.ndarray, np.ndarray],
    data: tuple[np.ndarray, np.ndarray, np.ndarray],
    rate: float,
    signed: dict[int, np.ndarray],
) -> np.ndarray | None:
    """ω_i g_i, (n, o), with Σ ω_i g_ic h̃_i + λ V_c = 0, Σ ω_i (g_i·v_l) s_il x̃_i + λ w̃_l = 0, and g·v of one sign."""
    (inner, outer), (inputs, slopes, hidden) = weights, data
    samples, units, o = len(inputs), len(inner), len(outer)
    rows = [np.outer(hidden[:, b], np.eye(o)[c]).ravel() for c in range(o) for b in range(units + 1)]
    rows += [
        np.outer(slopes[:, k] * inputs[:, j], outer[:, k]).ravel() for k in range(units) for j in range(inputs.shape[1])
    ]
    matrix, wanted = np.array(rows), -rate * np.concatenate([outer.ravel(), inner.ravel()])
    best = np.linalg.lstsq(matrix, wanted, rcond=None)[0]
    if np.linalg.norm(matrix @ best - wanted) > 1e-12:
        return None
    null = np.linalg.svd(matrix)[2][len(rows) :]
    size = np.linalg.norm(best) / np.sqrt(len(best))
    for _ in range(40):
        pulls = (best + size * rng.normal(size=len(null)) @ null).reshape(samples, o)
        if all(pulls[index] @ across > 0.05 * size for index, across in signed.items()):
            return pulls
    return None


def _labels(outputs: np.ndarray, gradients: np.ndarray, *, logistic: bool) -> np.ndarray | None:
    """Those with these gradients of the losses; ``None`` if there are none."""
    if not logistic:
        return outputs - gradients / 2
    labels = expit(outputs) - gradients
    return labels if ((labels > 0) & (labels < 1)).all() else None
