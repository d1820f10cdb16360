"""The same network on fewer of its samples, where all of them are too many to look at."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from certificates import Network

__all__ = ["fewer_samples"]


def fewer_samples(network: Network, count: int) -> Network:
    """So many of the samples, spread evenly over them; the network itself if it has no more.

    Parameters
    ----------
    network
        The problem; weights of its samples are left out.
    count
        At least 1.

    Examples
    --------
    >>> import verify
    >>> network = verify.from_arrays([[[1.0]], [[1.0]]], None, "tanh", [[0.0], [1.0], [2.0]], [[0.0], [1.0], [2.0]])
    >>> fewer_samples(network, 2).inputs.tolist()
    [[0.0], [2.0]]
    """
    if count >= network.sample_count:
        return network
    rows = np.linspace(0, network.sample_count - 1, count).astype(np.intp)
    targets = None if network.targets is None else network.targets[rows]
    objective = replace(network.objective, sample_weights=())
    return replace(network, inputs=network.inputs[rows], targets=targets, objective=objective)
