"""Weights at a critical point of any index near the given ones: Newton's method on ∇f = 0, damped as least squares."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.linalg import LinAlgError, eigh

from certificates import Network
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.enclosures.objectives.flat import flat_directions, raised
from certificates.errors import EnclosureFailure
from verify.numeric.mlp import Array
from verify.numeric.smooth_objective import FloatObjective
from verify.search.objective_polish import PolishedObjective, changed_predictions

__all__ = ["critical_weights", "polish_to_critical"]

_STEPS, _DAMPINGS = 200, 40
_LEAST = 1e-12  # an eigenvalue below this share of the largest is taken for 0


def polish_to_critical(
    network: Network, progress: Callable[[str, int, float | None], None] = lambda *_: None
) -> PolishedObjective:
    """Weights at a critical point nearby, with what is to be said of the way there; ``progress`` is told ‖∇f‖."""
    objective, count = FloatObjective(network), 0

    def tell(step: int, slope: float) -> None:
        nonlocal count
        count = step
        progress("Newton steps", step, slope)

    start = objective.initial()
    weights = critical_weights(network, tell)
    norms = [_length(_gradient(objective, each)) for each in (start, weights)]
    return PolishedObjective(
        network=objective.network(weights),
        correction=np.zeros_like(weights),
        ended="critical",
        distance=_length(weights - start),
        losses=(objective.value(start), objective.value(weights)),
        changed=changed_predictions(network, objective.outputs(start), objective.outputs(weights)),
        gradient_norms=(norms[0], norms[1], norms[1]),
        eigenvalues=(np.nan, np.nan),
        softest=None,
        steps=count,
    )


def critical_weights(network: Network, progress: Callable[[int, float], None] = lambda *_: None) -> Array:
    """The weights at which steps that shrink ‖∇f‖ end.

    Parameters
    ----------
    network
        Any problem with a smooth objective and at most some thousand trained parameters.
    progress
        Told the step and ‖∇f‖.

    Returns
    -------
    Array
        (p,); the given ones where numbers overflow. Flat directions are not moved along.
    """
    objective = FloatObjective(network)
    weights = objective.initial()
    slope = _gradient(objective, weights)
    with np.errstate(all="ignore"):
        for step in range(_STEPS):
            progress(step, _length(slope))
            moved = _damped(network, objective, weights, slope)
            if moved is None:
                break
            weights, slope = moved
    return weights


def _gradient(objective: FloatObjective, weights: Array) -> Array:
    """In extended precision, where the platform has it: near a critical point the rest is rounding."""
    found: Array = objective.gradient(weights.astype(np.longdouble)).astype(np.float64)
    return found


def _length(vector: Array) -> float:
    return float(np.linalg.norm(vector))


def _damped(network: Network, objective: FloatObjective, weights: Array, slope: Array) -> tuple[Array, Array] | None:
    """The least damping of (H² + τI)d = −H∇f that shrinks ‖∇f‖; ``None`` if none does."""
    matrix = objective.hessian(weights)
    try:
        height = float(np.max(np.abs(matrix)))
        values, vectors = eigh(raised(BallMatrix(matrix), network, flat_directions(network), height).mid)
    except (LinAlgError, EnclosureFailure, ValueError):
        return None
    along, damping = vectors.T @ slope, 0.0
    largest = float(np.max(np.abs(values)))
    usable = np.abs(values) > _LEAST * largest
    for _ in range(_DAMPINGS):
        factors = np.divide(values, values * values + damping, out=np.zeros_like(values), where=usable)
        moved = weights - vectors @ (factors * along)
        found = _gradient(objective, moved)
        if _length(found) < _length(slope):
            return moved, found
        damping = max(4 * damping, 1e-12 * largest * largest)
    return None
