"""Units that hardly answer to their weights: slopes that are tiny beside the largest of the activation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from certificates import Network
from verify.numeric.activations import compile_activation
from verify.numeric.mlp import Perceptron
from verify.search.fewer_samples import fewer_samples

__all__ = ["Saturation", "saturation"]

_TINY = 1e-3
_MOST_SLOPES = 10**7
_NEAR = np.linspace(-4.0, 4.0, 161)  # where activations have their largest slope, as a rule


@dataclass(frozen=True)
class Saturation:
    """Of one hidden layer.

    Parameters
    ----------
    units
        How many there are.
    idle
        How many have |φ'| below a thousandth of its largest on [−4, 4], at every sample.
    share
        Of all slopes, those that are so small.
    """

    units: int
    idle: int
    share: float

    def __str__(self) -> str:
        """In words."""
        return f"{self.share:.0%} of slopes, {self.idle} of {self.units} units at every sample"


def saturation(network: Network) -> Iterator[Saturation]:
    """For every hidden layer, over all samples or over so many that they have ten million slopes.

    Examples
    --------
    >>> import verify
    >>> layers = [[[1.0], [9.0], [0.0]], [[1.0, 1.0, 1.0]]]
    >>> for layer in saturation(verify.from_arrays(layers, None, "tanh", [[1.0], [-2.0]], [[0.0], [0.0]])): print(layer)
    33% of slopes, 1 of 3 units at every sample
    """
    count = max(1, _MOST_SLOPES // sum(network.widths[1:]))
    network = fewer_samples(network, count)
    net = Perceptron(network)
    with np.errstate(all="ignore"):
        for activation, slopes in zip(network.activations, net.slopes(net.initial()), strict=True):
            largest = float(np.nanmax(np.abs(compile_activation(activation)(_NEAR)[1])))
            tiny = np.abs(slopes) <= _TINY * largest
            yield Saturation(tiny.shape[1], int(tiny.all(axis=0).sum()), float(tiny.mean()))
