"""Trials of gradient descent on planted quadratic networks: many experiments and initialisations at a grid point."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from certificates import Network
from verify.descent.armijo import BatchRun, descend_all
from verify.descent.quadratic_batch import QuadraticBatch
from verify.generators.data import gaussian_inputs, quadratic_labels
from verify.generators.initialisations import gaussian_rows, rademacher
from verify.generators.streams import stream
from verify.generators.teachers import gaussian_teacher
from verify.problems.arrays import from_arrays

__all__ = ["GridPoint", "Mode", "Settings", "Trials", "draw", "run_trials"]

Array = NDArray[np.float64]
Mode = Literal["both", "fixed"]


@dataclass(frozen=True)
class GridPoint:
    """A shape of the network and its teacher.

    Parameters
    ----------
    dimension, units
        d and k.
    """

    dimension: int
    units: int

    @property
    def freedom(self) -> int:
        """How many numbers a symmetric d × d matrix of rank k has: kd − k(k − 1)/2 for k ≤ d, as for k = d beyond.

        Examples
        --------
        >>> GridPoint(10, 3).freedom, GridPoint(4, 9).freedom
        (27, 10)
        """
        rank = min(self.dimension, self.units)
        return rank * self.dimension - rank * (rank - 1) // 2

    def has_exact_relaxation(self, samples: int) -> bool:
        """Whether theory 3.3 makes the convex relaxation exact: k ≥ d, or (k + 1)(k + 2)/2 > n."""
        return self.units >= self.dimension or (self.units + 1) * (self.units + 2) // 2 > samples


@dataclass(frozen=True)
class Settings:
    """Everything the paper's text does not say; the numbers of its figure are lost, so these are ours.

    Parameters
    ----------
    samples
        n.
    widths, dimensions
        The grid points of panels (a) and (b).
    experiments, initialisations
        Data and teachers at each grid point, and starts for each of them.
    budget
        Steps of a run.
    tolerance
        A run reaches a global minimum if L ≤ tolerance · ‖y‖²/(2n); the minimum is 0.
    level
        The probability at which the fitted curve is read.
    seed
        Of all random numbers.
    """

    samples: int = 30
    widths: tuple[GridPoint, ...] = tuple(GridPoint(10, k) for k in range(2, 9))
    dimensions: tuple[GridPoint, ...] = tuple(GridPoint(d, 4) for d in range(6, 14))
    experiments: int = 10
    initialisations: int = 5
    budget: int = 5_000
    tolerance: float = 1e-6
    level: float = 0.95
    seed: int = 1


@dataclass(frozen=True, eq=False)
class Trials:
    """All runs at one grid point; run i belongs to experiment i // initialisations.

    Parameters
    ----------
    point, mode
        Where, and whether v is trained (``both``) or 1 (``fixed``).
    inputs, teachers
        X (e, n, d) and W* (e, k, d).
    weights, outer
        The last iterates of the runs, (b, k, d) and (b, k).
    run
        How they ended.
    """

    point: GridPoint
    mode: Mode
    inputs: Array
    teachers: Array
    weights: Array
    outer: Array
    run: BatchRun

    @property
    def per_experiment(self) -> int:
        """Initialisations."""
        return len(self.weights) // len(self.inputs)

    @property
    def successes(self) -> int:
        """In how many experiments every initialisation reached a global minimum."""
        reached = np.array([outcome == "reached" for outcome in self.run.outcomes])
        return int(reached.reshape(len(self.inputs), -1).all(axis=1).sum())

    def problem(self, index: int) -> Network:
        """A run's last iterate as a problem with planted labels; f = L = ‖q − y‖²/(2n), v frozen."""
        experiment = index // self.per_experiment
        return from_arrays(
            [self.weights[index], self.outer[index][None]],
            None,
            "quadratic",
            self.inputs[experiment],
            teacher=[self.teachers[experiment], np.ones((1, self.point.units))],
            loss=Fraction(1, 2 * self.inputs.shape[1]),
            frozen=[1],
        )


def draw(settings: Settings, point: GridPoint) -> tuple[Array, Array, Array, Array]:
    """X (e, n, d) and W* (e, k, d) of the experiments; W_0 (b, k, d) and v_0 (b, k), ±1, of the runs."""
    d, k = point.dimension, point.units
    inputs, teachers, starts, signs = [], [], [], []
    for experiment in range(settings.experiments):
        rng = stream(settings.seed, d, k, experiment)
        inputs.append(gaussian_inputs(rng, settings.samples, d))
        teachers.append(gaussian_teacher(rng, k, d))
        for trial in range(settings.initialisations):
            rng = stream(settings.seed, d, k, experiment, 1 + trial)
            starts.append(gaussian_rows(rng, k, d))
            signs.append(rademacher(rng, k))
    return np.array(inputs), np.array(teachers), np.array(starts), np.array(signs)


def run_trials(settings: Settings, mode: Mode, point: GridPoint) -> Trials:
    """Draw the experiments of a grid point and descend from every start; both modes see the same draws."""
    k = point.units
    data, planted, starts, signs = draw(settings, point)
    labels = np.array([quadratic_labels(x, w, np.ones(k)) for x, w in zip(data, planted, strict=True)])
    outer = signs if mode == "both" else np.ones((len(starts), k))
    repeat = np.repeat(np.arange(settings.experiments), settings.initialisations)
    batch = QuadraticBatch(data[repeat], labels[repeat], outer if mode == "fixed" else None, k)
    targets = settings.tolerance * (labels[repeat] ** 2).sum(axis=1) / (2 * settings.samples)
    run = descend_all(batch, batch.packed(starts, outer), targets, settings.budget)
    weights, outer = batch.unpacked(run.parameters)
    return Trials(point, mode, data, planted, weights, outer, run)
