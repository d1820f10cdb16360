"""Hold certificates about descent to a teacher against real runs of gradient descent (theory 3.6 and 4.2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from certificates import Network
from certificates.checks.planted_teacher import require_teacher
from certificates.enclosures.quadratic.planted import planted_quadratic
from certificates.errors import MalformedCertificate
from verify.crosscheck.replay import Violation, bounds_of, load_pair, nothing_to_hold
from verify.descent.planted import descend_planted, moments_of, orbit_distance
from verify.numeric.mlp import FloatNetwork
from verify.search.runs import OrbitBounds, Start

__all__ = ["OrbitReplay", "hold_orbit_against", "replay_orbit"]

Array = NDArray[np.float64]

_SLACK = 1e-9  # relative, of what float64 makes of one step
_TAIL = 1e3  # floors above which the last rate is measured


@dataclass(frozen=True)
class OrbitReplay:
    """One run beside its certificate.

    Parameters
    ----------
    start
        Where it starts: the given weights, or which point of the certified ball.
    step_size, entry_step
        η, and the step from which the certificate speaks.
    distances
        dist(W_t, W°) at every step.
    envelope
        What the certificate allows at every step; infinite before ``entry_step``.
    floor
        The distance below which float64 cannot resolve the run.
    measured_decrease, certified_decrease
        1 − dist(W_{t+1})/dist(W_t) at the last step above the floor, and ``asymptotic_decrease``.
    violations
        Empty if the run agrees with the certificate.
    """

    start: str
    step_size: float
    entry_step: int
    distances: Array
    envelope: Array
    floor: float
    measured_decrease: float
    certified_decrease: float
    violations: tuple[Violation, ...]

    @property
    def agrees(self) -> bool:
        """Whether every comparison came out on the certified side."""
        return not self.violations

    def rows(self) -> list[tuple[str, str]]:
        """(quantity, value) for a table."""
        last = len(self.distances) - 1
        measured = "not measurable" if np.isnan(self.measured_decrease) else f"measured {self.measured_decrease:.4g}"
        entry = self.distances[self.entry_step]
        return [
            ("start", self.start),
            ("steps", f"{last} of size {self.step_size:.4g}"),
            ("distance", f"{self.distances[0]:.4e} to {self.distances[-1]:.4e} (rounding floor {self.floor:.1e})"),
            (f"at step {self.entry_step}", f"{entry:.4e}, certified below {self.envelope[self.entry_step]:.4e}"),
            ("decrease a step", f"{measured}, certified {self.certified_decrease:.4g} in the limit"),
            ("agreement", "every step" if self.agrees else f"{len(self.violations)} steps disagree"),
        ]


def replay_orbit(
    certificate_path: str | Path,
    *,
    steps: int = 5_000,
    step_size: float | None = None,
    problem: str | Path | None = None,
    progress: Callable[[int, float], None] | None = None,
) -> tuple[OrbitReplay, ...]:
    """Run gradient descent where the certificate speaks, and compare every step.

    Parameters
    ----------
    certificate_path
        A certificate that speaks of runs towards a teacher: of kind certified-orbit-run (one, from the given weights),
        orbit-convergence (three, from the rim of the ball along the flattest and a random direction, and from half
        the radius), or planted-convergence (from the rim, from half the radius, and from the given weights).
    steps
        How many steps.
    step_size
        The certified η, or ``None``: the claim is about no other.
    problem
        Where the problem is, if not beside the certificate.
    progress
        Called with the step number and the distance.

    Returns
    -------
    tuple of OrbitReplay
        Evidence of agreement in float64, not a proof; the proof is ``certificates.check``.
    """
    certificate, network = load_pair(certificate_path, problem)
    bounds = bounds_of(certificate, network)
    if not isinstance(bounds, OrbitBounds):
        raise nothing_to_hold(certificate.kind)
    if step_size is not None and step_size != float(bounds.step_size):
        raise MalformedCertificate(
            f"the claim is about the step size {float(bounds.step_size):g} only, got {step_size:g}",
            place="--step-size",
            remedy="leave it out",
        )
    return hold_orbit_against(bounds, network, steps, progress=progress)


def hold_orbit_against(
    bounds: OrbitBounds, network: Network, steps: int, *, progress: Callable[[int, float], None] | None = None
) -> tuple[OrbitReplay, ...]:
    """Compare a run of ``steps`` steps from each start with what is said of it."""
    last = max(start.entry_step for start in bounds.starts)
    if steps <= last:
        raise MalformedCertificate(
            f"a run of {steps} steps ends before the claim begins to speak, at step {last}",
            place="--steps",
            remedy=f"run at least {last + 1} steps",
        )
    course = _rotating(network) if bounds.up_to_rotation else _straight(network)
    with np.errstate(all="ignore"):  # of claims without bounds, and of runs that diverge
        return tuple(_run(bounds, start, course, steps, progress) for start in bounds.starts)


@dataclass(frozen=True)
class _Course:
    """Where runs lead: the iterates from a start with a step, their distance to the teacher, and its rounding floor."""

    iterates: Callable[[Array, Fraction], Iterator[Array]]
    distance: Callable[[Array], float]
    floor: float


def _rotating(network: Network) -> _Course:
    """Quadratic networks, up to rotation."""
    planted, moments = planted_quadratic(network), moments_of(network.inputs)

    def iterates(start: Array, step: Fraction) -> Iterator[Array]:
        return descend_planted(planted, moments, float(planted.step_factor * step), start)

    return _Course(iterates, lambda weights: orbit_distance(weights, planted.planted)[0], _floor(planted.planted))


def _straight(network: Network) -> _Course:
    """Networks under a frozen output, whose trained parameters tend to the teacher's, and biases to 0."""
    planted = FloatNetwork(require_teacher(1, network)).initial()
    net = FloatNetwork(network)

    def iterates(start: Array, step: Fraction) -> Iterator[Array]:
        weights = np.array(start)
        while True:
            yield weights
            weights = weights - float(step) * net.loss_and_gradient(weights)[1]  # if it diverges the caller sees it

    return _Course(iterates, lambda weights: float(np.linalg.norm(weights - planted)), _floor(planted))


def _floor(planted: Array) -> float:
    return float(64 * np.finfo(np.float64).eps * planted.size * (1 + np.linalg.norm(planted)))


def _run(
    bounds: OrbitBounds,
    start: Start,
    course: _Course,
    steps: int,
    progress: Callable[[int, float], None] | None,
) -> OrbitReplay:
    entry, decrease, floor = start.entry_step, start.decrease, course.floor
    run = course.iterates(start.weights, bounds.step_size)
    found = np.empty(steps + 1)
    for step, weights in enumerate(islice(run, steps + 1)):
        found[step] = course.distance(weights)
        if progress is not None and step % max(1, steps // 100) == 0:
            progress(step, float(found[step]))
    envelope = np.full(steps + 1, np.inf)
    envelope[entry:] = start.entry_distance * (1 - decrease) ** np.arange(steps + 1 - entry)
    allowed = np.minimum(envelope[entry + 1 :], (1 - decrease) * found[entry:-1])
    violations = [
        *_exceeding("distance", entry, found[entry:], envelope[entry:], floor),
        *_exceeding("distance after a certified decrease", entry + 1, found[entry + 1 :], allowed, floor),
    ]
    measured, certified = _last_decrease(found, floor), bounds.asymptotic_decrease
    eta = float(bounds.step_size)
    return OrbitReplay(start.name, eta, entry, found, envelope, floor, measured, certified, tuple(violations))


def _last_decrease(found: Array, floor: float) -> float:
    """1 − dist(W_{t+1})/dist(W_t) at the last step above the floor."""
    above = np.flatnonzero(np.isfinite(found) & (found > _TAIL * floor))
    if not above.size or above[-1] == 0:
        return float("nan")
    return 1 - float(found[above[-1]] / found[above[-1] - 1])


def _exceeding(what: str, first: int, observed: Array, certified: Array, floor: float) -> list[Violation]:
    wrong = np.flatnonzero(~(observed <= certified * (1 + _SLACK) + floor))
    return [Violation(int(first + k), what, float(observed[k]), float(certified[k])) for k in wrong]
