"""Weights next to a strict minimum of any smooth objective: L-BFGS, then Newton's method, the end in wider arithmetic.

What a training run returns is seldom near a minimum: its Hessian mostly has negative eigenvalues. From a saddle the
search follows the lowest eigenvector down and goes on. At the end Newton steps with gradients in ``longdouble`` find
the minimiser beyond binary64; its rounding is the centre, and what was rounded off is kept as a correction.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import numpy as np
from scipy.optimize import minimize

from certificates import Network
from certificates.subjects import SoftmaxCrossEntropy, Squared
from verify.numeric.mlp import Array
from verify.numeric.smooth_objective import FloatObjective
from verify.search.newton_steps import SMALLEST, Curvature, curvature_at, follow_down

__all__ = [
    "MOST_PARAMETERS",
    "ObjectiveEnd",
    "PolishedObjective",
    "Progress",
    "changed_predictions",
    "polish_objective",
]

ObjectiveEnd: TypeAlias = Literal["minimum", "singular", "stuck", "steps", "overflow", "large", "critical"]
Progress: TypeAlias = Callable[[str, int, float | None], None]

MOST_PARAMETERS = 10_000
"""Beyond, the dense Hessian takes gigabytes."""

_QUASI_NEWTON = {"maxcor": 20, "ftol": 1e-13, "gtol": 1e-10}
_MOST = 3_000
_FEW = 100  # steps after a saddle, and as many as there are parameters: of some Newton steps of small problems
_HALVINGS = 30
_REFINEMENTS = 8
_LEAVING = 1e-3  # the first step along the lowest eigenvector, in lengths of w


@dataclass(frozen=True, eq=False)
class PolishedObjective:
    """Where polishing ended.

    Parameters
    ----------
    network
        The problem with the polished weights.
    correction
        δ, flat, (p,): what rounding took off the weights, so that ∇f is still smaller at w + δ.
    ended
        Why there is no further step: a strict ``minimum`` (modulo flat directions); the Hessian is ``singular`` there
        up to rounding; it is ``stuck`` where no step lowers f although the gradient is not 0; so many ``steps`` were
        taken; f is not finite (``overflow``); there are too many parameters for Newton's method (``large``); or
        the search was for a ``critical`` point of any index.
    distance
        Euclidean distance travelled over the trained parameters.
    losses
        f at the given weights and at the polished ones.
    changed
        How many predictions on the samples are others; 0 for squared losses, which predict numbers.
    gradient_norms
        ‖∇f‖ at the given weights, at w, and at w + δ.
    eigenvalues
        λ_min and λ_max of ∇²f(w) off the flat directions; NaN where it was not computed.
    softest
        A unit eigenvector of λ_min, (p,).
    steps
        How many Newton steps were taken.
    """

    network: Network
    correction: Array = field(repr=False)
    ended: ObjectiveEnd
    distance: float
    losses: tuple[float, float]
    changed: int
    gradient_norms: tuple[float, float, float]
    eigenvalues: tuple[float, float]
    softest: Array | None = field(repr=False)
    steps: int


def polish_objective(
    network: Network, *, max_steps: int = 50, progress: Progress = lambda *_: None
) -> PolishedObjective:
    """Move the weights to a minimum of the problem's objective nearby.

    Parameters
    ----------
    network
        Any problem with a smooth objective.
    max_steps
        Newton steps, those with shifts included.
    progress
        Told the stage, the step and ‖∇f‖.

    Examples
    --------
    >>> import verify
    >>> given = verify.from_arrays([[[0.5]], [[0.5]]], None, "tanh", [[1.0], [2.0]], [[0.5], [0.7]])
    >>> found = polish_objective(given)
    >>> found.ended, found.gradient_norms[1] < 1e-15
    ('minimum', True)
    """
    return _Polish(network, max_steps, progress).run()


class _Polish:
    """One search: what it starts from, how far it may go, and where it is."""

    def __init__(self, network: Network, max_steps: int, progress: Progress) -> None:
        self._network, self._max_steps, self._progress = network, max_steps, progress
        self._objective = FloatObjective(network)
        self._start = self._objective.initial()
        self._steps = 0

    def run(self) -> PolishedObjective:
        w = self._start
        if not np.isfinite(self._objective.value(w)):
            return self._polished(w, None, "overflow")
        w = self._quasi_newton(w, min(_MOST, 10 * (_FEW + len(w))))
        if len(w) > MOST_PARAMETERS:
            return self._polished(w, None, "large")
        while True:
            curvature = curvature_at(self._network, self._objective, w)
            if curvature is None:
                return self._polished(w, None, "overflow")
            gradient = self._objective.gradient(w)
            self._progress("Newton", self._steps, float(np.linalg.norm(gradient)))
            if self._steps >= self._max_steps:
                return self._polished(w, curvature, "steps")
            after = self._step(w, gradient, curvature)
            if after is None:
                return self._at_end(w, curvature)
            self._steps, w = self._steps + 1, after

    def _quasi_newton(self, w: Array, most: int) -> Array:
        steps = 0

        def tell(_: object) -> None:
            nonlocal steps
            steps += 1
            if steps % 25 == 0:
                self._progress("L-BFGS", steps, None)

        objective = self._objective.value_and_gradient
        found = minimize(
            objective,
            w,
            jac=True,
            method="L-BFGS-B",
            callback=tell,
            options={**_QUASI_NEWTON, "maxiter": most, "maxfun": 2 * most},
        ).x
        return np.asarray(found) if self._objective.value(found) < self._objective.value(w) else w

    def _step(self, w: Array, gradient: Array, curvature: Curvature) -> Array | None:
        """The next weights; ``None`` where f and ∇f are at their rounding floor and no saddle is to be left."""
        after = self._newton(w, gradient, curvature)
        if curvature.is_definite or curvature.is_singular:
            return after
        here = w if after is None else after
        length = max(float(np.linalg.norm(here - w)), _LEAVING * float(np.linalg.norm(w)), _LEAVING)
        left = follow_down(self._objective.value, here, curvature.softest, length)
        return after if left is here else self._quasi_newton(left, _FEW + len(w))

    def _newton(self, w: Array, gradient: Array, curvature: Curvature) -> Array | None:
        """A step, halved until f falls, or one that at least halves ∇f where the changes of f are lost in rounding."""
        step, here = curvature.newton_step(gradient), self._objective.value(w)
        if curvature.is_definite and float(np.linalg.norm(step)) <= SMALLEST * (1 + float(np.linalg.norm(w))):
            return None
        value, after = self._objective.value_and_gradient(w + step)
        if curvature.is_definite and float(np.linalg.norm(after)) < float(np.linalg.norm(gradient)) / 2:
            return w + step
        wanted = 1e-4 * float(gradient @ step)
        for _ in range(_HALVINGS):
            if value < here - SMALLEST * abs(here) and value <= here + wanted:
                return w + step
            step, wanted = step / 2, wanted / 2
            value = self._objective.value(w + step)
        return None

    def _at_end(self, w: Array, curvature: Curvature) -> PolishedObjective:
        if curvature.is_definite:
            return self._polished(self._refined(w, curvature), curvature, "minimum")
        if curvature.is_singular:
            return self._polished(self._refined(w, curvature), curvature, "singular")
        return self._polished(w, curvature, "stuck")

    def _refined(self, w: Array, curvature: Curvature) -> Array:
        """In wider arithmetic, by Newton steps with the same Hessian."""
        wide = w.astype(np.longdouble)
        gradient = self._objective.gradient(wide)
        for _ in range(_REFINEMENTS):
            trial = wide + curvature.newton_step(gradient.astype(np.float64))
            after = self._objective.gradient(trial)
            if not np.linalg.norm(after) < np.linalg.norm(gradient) / 2:
                break
            wide, gradient = trial, after
        return wide

    def _polished(self, w: Array, curvature: Curvature | None, ended: ObjectiveEnd) -> PolishedObjective:
        """With all that is to be said of the way from the start to w, of whatever precision."""
        f, high = self._objective, w.astype(np.float64)
        network = f.network(high)
        return PolishedObjective(
            network=network,
            correction=(w - high).astype(np.float64),
            ended=ended,
            distance=float(np.linalg.norm(high - self._start)),
            losses=(f.value(self._start), f.value(high)),
            changed=changed_predictions(self._network, f.outputs(self._start), f.outputs(high)),
            gradient_norms=(self._norm(self._start), self._norm(high), self._norm(w)),
            eigenvalues=(np.nan, np.nan) if curvature is None else (curvature.smallest, curvature.largest),
            softest=None if curvature is None else curvature.softest,
            steps=self._steps,
        )

    def _norm(self, w: Array) -> float:
        return float(np.linalg.norm(self._objective.gradient(w.astype(np.longdouble))))


def changed_predictions(network: Network, before: Array, after: Array) -> int:
    """How many samples have another prediction; 0 for squared losses, which predict numbers."""
    if isinstance(network.objective.loss, Squared):
        return 0
    if isinstance(network.objective.loss, SoftmaxCrossEntropy):
        return int(np.count_nonzero(before.argmax(axis=1) != after.argmax(axis=1)))
    return int(np.count_nonzero(((before > 0) != (after > 0)).any(axis=1)))
