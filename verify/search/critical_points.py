"""Critical points of an objective from random starts: where each start ends, and which ends are the same point.

Relabelling hidden units, and turning signs of odd ones with their outer weights, keeps the outputs on every sample and
is orthogonal, so it keeps the spectrum of the Hessian. Two ends are taken for one point up to symmetry if both agree.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from certificates import Network
from certificates.subjects import SoftmaxCrossEntropy
from verify.numeric.mlp import Array
from verify.numeric.smooth_objective import FloatObjective
from verify.search.critical_weights import critical_weights
from verify.search.index_following import followed
from verify.search.newton_steps import curvature_at
from verify.search.objective_polish import polish_objective
from verify.search.random_starts import random_start

__all__ = ["CriticalPoints", "FoundPoint", "end_of_start", "look_at"]

_STILL = 1e-10  # ‖∇f‖ over λ_max(1 + ‖w‖): below, the point is critical up to rounding
_SAME = 1e-5  # of values, outputs and eigenvalues
_HIGHEST = 4  # index that is looked for
_SINGULAR = 1e-8  # of λ_max: an eigenvalue that is 0 for all that floats know


@dataclass(frozen=True, eq=False)
class FoundPoint:
    """A point without a gradient, in floats.

    Parameters
    ----------
    weights
        The trained parameters, (p,).
    value, slope
        f and ‖∇f‖ there.
    outputs
        F, (n, o); of softmax up to the shift of a row, which changes nothing.
    eigenvalues
        Of ∇²f, in order, those of flat directions lifted to the height of the others, (p,).
    starts
        How many starts ended here.
    """

    weights: Array
    value: float
    slope: float
    outputs: Array
    eigenvalues: Array
    starts: int = 1

    @property
    def index(self) -> int:
        """How many eigenvalues are negative, beyond rounding."""
        return int(np.sum(self.eigenvalues < -_SINGULAR * np.max(np.abs(self.eigenvalues))))

    @property
    def is_singular(self) -> bool:
        """Whether some eigenvalue is 0, up to rounding."""
        return bool(np.min(np.abs(self.eigenvalues)) <= _SINGULAR * np.max(np.abs(self.eigenvalues)))

    def is_same(self, other: FoundPoint) -> bool:
        """Whether both are one point up to symmetry; of singular points, one function on the samples."""
        if not _near(np.array([self.value]), np.array([other.value])) or not _near(self.outputs, other.outputs):
            return False
        return (self.is_singular and other.is_singular) or _near(self.eigenvalues, other.eigenvalues)


def _near(first: Array, second: Array) -> bool:
    return bool(np.max(np.abs(first - second)) <= _SAME * max(float(np.max(np.abs(first))), 1e-12))


class CriticalPoints:
    """The points found so far, in the order of their finding, each once.

    Parameters
    ----------
    points
        Those of an earlier run.
    """

    def __init__(self, points: tuple[FoundPoint, ...] = ()) -> None:
        self._points = list(points)

    def __iter__(self) -> Iterator[FoundPoint]:
        return iter(self._points)

    def __len__(self) -> int:
        return len(self._points)

    def add(self, point: FoundPoint) -> None:
        """Count the start for the point that is the same, or take the point in; the smaller gradient stays."""
        for place, known in enumerate(self._points):
            if known.is_same(point):
                kept = known if known.slope <= point.slope else point
                self._points[place] = replace(kept, starts=known.starts + 1)
                return
        self._points.append(point)


def end_of_start(network: Network, seed: int, number: int) -> Array:
    """Where start number 0, 1, … ends: trained parameters, (p,).

    Start 0 is the given weights, from where Newton steps lead to a critical point nearby. Of the random ones those
    with odd numbers descend to a minimum, and the others go to points of index 1, 2, … in turn.
    """
    objective = FloatObjective(network)
    if number == 0:
        return critical_weights(network)
    start = random_start(network, seed, number)
    if number % 2 == 1:
        with np.errstate(all="ignore"):
            return FloatObjective(polish_objective(objective.network(start)).network).initial()
    highest = min(len(start), _HIGHEST)
    return followed(network, start, 1 + (number // 2 - 1) % highest)


def look_at(network: Network, weights: Array) -> FoundPoint | None:
    """The point, if the gradient vanishes there up to rounding; ``None`` if it does not, or where numbers overflow."""
    objective = FloatObjective(network)
    with np.errstate(all="ignore"):
        value = objective.value(weights)
        curvature = curvature_at(network, objective, weights)
        slope = float(np.linalg.norm(objective.gradient(weights.astype(np.longdouble)).astype(np.float64)))
    if curvature is None or not np.isfinite([value, slope]).all():
        return None
    eigenvalues = np.linalg.eigvalsh(curvature.matrix)
    if not slope <= _STILL * float(np.max(np.abs(eigenvalues))) * (1 + float(np.linalg.norm(weights))):
        return None
    outputs = objective.outputs(weights)
    if isinstance(network.objective.loss, SoftmaxCrossEntropy):
        outputs = outputs - outputs.mean(axis=1, keepdims=True)
    return FoundPoint(weights, value, slope, outputs, eigenvalues)
