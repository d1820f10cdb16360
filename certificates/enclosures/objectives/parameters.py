"""Where the trained tensors of a network stand in its flat vector of parameters, and the network with others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from certificates.subjects import FloatArray, Network

__all__ = ["tensor_slices", "with_parameters"]


def tensor_slices(network: Network) -> dict[str, slice]:
    """Layer by layer those that are trained: the weight row by row, then the bias.

    Examples
    --------
    >>> import numpy as np
    >>> from fractions import Fraction
    >>> from certificates.expression import parse_activation
    >>> from certificates.subjects import Dense, Network, Objective, Squared
    >>> layers = Dense(np.ones((2, 3)), np.ones(2)), Dense(np.ones((1, 2)), None)
    >>> data = np.ones((1, 3)), np.ones((1, 1))
    >>> network = Network(layers, (parse_activation("tanh"),), *data, Objective(Squared(Fraction(1))))
    >>> tensor_slices(network)["layers.0.bias"]
    slice(6, 8, None)
    """
    found, at = {}, 0
    for index, layer in enumerate(network.layers):
        if layer.trained:
            tensors = {"weight": layer.weight} if layer.bias is None else {"weight": layer.weight, "bias": layer.bias}
            for name, tensor in tensors.items():
                found[f"layers.{index}.{name}"] = slice(at, at + tensor.size)
                at += tensor.size
    return found


def with_parameters(network: Network, vector: FloatArray) -> Network:
    """The same problem with these trained parameters, (p,), finite; layers that are frozen stay as they are."""
    slices, layers = tensor_slices(network), list(network.layers)
    for index, layer in enumerate(network.layers):
        if layer.trained:
            weight = np.array(vector[slices[f"layers.{index}.weight"]]).reshape(layer.weight.shape)
            bias = None if layer.bias is None else np.array(vector[slices[f"layers.{index}.bias"]])
            layers[index] = replace(layer, weight=weight, bias=bias)
    return replace(network, layers=tuple(layers))
