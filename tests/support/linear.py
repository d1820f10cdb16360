"""Deep linear networks, and their loss in rationals, sample by sample."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import numpy as np
from flint import fmpq, fmpq_mat

from certificates import Dense, Network
from certificates.expression import parse_activation
from certificates.subjects import Objective, Squared

__all__ = [
    "best_product",
    "critical_point",
    "exact_gradient_square",
    "exact_loss",
    "linear_problem",
    "linear_weights",
    "near_best",
    "rational_matrix",
]


def linear_problem(weights, inputs, targets, scale: Fraction = Fraction(1, 2), teacher=None) -> Network:
    """The network x ↦ W_H⋯W_1 x, all layers trained."""
    arrays = [np.array(weight, dtype=float) for weight in weights]
    return Network(
        tuple(Dense(weight, None) for weight in arrays),
        (parse_activation("identity"),) * (len(arrays) - 1),
        np.array(inputs, dtype=float),
        None if targets is None else np.array(targets, dtype=float),
        Objective(Squared(scale)),
        teacher and tuple(Dense(np.array(weight, dtype=float), None, False) for weight in teacher),
    )


def linear_weights(rng: np.random.Generator, widths: Sequence[int]) -> list[np.ndarray]:
    """Random weights of these widths."""
    return [rng.normal(size=(out, into)) / np.sqrt(into) for into, out in pairwise(widths)]


def rational_matrix(array) -> fmpq_mat:
    """The exact values."""
    numbers = [Fraction(float(entry)) for entry in np.ravel(array)]
    return fmpq_mat(*np.shape(array), [fmpq(number.numerator, number.denominator) for number in numbers])


def exact_loss(network: Network, weights: Sequence[fmpq_mat] | None = None) -> Fraction:
    """The loss f at the network's own weights, or at others of any inner widths; given labels."""
    layers = [rational_matrix(layer.weight) for layer in network.layers] if weights is None else weights
    outputs = rational_matrix(network.inputs)
    for layer in layers:
        outputs = outputs * layer.transpose()
    entries = (outputs - rational_matrix(network.given_targets)).entries()
    square = sum((entry * entry for entry in entries), fmpq(0))
    return network.objective.squared_scale * Fraction(int(square.p), int(square.q))


def best_product(network: Network, targets=None) -> list[np.ndarray]:
    """Two factors B, A of inner width r for which AB nearly minimises f, found from the residual of least squares."""
    rank = min(network.widths)
    x, y = network.inputs, network.targets if targets is None else targets
    whole = np.linalg.lstsq(x, y, rcond=None)[0].T
    left = np.linalg.svd(whole @ x.T, full_matrices=False)[0][:, :rank]
    return [left.T @ whole, left]


def exact_gradient_square(network: Network) -> Fraction:
    """‖∇f‖² in the trained layers, by reverse accumulation over the samples."""
    layers = [rational_matrix(layer.weight) for layer in network.layers]
    reached = [rational_matrix(network.inputs)]
    for layer in layers:
        reached.append(reached[-1] * layer.transpose())
    back, total = reached.pop() - rational_matrix(network.given_targets), fmpq(0)
    for own, layer, into in zip(reversed(network.layers), reversed(layers), reversed(reached), strict=True):
        if own.trained:
            total += sum((entry * entry for entry in (back.transpose() * into).entries()), fmpq(0))
        back = back * layer
    return 4 * network.objective.squared_scale**2 * Fraction(int(total.p), int(total.q))


def near_best(network: Network, size: float = 0.0, seed: int = 0) -> Network:
    """With weights whose product is nearly the best one, padded to the widths, and turned by ``size``."""
    below, above = best_product(network)
    rng, last, layers = np.random.default_rng(seed), len(network.layers) - 1, []
    for index, layer in enumerate(network.layers):
        weight = np.eye(*layer.weight.shape)
        for place, block in ((0, below), (last, above)):
            if index == place:
                weight = np.zeros(layer.weight.shape)
                weight[: block.shape[0], : block.shape[1]] = block
        layers.append(replace(layer, weight=weight + size * rng.normal(size=weight.shape)))
    return replace(network, layers=tuple(layers))


def critical_point(
    rng: np.random.Generator, widths: Sequence[int], kept: Sequence[int], blocks: bool = False
) -> Network:
    """An exact critical point: Y = diag(s), X = I, s falling integers, and the singular pairs ``kept`` of Y.

    Layers are turned by integer shears with integer inverses. With ``blocks`` inner layers may also act on coordinates
    that no kept pair uses, every second one, so that nothing passes through all of them.
    """
    low, rank = min(widths[0], widths[-1]), len(kept)
    values = np.arange(low, 0, -1) + 1.0
    targets = np.zeros((widths[0], widths[-1]))
    targets[range(low), range(low)] = values
    weights = []
    for index, (into, out) in enumerate(pairwise(widths)):
        weight, last = np.zeros((out, into)), index == len(widths) - 2
        for place, pair in enumerate(kept):
            weight[pair if last else place, place if index else pair] = values[pair] if last else 1.0
        if blocks and index % 2 and not last and min(out, into) > rank:
            weight[-1, -1] = float(rng.integers(1, 4))
        weights.append(weight)
    shears = [np.eye(widths[0]), *(_shear(rng, width) for width in widths[1:-1]), np.eye(widths[-1])]
    turned = [shears[k + 1] @ weight @ np.rint(np.linalg.inv(shears[k])) for k, weight in enumerate(weights)]
    return linear_problem(turned, np.eye(widths[0]), targets)


def _shear(rng: np.random.Generator, size: int) -> np.ndarray:
    """Unit lower triangular, with at most one entry off the diagonal."""
    shear = np.eye(size)
    if size > 1:
        shear[-1, 0] = float(rng.integers(-2, 3))
    return shear
