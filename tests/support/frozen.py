"""One hidden layer under a frozen output with planted or given labels, among them the test vector 9.2."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np

from certificates import Dense, Network
from certificates.expression import parse_activation
from certificates.subjects import Objective, Squared
from verify.numeric.mlp import Perceptron

__all__ = ["ROWS", "given", "planted", "vector"]

# (.6, .8) and (−.8, .6) on paper: the nearest binary64 numbers
ROWS = np.array([[5, 0], [0, 5], [3, 4], [-4, 3], [5, 5], [5, -5], [10, 5], [-5, 10]]) / 5.0


def planted(
    inputs: np.ndarray,
    teacher: np.ndarray,
    student: np.ndarray | None = None,
    activation: str = "tanh",
    outer: np.ndarray | None = None,
) -> Network:
    """Labels of a teacher, L = (1/2n)Σr²; the student stands at it unless it is given."""
    last = Dense(np.ones((1, len(teacher))) if outer is None else outer, None, trained=False)
    layers = Dense(teacher if student is None else student, None), last
    loss = Objective(Squared(Fraction(1, 2 * len(inputs))))
    source = Dense(teacher, None, trained=False), last
    return Network(layers, (parse_activation(activation),), inputs, None, loss, teacher=source)


def vector(activation: str = "tanh") -> Network:
    """W_0 = W* = I, v = (1, 1)."""
    return planted(ROWS, np.eye(2), activation=activation)


def given(network: Network, noise: float = 0.0, seed: int = 0) -> Network:
    """The same network with labels that the teacher has computed in binary64, and noise."""
    labels = Perceptron(network).targets
    spread = noise * np.random.default_rng(seed).normal(size=labels.shape)
    return replace(network, targets=labels + spread, teacher=None)
