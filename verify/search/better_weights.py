"""Weights at which the objective is smaller than at the given ones: by descent from random starts."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.optimize import minimize

from certificates import Network
from verify.numeric.mlp import Array
from verify.numeric.smooth_objective import FloatObjective
from verify.search.random_starts import random_start

__all__ = ["better_weights"]

_STARTS, _STEPS = 24, 1_000
_SURE = 1e-6  # of f: what is better by less may be the same minimum


def better_weights(
    network: Network,
    *,
    starts: int = _STARTS,
    seed: int = 0,
    progress: Callable[[str, int, float | None], None] = lambda *_: None,
) -> Array | None:
    """The best weights that descent from so many random starts leads to; ``None`` if none are better than the given.

    Parameters
    ----------
    network
        Any problem with a smooth objective and given labels.
    starts, seed
        How many, and which.
    progress
        Told the stage and the number of the start.

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
    best, value = None, given - _SURE * abs(given)
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
