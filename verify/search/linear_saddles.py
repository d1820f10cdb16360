"""Paths along which the loss of a deep linear network falls: straight, and those of theorem 5.1.5 at flat saddles."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from itertools import product

import numpy as np
from flint import fmpz_mat

from certificates import Network
from certificates.checks.deep_linear import linear_network
from certificates.theorems.deep_linear import LinearNetwork
from verify.search.linear import Array, labels_of

__all__ = ["MOST_PARAMETERS", "RankOne", "flat_saddle_path", "gradient", "lowest_direction"]

MOST_PARAMETERS = 600  # for the eigenvectors of a Hessian


@dataclass(frozen=True)
class RankOne:
    """One term t^power · u vᵀ of the path of a layer, which is counted from 1."""

    layer: int
    power: int
    left: Array
    right: Array


def _between(network: Network) -> tuple[list[Array], list[Array], Array]:
    """W_{>k} and W_{<k}X for each layer k, and RX − Y, samples as columns."""
    weights = [layer.weight for layer in network.layers]
    below = [network.inputs.T]
    for weight in weights:
        below.append(weight @ below[-1])
    above = [np.eye(network.widths[-1])]
    for weight in reversed(weights[1:]):
        above.append(above[-1] @ weight)
    return above[::-1], below[:-1], below[-1] - labels_of(network).T


def gradient(network: Network) -> list[Array]:
    """∇_{W_k}f/2s for each layer, in binary64."""
    above, below, residual = _between(network)
    return [over.T @ residual @ under.T for over, under in zip(above, below, strict=True)]


def lowest_direction(network: Network) -> list[Array] | None:
    """A direction of the trained layers along which the Hessian is lowest, in binary64; ``None`` if it is ≥ 0."""
    trained = [k for k, layer in enumerate(network.layers) if layer.trained]
    above, below, residual = _between(network)
    columns = [
        np.einsum("pa,bn->abpn", above[k], below[k]).reshape(above[k].shape[1] * len(below[k]), -1) for k in trained
    ]
    jacobian = np.concatenate(columns)
    form = jacobian @ jacobian.T
    sizes = np.cumsum([0, *(network.layers[k].weight.size for k in trained)])
    for (i, low), (j, high) in product(enumerate(trained), repeat=2):
        if low < high:
            second = np.einsum("ad,bc->abcd", above[high].T @ residual @ below[low].T, _inner(network, low, high))
            block = second.reshape(sizes[j + 1] - sizes[j], sizes[i + 1] - sizes[i])
            form[sizes[j] : sizes[j + 1], sizes[i] : sizes[i + 1]] += block
            form[sizes[i] : sizes[i + 1], sizes[j] : sizes[j + 1]] += block.T
    if not np.isfinite(form).all():
        return None
    values, vectors = np.linalg.eigh(form)
    if values[0] >= 0:
        return None
    parts = dict(zip(trained, np.split(vectors[:, 0], sizes[1:-1]), strict=True))
    return [
        parts[k].reshape(each.weight.shape) if k in parts else 0 * each.weight for k, each in enumerate(network.layers)
    ]


def _inner(network: Network, low: int, high: int) -> Array:
    """The layers strictly between two."""
    start = np.eye(network.layers[low].weight.shape[0])
    between: Array = reduce(lambda under, layer: layer.weight @ under, network.layers[low + 1 : high], start)
    return between


# ---- theorem 5.1.5 (ii) --------------------------------------------------------------------------------------------


def flat_saddle_path(problem: Network) -> list[RankOne] | None:
    """A path of rank-one terms at an exact critical point whose product has less than the rank it could have."""
    network = linear_network(problem)
    slope = network.product.times(network.gram).minus(network.cross)
    depth = len(network.weights)
    if network.gradient_square(range(1, depth + 1)):
        return None  # no critical point: there is a steepest direction
    for length in range(1, depth + 1):
        for low in range(depth - length + 1):
            theta = network.below(low + 1).times(slope.T).times(network.above(low + length)).table
            entries = np.array([[abs(int(entry)) for entry in row] for row in theta.tolist()], dtype=object)
            if entries.any():
                return _path(network, low, low + length, np.unravel_index(int(np.argmax(entries)), entries.shape))
    return None


def _path(network: LinearNetwork, low: int, high: int, place: tuple[np.intp, ...]) -> list[RankOne] | None:
    """Kernel vectors of what lies above, up to the last layer that is reached whole, then of what lies below."""
    inner = range(low + 1, high)
    over = {k: _kernel(network.above(k).table) for k in inner}
    under = {k: _kernel(network.below(k + 1).table.transpose()) for k in inner}
    cut = max((k for k in inner if not under[k]), default=low)
    if not all(over[k] if k <= cut else under[k] for k in inner):
        return None
    vectors = {k: (over[k] if k <= cut else under[k])[0] for k in inner}
    vectors[low] = np.eye(network.widths[low])[place[0]]
    vectors[high] = np.eye(network.widths[high])[place[1]]
    layers = range(low + 1, high + 1)
    return [RankOne(k, len(layers) if k == cut + 1 else 1, vectors[k], vectors[k - 1]) for k in layers]


def _kernel(table: fmpz_mat) -> list[Array]:
    """Integer vectors that span the kernel, as doubles: exact where they are short."""
    basis, nullity = table.nullspace()
    columns = basis.transpose().tolist()[: int(nullity)]
    found = []
    for column in columns:
        numbers = [int(entry) for entry in column]
        found.append(np.array(numbers, dtype=object) // int(np.gcd.reduce(np.array(numbers, dtype=object))))
    return [each.astype(np.float64) for each in found]
