"""Gradient descent towards a planted factor from a random start, measured with and without alignment."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from certificates import Network
from verify.descent.planted import moments_of, orbit_distance
from verify.generators.data import gaussian_inputs
from verify.generators.initialisations import scaled_columns
from verify.generators.streams import stream
from verify.generators.teachers import unit_columns
from verify.problems.arrays import from_arrays
from verify.theory.xia_shi_2019.printed import COLUMNS, SAMPLES_PER_DIMENSION, STEP

__all__ = ["OrbitRun", "Settings", "above_rounding", "planted_problem", "run_orbit", "tail_factor"]

Array = NDArray[np.float64]

_FLOOR = 1e-11  # of the relative error: below, float64 takes over


@dataclass(frozen=True)
class Settings:
    """The paper's sizes, its two smallest dimensions; how M♮ is drawn is ours.

    Parameters
    ----------
    dimensions
        n.
    columns
        r.
    samples_per_dimension
        m/n.
    step
        μ.
    steps, record_every
        How far a run goes, and which iterates are measured.
    whole_up_to
        The largest n for which the run is certified from its start: the cost grows like n⁴ times the squared length.
    bits
        Inputs, M♮ and M₀ are multiples of 2^−bits, so that the certificates are about short numbers.
    seed
        Of all random numbers.
    """

    dimensions: tuple[int, ...] = (20, 30)
    columns: int = COLUMNS
    samples_per_dimension: int = SAMPLES_PER_DIMENSION
    step: Fraction = STEP
    steps: int = 6_000
    record_every: int = 10
    whole_up_to: int = 20
    bits: int = 16
    seed: int = 2


@dataclass(frozen=True, eq=False)
class OrbitRun:
    """A run, in float64.

    Parameters
    ----------
    problem
        Start, data and teacher; f is the paper's ℒ, so its step is μ.
    steps
        The measured t.
    weights
        M_tᵀ, (records, r, n).
    errors
        dist(M_t, M♮)/‖M♮‖_F.
    raw, aligned
        (α_t, β_t) of (8)–(10) for M_t, and for M_tQ_t with the Q_t that attains the distance; (records, 2).
    """

    problem: Network
    steps: NDArray[np.int64]
    weights: Array
    errors: Array
    raw: Array
    aligned: Array

    @property
    def planted(self) -> Array:
        """W° = M♮ᵀ, (r, n)."""
        return _teacher(self.problem)

    @property
    def smallest_squared(self) -> float:
        """σ_r² of M♮."""
        return float(np.linalg.svd(self.planted, compute_uv=False)[-1] ** 2)

    def first_within(self, distance: float) -> int | None:
        """The first measured t with dist(M_t, M♮) at most this."""
        inside = np.flatnonzero(self.errors * np.linalg.norm(self.planted) <= distance)
        return int(self.steps[inside[0]]) if inside.size else None


def planted_problem(settings: Settings, dimension: int) -> Network:
    """Inputs N(0, I), a teacher with columns of length 1, and a start with columns N(0, n⁻¹I)."""
    samples, r, bits = settings.samples_per_dimension * dimension, settings.columns, settings.bits
    inputs = gaussian_inputs(stream(settings.seed, dimension, 0), samples, dimension, bits)
    planted = unit_columns(stream(settings.seed, dimension, 1), dimension, r, bits)
    start = scaled_columns(stream(settings.seed, dimension, 2), dimension, r, bits)
    ones = np.ones((1, r))
    return from_arrays(
        [start.T, ones],
        None,
        "quadratic",
        inputs,
        teacher=[planted.T, ones],
        loss=Fraction(1, 4 * samples),
        frozen=[1],
    )


def run_orbit(settings: Settings, problem: Network) -> OrbitRun:
    """Descend through the fourth moments of the data: a step costs O(n⁴), whatever m is."""
    moments, planted = moments_of(problem.inputs), _teacher(problem)
    weights, rows, kept = problem.layers[0].weight, [], []
    for t in range(settings.steps + 1):
        if t % settings.record_every == 0:
            distance, turn = orbit_distance(weights, planted)
            kept.append(weights)
            rows.append((t, distance, *_sizes(weights, planted), *_sizes(turn @ weights, planted)))
        weights = weights - float(settings.step) * moments.gradient(weights, planted)
    table = np.array(rows)
    errors = table[:, 1] / np.linalg.norm(planted)
    steps = table[:, 0].astype(np.int64)
    return OrbitRun(problem, steps, np.array(kept), errors, table[:, 2:4], table[:, 4:6])


def tail_factor(steps: NDArray[np.int64], values: Array, usable: NDArray[np.bool_]) -> float | None:
    """The factor per step of a geometric sequence, from the last third of its usable values; ``None`` without any.

    Examples
    --------
    >>> t = np.arange(0, 90, 10)
    >>> round(tail_factor(t, 0.9**t, np.full(9, True)), 12)
    0.9
    """
    places = np.flatnonzero(usable)
    chosen = places[-max(2, len(places) // 3) :]
    if len(chosen) < 2:
        return None
    return float(np.exp(np.polyfit(steps[chosen], np.log(values[chosen]), 1)[0]))


def above_rounding(run: OrbitRun) -> NDArray[np.bool_]:
    """Where the error is still one of gradient descent and not of float64."""
    usable: NDArray[np.bool_] = run.errors > _FLOOR
    return usable


def _teacher(problem: Network) -> Array:
    if problem.teacher is None:
        raise ValueError("expected planted labels")
    return problem.teacher[0].weight


def _sizes(weights: Array, planted: Array) -> tuple[float, float]:
    """(α, β): root mean squared lengths of the columns of M along those of M♮, and of what is left."""
    squared = np.einsum("rn,rn->r", planted, planted)
    along = (np.einsum("rn,rn->r", weights, planted) / squared)[:, None] * planted
    count = np.sqrt(len(weights))
    return float(np.linalg.norm(along)) / count, float(np.linalg.norm(weights - along)) / count
