"""Gradient descent with Armijo backtracking and Barzilai–Borwein trial steps, many runs at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol, Self

import numpy as np
from numpy.typing import NDArray

__all__ = ["BatchRun", "Objective", "Outcome", "descend_all"]

Array = NDArray[np.float64]
Outcome = Literal["reached", "stalled", "budget"]

_DECREASE = 1e-4  # of the Armijo condition f(w − ηg) ≤ f(w) − 10⁻⁴ η‖g‖²
_LONGEST = 1e6
_ROUNDING = 2.0**-53


class Objective(Protocol):
    """Losses and gradients of rows of parameters."""

    def __call__(self, parameters: Array) -> tuple[Array, Array]:
        """Losses (b,), gradients (b, p)."""

    def restricted(self, chosen: NDArray[np.bool_]) -> Self:
        """The same for some of the rows."""


@dataclass(frozen=True)
class BatchRun:
    """Where many runs ended.

    Parameters
    ----------
    parameters
        The last iterates, (b, p).
    losses, gradient_norms
        f and ‖∇f‖ there.
    steps
        Accepted steps of each run.
    outcomes
        ``reached``: the target; ``stalled``: the next step's decrease η‖∇f‖² would be lost in the rounding of f;
        ``budget``: neither, after all steps or twice as many evaluations.
    """

    parameters: Array
    losses: Array
    gradient_norms: Array
    steps: NDArray[np.int64]
    outcomes: tuple[Outcome, ...]


def descend_all(objective: Objective, start: Array, targets: Array, budget: int) -> BatchRun:
    """Run gradient descent from each row until its loss is at most its target, or the budget is spent.

    Every sweep evaluates one trial point of each unfinished run: accepted runs move on with the Barzilai–Borwein
    step sᵀs/sᵀy (twice the last one where sᵀy ≤ 0), the others try half the step.

    Parameters
    ----------
    objective
        Losses and gradients, all rows at a time.
    start
        Initial parameters, (b, p).
    targets
        Losses that count as reached, (b,).
    budget
        Steps of a run.
    """
    state = _State(objective, start, targets)
    for _ in range(2 * budget):
        state.retire(budget)
        if not state.active.size:
            break
        state.sweep()
    return state.finished(budget)


class _State:
    """The unfinished runs, packed, and what became of the others."""

    def __init__(self, objective: Objective, start: Array, targets: Array) -> None:
        self.objective, self.w, self.targets = objective, start.copy(), targets
        self.loss, self.gradient = objective(self.w)
        self.squared = _squares(self.gradient)
        self.step = 1 / np.maximum(1.0, np.sqrt(self.squared))
        self.count = np.zeros(start.shape[0], dtype=np.int64)
        self.active = np.arange(start.shape[0])
        self.result = start.copy()
        self.losses, self.norms = self.loss.copy(), np.sqrt(self.squared)
        self.steps = self.count.copy()
        self.outcomes: list[Outcome] = ["budget"] * start.shape[0]

    def sweep(self) -> None:
        """One trial point of each run."""
        trial = self.w - self.step[:, None] * self.gradient
        loss, gradient = self.objective(trial)
        accepted = loss <= self.loss - _DECREASE * self.step * self.squared  # False for NaN
        squared, inner = _squares(gradient), np.einsum("bp,bp->b", self.gradient, gradient)
        bend = self.squared - inner  # sᵀy/η
        with np.errstate(divide="ignore", invalid="ignore"):
            longer = np.where(bend > 0, self.step * self.squared / bend, 2 * self.step)
        self.step = np.where(accepted, np.minimum(longer, _LONGEST), self.step / 2)
        self.w[accepted], self.gradient[accepted] = trial[accepted], gradient[accepted]
        self.loss, self.squared = np.where(accepted, loss, self.loss), np.where(accepted, squared, self.squared)
        self.count += accepted

    def retire(self, budget: int) -> None:
        """Take out the runs that are finished."""
        reached = self.loss <= self.targets
        stalled = ~reached & (self.step * self.squared <= _ROUNDING * self.loss)
        done = reached | stalled | (self.count >= budget)
        if done.any():
            for place in np.flatnonzero(reached | stalled):
                self.outcomes[self.active[place]] = "reached" if reached[place] else "stalled"
            self._store(done)
            self._keep(~done)

    def finished(self, budget: int) -> BatchRun:
        """The result; runs that are still going have spent their evaluations."""
        self.retire(budget)
        self._store(np.ones(self.active.size, dtype=bool))
        return BatchRun(self.result, self.losses, self.norms, self.steps, tuple(self.outcomes))

    def _store(self, chosen: NDArray[np.bool_]) -> None:
        places = self.active[chosen]
        self.result[places], self.losses[places] = self.w[chosen], self.loss[chosen]
        self.norms[places], self.steps[places] = np.sqrt(self.squared[chosen]), self.count[chosen]

    def _keep(self, chosen: NDArray[np.bool_]) -> None:
        self.objective = self.objective.restricted(chosen)
        self.w, self.gradient, self.targets = self.w[chosen], self.gradient[chosen], self.targets[chosen]
        self.loss, self.squared, self.step = self.loss[chosen], self.squared[chosen], self.step[chosen]
        self.count, self.active = self.count[chosen], self.active[chosen]


def _squares(rows: Array) -> Array:
    squares: Array = np.einsum("bp,bp->b", rows, rows)
    return squares
