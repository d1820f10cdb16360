"""Newton's method towards critical points of a given index: down along most eigenvectors, up along the lowest ones."""

from __future__ import annotations

import numpy as np
from scipy.linalg import LinAlgError, eigh

from certificates import Network
from verify.numeric.mlp import Array
from verify.numeric.smooth_objective import FloatObjective
from verify.search.newton_steps import Curvature, curvature_at

__all__ = ["followed"]

_STEPS, _REACH = 80, 1.0  # the longest step, in weights
_SOFT = 1e-3  # of λ_max: no softer eigenvalue counts while the index is another one
_DONE = 1e-12  # of the weights
_FAR = 10.0  # weights that grow so much do not come back


def followed(network: Network, start: Array, index: int) -> Array:
    """Where steps that climb along the ``index`` lowest eigenvectors and descend along the others end.

    Steps are those of Newton's method once the Hessian has so many negative eigenvalues. Weights that run away, as
    those of units that saturate do, are left where they are.

    Examples
    --------
    >>> import verify
    >>> net = verify.from_arrays([[[0.3]], [[0.2]]], None, "tanh", [[1.0]], [[1.0]], decay=0.1)
    >>> saddle = followed(net, np.array([0.3, 0.2]), 1)
    >>> bool(np.linalg.norm(saddle) < 1e-12)  # the origin
    True
    """
    objective, w = FloatObjective(network), start
    far = _FAR * (1 + float(np.linalg.norm(start)))
    for _ in range(_STEPS):
        with np.errstate(all="ignore"):
            curvature, slope = curvature_at(network, objective, w), objective.gradient(w)
        step = None if curvature is None or not np.isfinite(slope).all() else _step(curvature, slope, index)
        if step is None:
            return w
        length, size = float(np.linalg.norm(step)), float(np.linalg.norm(w))
        w = w + step * min(1.0, _REACH / max(length, 1e-300))
        if length <= _DONE * (1 + size) or size > far:
            return w
    return w


def _step(curvature: Curvature, slope: Array, index: int) -> Array | None:
    try:
        values, vectors = eigh(curvature.matrix)
    except LinAlgError:
        return None
    height = float(np.max(np.abs(values)))
    reached = int(np.sum(values < 0)) == index
    bends = np.maximum(np.abs(values), (1e-14 if reached else _SOFT) * height)
    bends[:index] *= -1
    found: Array = -vectors @ ((vectors.T @ slope) / bends)
    return found
