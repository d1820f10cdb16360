"""Random objectives, and points of the ball climbed towards the largest ratio of what is true and what is bounded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy as np

from certificates import Dense, Network
from certificates.expression import parse_activation
from certificates.subjects import Logistic, Objective, SoftmaxCrossEntropy, Squared
from tests.support.line_jets import hessian_by_lines, layer_series
from tests.support.naive import forward, parameters

__all__ = ["climb_derivatives", "climb_hessian", "climb_sums", "random_objective"]

_ACTIVATIONS = ("tanh", "softplus(1)", "gelu", "sin")
_LOSSES = ("squared", "logistic", "softmax")


def random_objective(rng: np.random.Generator, *, tiny: bool = False, depth: int = 0) -> tuple[Network, str]:
    """1 to 4 hidden layers; now and then one is frozen, has no bias, fits its data or saturates its loss."""
    name, loss = str(rng.choice(_ACTIVATIONS)), str(rng.choice(_LOSSES))
    depth = depth or int(rng.integers(2, 6))
    widths = [int(rng.integers(1, 2 if tiny else 4)) for _ in range(depth + 1)]
    widths[-1] = max(widths[-1], 2) if loss == "softmax" else widths[-1]
    samples = 1 if tiny else int(rng.integers(1, 7))
    gain, frozen = 10.0 ** rng.uniform(-1.0, 0.7), int(rng.integers(0, 3 * depth))
    saturating = rng.choice([1.0, 8.0])
    layers = tuple(
        Dense(
            gain * (saturating if k == depth - 1 else 1) * rng.normal(size=(widths[k + 1], widths[k])),
            None if rng.random() < 0.3 else rng.normal(size=widths[k + 1]),
            k != frozen,
        )
        for k in range(depth)
    )
    inputs = rng.normal(size=(samples, widths[0])) * 10.0 ** rng.uniform(-1, 0.5)
    activations = (parse_activation(name),) * (depth - 1)
    blank = Network(layers, activations, inputs, np.zeros((samples, widths[-1])), Objective(Squared(Fraction(1))))
    targets, objective = _labelled(rng, loss, forward(blank, parameters(blank), name))
    return Network(layers, activations, inputs, targets, objective), name


def _labelled(rng: np.random.Generator, loss: str, outputs: np.ndarray) -> tuple[np.ndarray, Objective]:
    samples, width = outputs.shape
    scale = Fraction(1, int(rng.integers(1, 9)))
    weights = tuple(Fraction(int(k), 7) for k in rng.integers(1, 20, size=samples))
    weights = weights if len(set(weights)) > 1 else ()
    if loss == "squared":
        fitted = rng.random() < 0.5
        return (outputs if fitted else rng.normal(size=outputs.shape)), Objective(Squared(scale), (), weights)
    if loss == "logistic":
        return rng.integers(0, 5, size=outputs.shape) / 4, Objective(Logistic(scale), (), weights)
    return np.eye(width)[rng.integers(0, width, size=samples)], Objective(SoftmaxCrossEntropy(scale), (), weights)


def _in_ball(move: np.ndarray, radius: float) -> np.ndarray:
    length = np.linalg.norm(move)
    return move * min(1.0, radius / length) if length > 0 else move


def _climb(rng, start: np.ndarray, scales: np.ndarray, ratio: Callable[[np.ndarray], float], steps: int) -> float:
    """The largest ratio that hill climbing finds from ``start``, with steps of these scales."""
    best, value, width = start, ratio(start), 1.0
    for _ in range(steps):
        trial = best + width * scales * rng.normal(size=len(start)) / np.sqrt(len(start))
        found = ratio(trial)
        if found > value:
            best, value, width = trial, found, min(width * 1.5, 1.0)
        else:
            width = max(width * 0.85, 1e-3)
    return value


def climb_hessian(rng, network: Network, name: str, radius: float, bound: float, steps: int) -> float:
    """‖∇²f(w) − ∇²f(w_0)‖ over a bound of it; the climb begins on the sphere."""
    start = parameters(network)
    centre = hessian_by_lines(network, start, name)

    def ratio(move: np.ndarray) -> float:
        change = hessian_by_lines(network, start + _in_ball(move, radius), name) - centre
        size = float(np.abs(np.linalg.eigvalsh(change)).max())
        noise = 1e-13 * float(np.abs(centre).max())
        return size / bound if size > noise else 0.0

    scales = np.full(len(start), radius)
    return _climb(rng, scales * rng.normal(size=len(start)), scales, ratio, steps)


def _climb_lines(
    rng, network: Network, name: str, radius: float, ratio: Callable[[list[list[np.ndarray]]], float], steps: int
) -> float:
    """A ratio of the derivatives at a point of the ball along a unit direction, both climbed."""
    start = parameters(network)
    size = len(start)

    def along(both: np.ndarray) -> float:
        direction = both[size:] / max(float(np.linalg.norm(both[size:])), 1e-300)
        return ratio(layer_series(network, start + _in_ball(both[:size], radius), direction[None], name))

    scales = np.repeat([radius, 1.0], size)
    return _climb(rng, scales * rng.normal(size=2 * size), scales, along, steps)


def climb_derivatives(
    rng,
    network: Network,
    name: str,
    radius: float,
    tables: Sequence[Sequence[np.ndarray]],
    steps: int,
    *,
    outputs: bool = False,
) -> float:
    """‖D^k z_ℓ[u, …, u]‖ over T^k for a random layer, sample and order k; ``tables[k − 1][ℓ]``, (n,).

    ``outputs``: the tables hold the last layer alone.
    """
    layer, order, sample = (int(rng.integers(k)) for k in (len(network.layers), 3, network.sample_count))
    layer = -1 if outputs else layer
    bound = max(float(tables[order][layer][sample]), 1e-12)

    def ratio(series: list[list[np.ndarray]]) -> float:
        return float(np.linalg.norm(series[layer][order + 1][0, sample])) / bound

    return _climb_lines(rng, network, name, radius, ratio, steps)


def climb_sums(
    rng, network: Network, name: str, radius: float, weights: np.ndarray, order: int, bound: float, steps: int
) -> float:
    """(Σ s_i ‖D²F_i[u, u]‖²)^½ over β for order 2, Σ c_i ‖D³F_i[u, u, u]‖ over Γ for order 3."""

    def ratio(series: list[list[np.ndarray]]) -> float:
        each = np.linalg.norm(series[-1][order][0], axis=1)
        found = np.sqrt(weights @ each**2) if order == 2 else weights @ each
        return float(found) / max(bound, 1e-12)

    return _climb_lines(rng, network, name, radius, ratio, steps)
