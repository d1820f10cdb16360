"""Plain gradient descent with a constant step, recorded at regular steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from certificates.subjects import Network
from verify.numeric.mlp import FloatNetwork
from verify.problems.objectives import squared_scale

__all__ = ["Run", "descend"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Run:
    """A run of gradient descent, computed in float64.

    Parameters
    ----------
    step_size
        η.
    steps
        The recorded step numbers, 0 and the last included.
    losses, residual_norms
        f(w_k) and ‖F(w_k) − y‖ at the recorded steps.
    distances
        ‖w_k − w_0‖.
    weights
        w_k at the recorded steps, (records, p).
    """

    step_size: float
    steps: NDArray[np.int64]
    losses: Array
    residual_norms: Array
    distances: Array
    weights: Array


def descend(
    network: Network,
    step_size: float,
    steps: int,
    *,
    record_every: int | None = None,
    progress: Callable[[int, float], None] | None = None,
) -> Run:
    """Run gradient descent from the network's weights.

    Parameters
    ----------
    network
        The problem.
    step_size
        η, constant.
    steps
        How many steps.
    record_every
        Record each so many steps; about 200 records by default, fewer when the weights are many.
    progress
        Called with the step number and the loss at each record.
    """
    net = FloatNetwork(network)
    start = net.initial()
    every = record_every or max(1, steps // _records(start.size))
    w, rows = start.copy(), []
    for step in range(steps + 1):
        loss, gradient = net.loss_and_gradient(w)
        if step % every == 0 or step == steps:
            rows.append((step, loss, float(np.linalg.norm(w - start)), w.copy()))
            if progress is not None:
                progress(step, loss)
        if step < steps:
            w -= step_size * gradient
    losses = np.array([row[1] for row in rows])
    return Run(
        step_size=step_size,
        steps=np.array([row[0] for row in rows], dtype=np.int64),
        losses=losses,
        residual_norms=np.sqrt(losses / float(squared_scale(network))),
        distances=np.array([row[2] for row in rows]),
        weights=np.array([row[3] for row in rows]),
    )


def _records(parameters: int) -> int:
    """At most 200 records, and at most about 256 MB of recorded weights."""
    return max(2, min(200, int(2.5e8 / (8 * parameters))))
