"""Training ReLU networks of two hidden layers, all of one width, by stochastic gradient descent; nothing is proved."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from verify.experiments.golikov_2020.digits import Digits
from verify.generators.streams import stream

__all__ = ["CLASSES", "Layers", "Settings", "Trial", "gradients", "he_start", "move", "train", "values_of"]

Array = NDArray[np.float64]
Layers = list[tuple[Array, Array]]
"""Weights (out, in) and biases (out,) of each layer."""

CLASSES = 10

_START, _ORDER = 0, 1  # streams of a trial: its start does not depend on its batches


@dataclass(frozen=True)
class Settings:
    """Sizes of the experiment.

    Parameters
    ----------
    widths, seeds
        Units of both hidden layers, and how many starts for each.
    samples, batch, step_size, epochs
        Images to train on, of a step; at most so many passes over them.
    proof_widths, proof_samples
        Widths at which the judge is asked too, and images of the problems that it is asked about.
    proof_step_size, proof_steps
        Of descent on the squared loss of those problems.
    seed
        Of everything.
    """

    widths: tuple[int, ...] = (4, 8, 16, 32, 64, 128, 256)
    seeds: int = 5
    samples: int = 1_000
    batch: int = 50
    step_size: float = 0.1
    epochs: int = 200
    proof_widths: tuple[int, ...] = (4, 8, 16, 32, 64, 98, 99, 128, 181, 256)
    proof_samples: int = 100
    proof_step_size: float = 0.1
    proof_steps: int = 1_000
    seed: int = 0


@dataclass(frozen=True)
class Trial:
    """One start and what became of it.

    Parameters
    ----------
    width, index
        Which.
    errors
        Training images that the network has wrong: at the start and after each epoch.
    accuracy
        Share of the test images that it has right in the end.
    """

    width: int
    index: int
    errors: tuple[int, ...]
    accuracy: float

    @property
    def epochs(self) -> float:
        """After how many epochs every training image is right; ∞ for never."""
        return len(self.errors) - 1 if self.errors[-1] == 0 else np.inf


def he_start(settings: Settings, width: int, index: int, dimension: int) -> Layers:
    """Weights N(0, 2/in), biases 0."""
    rng = stream(settings.seed, _START, width, index)
    sizes = (dimension, width, width, CLASSES)
    shapes = list(zip(sizes[1:], sizes[:-1], strict=True))
    return [(rng.normal(scale=np.sqrt(2 / shape[1]), size=shape), np.zeros(shape[0])) for shape in shapes]


def values_of(layers: Layers, inputs: Array) -> list[Array]:
    """What each layer reads, and the outputs, one row a sample."""
    values = [inputs]
    for index, (weight, bias) in enumerate(layers):
        sums = values[-1] @ weight.T + bias
        values.append(np.maximum(sums, 0) if index < len(layers) - 1 else sums)
    return values


def gradients(layers: Layers, values: list[Array], slopes: Array) -> Layers:
    """By each layer's weights and biases, from the slopes by the outputs."""
    found: Layers = []
    for index in reversed(range(len(layers))):
        found.append((slopes.T @ values[index], slopes.sum(axis=0)))
        if index:
            slopes = (slopes @ layers[index][0]) * (values[index] > 0)
    return found[::-1]


def move(layers: Layers, by: Layers, step_size: float) -> Layers:
    """A step of gradient descent."""
    return [(w - step_size * dw, b - step_size * db) for (w, b), (dw, db) in zip(layers, by, strict=True)]


def train(settings: Settings, data: Digits, width: int, index: int) -> Trial:
    """Descend on the cross-entropy until every training image is right, or the epochs are over."""
    layers = he_start(settings, width, index, data.inputs.shape[1])
    rng = stream(settings.seed, _ORDER, width, index)
    errors = [_wrong(layers, data.inputs, data.labels)]
    while errors[-1] and len(errors) <= settings.epochs:
        order = rng.permutation(len(data.labels))
        for first in range(0, len(order), settings.batch):
            batch = order[first : first + settings.batch]
            values = values_of(layers, data.inputs[batch])
            slopes = _cross_entropy_slopes(values[-1], data.labels[batch])
            layers = move(layers, gradients(layers, values, slopes), settings.step_size)
        errors.append(_wrong(layers, data.inputs, data.labels))
    right = 1 - _wrong(layers, data.test_inputs, data.test_labels) / len(data.test_labels)
    return Trial(width, index, tuple(errors), right)


def _cross_entropy_slopes(outputs: Array, labels: NDArray[np.int64]) -> Array:
    """Of the mean over the batch."""
    shares = np.exp(outputs - outputs.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    shares[np.arange(len(labels)), labels] -= 1
    slopes: Array = shares / len(labels)
    return slopes


def _wrong(layers: Layers, inputs: Array, labels: NDArray[np.int64]) -> int:
    return int(np.count_nonzero(values_of(layers, inputs)[-1].argmax(axis=1) != labels))
