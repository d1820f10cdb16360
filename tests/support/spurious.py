"""Small problems at a strict minimum that is not the best one, with weights that are better."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from functools import cache

import numpy as np

import verify
from certificates import Network
from certificates.subjects import Squared
from tests.support.minima import classifier
from tests.support.planted_frozen import frozen_problem
from verify.numeric.mlp import Array
from verify.numeric.smooth_objective import FloatObjective
from verify.search.objective_polish import polish_objective
from verify.search.random_starts import random_start

__all__ = [
    "deep_regressor",
    "frozen_minima",
    "frozen_output",
    "planted_minimum",
    "two_minima",
    "weighted_regressor",
]

_APART = 1e-3


def frozen_output(seed: int = 2, *, samples: int = 60) -> Network:
    """Three units of tanh with outer weights 1, 1, −1, which stay, and noisy labels of such a network."""
    rng = np.random.default_rng(seed)
    inputs, teacher = np.round(rng.normal(size=(samples, 3)), 3), rng.normal(size=(3, 3))
    outer = np.array([1.0, 1.0, -1.0])
    labels = np.round(np.tanh(inputs @ teacher.T) @ outer + 0.1 * rng.normal(size=samples), 3)
    weights = [rng.normal(size=(3, 3)), outer[None]]
    return verify.from_arrays(weights, None, "tanh", inputs, labels, frozen=[1], loss="half-mean")


def deep_regressor() -> Network:
    """Two hidden layers, squares of residuals, a small penalty."""
    return classifier(np.random.default_rng(8), (2, 2, 2, 1), 10, Squared(Fraction(1, 10)), Fraction(1, 300))


def weighted_regressor() -> Network:
    """One hidden layer of softplus, and weights of samples."""
    rng = np.random.default_rng(4)
    network = classifier(rng, (2, 2, 1), 10, Squared(Fraction(1, 20)), Fraction(1, 300), activation="softplus(1)")
    weights = tuple(Fraction(int(k), 4) for k in rng.integers(3, 6, size=10))
    return replace(network, objective=replace(network.objective, sample_weights=weights))


def two_minima(network: Network, starts: Iterable[int] = range(12)) -> tuple[Network, Array]:
    """The problem at the worst strict minimum that descent from these starts finds, and the best trained parameters."""
    objective = FloatObjective(network)
    found = [polish_objective(objective.network(random_start(network, 0, number))) for number in starts]
    strict = sorted((each for each in found if each.ended == "minimum"), key=lambda each: each.losses[1])
    if strict[-1].losses[1] < (1 + _APART) * strict[0].losses[1] + 1e-9:
        raise RuntimeError("all strict minima are as good")
    return strict[-1].network, FloatObjective(strict[0].network).initial()


@cache
def frozen_minima() -> tuple[Network, Array]:
    """Those of :func:`frozen_output`."""
    return two_minima(frozen_output(), (0, 9))


@cache
def planted_minimum() -> Network:
    """Three units of softplus beside the teacher that plants their labels, at a minimum of 5.06e-4."""
    rng = np.random.default_rng(0)
    inputs = np.round(rng.normal(size=(40, 3)), 3)
    teacher, start = rng.normal(size=(3, 3)), rng.normal(size=(3, 3))
    return two_minima(frozen_problem(start, teacher, [1.0, 1.0, -1.0], inputs, "softplus(1)"), (0, 1))[0]
