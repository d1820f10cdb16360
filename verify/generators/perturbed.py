"""Weights moved by small seeded noise, which makes features independent that are not (lemma 5.2.5)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from certificates.errors import MalformedProblem
from certificates.subjects import MOST_NOTES, Layer, Network
from verify.generators.initialisations import gaussian_rows
from verify.generators.streams import stream
from verify.numeric.smooth_objective import FloatObjective

__all__ = ["Perturbed", "perturbed"]


@dataclass(frozen=True)
class Perturbed:
    """A problem with other weights.

    Parameters
    ----------
    network
        It; what is certified about it is about these weights, not about the given ones.
    distance
        ρ, the Euclidean norm of the change of all weights and biases, in float64.
    before, after
        The objective at the given and at the new weights, in float64.
    """

    network: Network
    distance: float
    before: float
    after: float


def perturbed(network: Network, *, below: int | None = None, size: float = 1e-3, seed: int = 0) -> Perturbed:
    """Add independent N(0, size²) noise to weights and biases of layers.0 … layers.(below − 1), trained or not.

    Parameters
    ----------
    network
        The problem.
    below
        The layer whose inputs are to become independent: it and those above it stay. The last one by default.
    size
        The standard deviation, positive.
    seed
        The same arguments give the same network. Every layer has a stream of its own.

    Raises
    ------
    MalformedProblem
        No such layer, or no positive size.

    Examples
    --------
    >>> import verify
    >>> problem = verify.from_arrays([[[1.0], [1.0]], [[1.0, 1.0]]], None, "tanh", [[0.5], [1.0]], [1, 0])
    >>> moved = perturbed(problem, size=0.01)
    >>> bool(0 < moved.distance < 0.1), moved.network.notes[-1]
    (True, 'perturbed: layers.0 to layers.0 by noise of size 0.01, seed 0')
    """
    last = len(network.layers) - 1
    stop = last if below is None else below
    if not 1 <= stop <= last:
        raise MalformedProblem(
            f"no weights lie below layers.{stop}", place="below", remedy=f"a number from 1 to {last}"
        )
    if not (np.isfinite(size) and size > 0):
        raise MalformedProblem(f"expected a positive size, got {size:g}", place="size", remedy="such as 1e-3")
    layers = tuple(
        _moved(layer, size, seed, index) if index < stop else layer for index, layer in enumerate(network.layers)
    )
    changes = [new.weight - old.weight for new, old in zip(layers, network.layers, strict=True)]
    changes += [
        new.bias - old.bias
        for new, old in zip(layers, network.layers, strict=True)
        if new.bias is not None and old.bias is not None
    ]
    distance = float(np.sqrt(sum(float(np.sum(change**2)) for change in changes)))
    note = f"perturbed: layers.0 to layers.{stop - 1} by noise of size {size:g}, seed {seed}"
    other = replace(network, layers=layers, notes=(*network.notes[: MOST_NOTES - 1], note))
    return Perturbed(other, distance, _objective(network), _objective(other))


def _moved(layer: Layer, size: float, seed: int, index: int) -> Layer:
    rng = stream(seed, index)
    weight = layer.weight + size * gaussian_rows(rng, *layer.weight.shape)
    bias: NDArray[np.float64] | None = None
    if layer.bias is not None:
        bias = layer.bias + size * gaussian_rows(rng, 1, len(layer.bias))[0]
    return replace(layer, weight=weight, bias=bias)


def _objective(network: Network) -> float:
    objective = FloatObjective(network)
    return float(objective.value(objective.initial()))
