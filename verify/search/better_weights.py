"""Weights at which the objective is smaller than at the given ones: the teacher's, or by descent from random starts."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.optimize import minimize

from certificates import Network
from verify.numeric.mlp import Array
from verify.numeric.smooth_objective import FloatObjective
from verify.search.random_starts import random_start

__all__ = ["better_weights", "teacher_weights"]

_STARTS, _STEPS = 16, 1_000
_SURE = 1e-6  # of f: what is better by less may be the same minimum


def better_weights(
    network: Network,
    *,
    starts: int = _STARTS,
    seed: int = 0,
    progress: Callable[[str, int, float | None], None] = lambda *_: None,
) -> Array | None:
    """The teacher's weights if they fit, else the best that descent from so many random starts leads to.

    Parameters
    ----------
    network
        Any problem with a smooth objective.
    starts, seed
        How many, and which.
    progress
        Told the stage and the number of the start.

    Returns
    -------
    Array or None
        ``None`` if none are better than the given ones.

    Examples
    --------
    >>> import verify
    >>> net = verify.from_arrays([[[-1.0]], [[1.0]]], None, "tanh", [[1.0]], [[0.5]], frozen=[1])
    >>> best = better_weights(net, starts=2)
    >>> best is not None and abs(float(np.tanh(best[0])) - 0.5) < 1e-3
    True
    """
    objective = FloatObjective(network)
    given = objective.value(objective.initial())
    if given <= 0:
        return None  # no term of f is negative
    best, value = None, given - _SURE * given
    planted = teacher_weights(network)
    if planted is not None and objective.value(planted) < value:
        return planted
    for number in range(starts):
        progress("looking for better weights", number, None)
        found = _descended(objective, random_start(network, seed, number))
        reached = objective.value(found)
        if reached < value:
            best, value = found, reached
    return best


def _descended(objective: FloatObjective, start: Array) -> Array:
    options = {"maxcor": 20, "ftol": 1e-12, "gtol": 1e-9, "maxiter": _STEPS, "maxfun": 2 * _STEPS}
    with np.errstate(all="ignore"):
        found = minimize(objective.value_and_gradient, start, jac=True, method="L-BFGS-B", options=options).x
    return np.asarray(found, np.float64)


def teacher_weights(network: Network) -> Array | None:
    """Trained parameters at which the network is its teacher; ``None`` where labels are given or widths differ."""
    if network.teacher is None:
        return None
    pieces: list[Array] = []
    for layer, planted in zip(network.layers, network.teacher, strict=True):
        same = layer.weight.shape == planted.weight.shape
        if not same or not (layer.trained or np.array_equal(layer.weight, planted.weight)):
            return None
        if layer.trained:
            pieces += [planted.weight.ravel()] + ([] if layer.bias is None else [np.zeros_like(layer.bias)])
    return np.concatenate(pieces)
