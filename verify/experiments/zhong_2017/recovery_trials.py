"""Trials of recovery: a tensor start, gradient descent from it, and the ball from which convergence is proved."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from certificates import Accepted, Network
from certificates.arithmetic.arb import lower
from verify.certification.proofs import NetworkProof
from verify.experiments.zhong_2017.planted_samples import PlantedSamples, nearly_orthonormal
from verify.experiments.zhong_2017.recovery_settings import Family, Settings
from verify.experiments.zhong_2017.tensor_start import NoStart, matched, tensor_start
from verify.generators.initialisations import rademacher
from verify.generators.streams import stream
from verify.numeric.mlp import FloatNetwork
from verify.problems.arrays import from_arrays
from verify.proposals import planted_convergence
from verify.search.planted_contraction import at_teacher

__all__ = ["Descent", "Trial", "run_trial"]

Array = NDArray[np.float64]

_LOST = 1e3  # a distance from which no run comes back
_LOOKED_AT = 100  # steps in the certified ball, of runs that end there
_TAIL = 1e-3  # of the start's distance: below, the factor of a step is that of the limit


@dataclass(frozen=True, eq=False)
class Descent:
    """One tensor start, and gradient descent from it.

    Parameters
    ----------
    count
        n of the tensor.
    misfit
        Of the tensor's terms; infinite where there is no start, and ``why`` says why.
    right_signs
        Whether v is recovered.
    distances
        ‖W_t − PW*‖ of every step, the start first; empty without a start.
    entry
        The first step in the certified ball; ``None`` if it is not entered.
    """

    count: int
    misfit: float
    right_signs: bool
    distances: Array
    entry: int | None
    why: str = ""

    @property
    def error(self) -> float:
        """‖W_0 − PW*‖."""
        return float(self.distances[0]) if len(self.distances) else float("inf")

    def recovered(self, tolerance: float) -> bool:
        """Whether signs are right, and W* is found or the run is where convergence to it is proved."""
        near = len(self.distances) > 0 and bool(self.distances[-1] < tolerance)
        return self.right_signs and (near or self.entry is not None)

    @property
    def tail_factor(self) -> float | None:
        """The factor of the distance a step, near the end; ``None`` where the end is not near."""
        if not len(self.distances) or not self.distances[-1] < _TAIL * self.error:
            return None
        tail = self.distances[self.distances < _TAIL * self.error]
        return None if len(tail) < 3 else float((tail[-1] / tail[0]) ** (1 / (len(tail) - 1)))

    @property
    def worst_after_entry(self) -> float | None:
        """The largest (‖W_{t+1} − W*‖/‖W_t − W*‖)² from the entry on."""
        if self.entry is None or self.entry + 1 >= len(self.distances):
            return None
        inside = self.distances[self.entry :]
        return float(np.max((inside[1:] / inside[:-1]) ** 2))


@dataclass(frozen=True, eq=False)
class Trial:
    """One W*: its descents for growing n, and what is proved about all starts near it."""

    family: Family
    index: int
    descents: tuple[Descent, ...]
    proof: NetworkProof

    @property
    def factor(self) -> float | None:
        """The certified factor of the squared distance; ``None`` if nothing is proved."""
        return 1 - self.proof.claim.decrease if isinstance(self.proof.verdict, Accepted) else None

    @property
    def agrees(self) -> bool | None:
        """Whether no measured step in the ball is slower than certified; ``None`` if no run enters it."""
        worst = [each.worst_after_entry for each in self.descents if each.worst_after_entry is not None]
        if self.factor is None or not worst:
            return None
        return max(worst) <= self.factor * (1 + 1e-9)


def run_trial(settings: Settings, place: int, index: int) -> Trial:
    """Draw W* and v, start from tensors of growing n, and descend on the first samples."""
    family, path = settings.families[place], (settings.seed, place, index)
    planted = nearly_orthonormal(stream(*path, 1), family.units, settings.dimension)
    signs = rademacher(stream(*path, 2), family.units)
    samples = PlantedSamples(family.formula, planted, np.ones_like(signs) if family.is_odd else signs, (*path, 3))
    starts = [_start(samples, count, stream(*path, 4, count)) for count in family.counts]
    problem = _problem(samples, settings.trained, next((s for s in reversed(starts) if not isinstance(s, str)), None))
    found = planted_convergence.propose(problem)
    name = f"{family.name}-trial{index}"
    proof = NetworkProof(problem, found.claim, found.evidence, found.verdict, name)
    step = found.claim.step_size if isinstance(found.verdict, Accepted) else _cautious(problem)
    radius = found.claim.radius if isinstance(found.verdict, Accepted) else 0.0
    pairs = zip(family.counts, starts, strict=True)
    descents = tuple(
        _descent(settings, family, samples, problem, count, start, (float(step), radius)) for count, start in pairs
    )
    return Trial(family, index, descents, proof)


Start = tuple[Array, Array, float]


def _start(samples: PlantedSamples, count: int, rng: np.random.Generator) -> Start | str:
    """W, v, misfit in the order of W*, or why there is no start."""
    try:
        found = tensor_start(samples, count, rng)
    except NoStart as reason:
        return str(reason)
    return (*matched(found.weights, found.outer, samples.weights), found.misfit)


def _problem(samples: PlantedSamples, trained: int, start: Start | None) -> Network:
    """L = Σr²/2n on the first samples; the weights are those of the last start."""
    outer = samples.outer[None]
    weights = samples.weights if start is None else start[0]
    return from_arrays(
        [weights, outer],
        None,
        samples.formula,
        samples.first(trained),
        teacher=[samples.weights, outer],
        loss=Fraction(1, 2 * trained),
        frozen=[1],
    )


def _cautious(problem: Network) -> float:
    """1/(1.3 λ_max(∇²L)) at the teacher, without a proof."""
    return 1 / (1.3 * lower(at_teacher(problem).largest) ** 2)


def _descent(
    settings: Settings,
    family: Family,
    samples: PlantedSamples,
    problem: Network,
    count: int,
    start: Start | str,
    certified: tuple[float, float],
) -> Descent:
    """Gradient descent with the certified step, until W* is found or steps run out."""
    if isinstance(start, str):
        return Descent(count, float("inf"), False, np.empty(0), None, start)
    weights, outer, misfit = start
    right = bool(np.array_equal(outer, samples.outer))
    net, (step, radius) = FloatNetwork(problem), certified
    flat, goal, entry = weights.ravel().copy(), samples.weights.ravel(), None
    distances = [float(np.linalg.norm(flat - goal))]
    while right and len(distances) <= settings.steps and settings.tolerance / 10 < distances[-1] < _LOST:
        if entry is None and distances[-1] <= radius:
            entry = len(distances) - 1
        if family.until_certified and entry is not None and len(distances) > entry + _LOOKED_AT:
            break
        flat = flat - step * net.loss_and_gradient(flat)[1]
        distances.append(float(np.linalg.norm(flat - goal)))
    return Descent(count, misfit, right, np.array(distances), entry)
