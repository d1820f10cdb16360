"""Weights to start from, drawn anew for each number of a start: the same seed and number give the same weights."""

from __future__ import annotations

import numpy as np

from certificates import Network
from verify.numeric.mlp import Array

__all__ = ["random_start"]

_SCALES = (0.5, 4.0)  # of pre-activations at inputs of unit size: from nearly linear to saturated


def random_start(network: Network, seed: int, number: int) -> Array:
    """Trained parameters, (p,): normal, for each tensor so large that pre-activations are of a drawn size.

    Examples
    --------
    >>> import verify
    >>> net = verify.from_arrays([[[1.0, 0.0]], [[1.0]]], None, "tanh", [[1.0, 2.0]], [[0.5]])
    >>> bool((random_start(net, 0, 1) == random_start(net, 0, 1)).all()), random_start(net, 0, 1).shape
    (True, (3,))
    """
    rng = np.random.default_rng((seed, number))
    pieces: list[Array] = []
    for index, layer in enumerate(network.layers):
        if not layer.trained:
            continue
        size = 1.0
        if index == 0:
            size = float(np.sqrt(np.mean(network.inputs**2)))
        width = layer.weight.shape[1] * (size or 1.0) ** 2
        scale = np.exp(rng.uniform(*np.log(_SCALES))) / np.sqrt(width)
        pieces.append(scale * rng.normal(size=layer.weight.size))
        if layer.bias is not None:
            pieces.append(scale * size * rng.normal(size=layer.bias.size))
    return np.concatenate(pieces)
