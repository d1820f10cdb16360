"""Trials of gradient descent on both layers of planted softplus networks."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from certificates import Network
from certificates.expression import parse_activation
from verify.descent.armijo import BatchRun, descend_all
from verify.descent.shallow_batch import ShallowBatch
from verify.experiments.soltanolkotabi_2018 import planted_trials
from verify.experiments.soltanolkotabi_2018.planted_trials import GridPoint, draw
from verify.numeric.activations import compile_activation
from verify.problems.arrays import from_arrays

__all__ = ["SOFTPLUS", "Settings", "Trials", "run_trials"]

Array = NDArray[np.float64]

SOFTPLUS = "softplus"


@dataclass(frozen=True)
class Settings(planted_trials.Settings):
    """The same with sizes for softplus networks."""

    samples: int = 40
    widths: tuple[GridPoint, ...] = tuple(GridPoint(5, k) for k in (2, 4, 6, 8, 10, 12, 16))
    dimensions: tuple[GridPoint, ...] = tuple(GridPoint(d, 5) for d in (2, 4, 6, 8, 11, 14, 19))
    experiments: int = 6
    budget: int = 3_000
    tolerance: float = 1e-5


@dataclass(frozen=True, eq=False)
class Trials:
    """All runs at one grid point; run i belongs to experiment i // initialisations.

    Parameters
    ----------
    point
        Where.
    inputs, teachers, labels
        X (e, n, d), W* (e, k, d) and y (e, n), what the teachers with outer weights 1 compute in float64.
    weights, outer
        The last iterates of the runs, (b, k, d) and (b, k).
    run
        How they ended.
    """

    point: GridPoint
    inputs: Array
    teachers: Array
    labels: Array
    weights: Array
    outer: Array
    run: BatchRun

    @property
    def per_experiment(self) -> int:
        """Initialisations."""
        return len(self.weights) // len(self.inputs)

    @property
    def parameters(self) -> int:
        """k(d + 1)."""
        return self.point.units * (self.point.dimension + 1)

    @cached_property
    def reached(self) -> NDArray[np.bool_]:
        """Which runs reached a global minimum, (experiments, initialisations)."""
        return np.array([outcome == "reached" for outcome in self.run.outcomes]).reshape(len(self.inputs), -1)

    @property
    def successes(self) -> int:
        """In how many experiments every initialisation reached one."""
        return int(self.reached.all(axis=1).sum())

    def problem(self, index: int) -> Network:
        """A run's last iterate as a problem with given labels, L = ‖F − y‖²/(2n), both layers trained."""
        experiment = index // self.per_experiment
        samples = self.inputs.shape[1]
        return from_arrays(
            [self.weights[index], self.outer[index][None]],
            None,
            SOFTPLUS,
            self.inputs[experiment],
            self.labels[experiment][:, None],
            loss=Fraction(1, 2 * samples),
        )

    def planted(self, index: int) -> Array:
        """The trained parameters of the teacher of a run, flat."""
        teacher = self.teachers[index // self.per_experiment]
        return np.concatenate([teacher.ravel(), np.ones(self.point.units)])


def run_trials(settings: Settings, point: GridPoint) -> Trials:
    """Draw the experiments of a grid point and descend from every start."""
    data, planted, starts, signs = draw(settings, point)
    activation = compile_activation(parse_activation(SOFTPLUS))
    labels = activation(planted @ data.transpose(0, 2, 1))[0].sum(axis=1)
    repeat = np.repeat(np.arange(settings.experiments), settings.initialisations)
    batch = ShallowBatch(data[repeat], labels[repeat], point.units, activation)
    targets = settings.tolerance * (labels[repeat] ** 2).sum(axis=1) / (2 * settings.samples)
    run = descend_all(batch, batch.packed(starts, signs), targets, settings.budget)
    return Trials(point, data, planted, labels, *batch.unpacked(run.parameters), run)
