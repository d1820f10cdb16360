"""Hold a certificate about gradient descent from given weights against a real run of gradient descent (theory 1.9)."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from certificates import Network, Problem
from certificates.certificate import Certificate, decode_certificate
from certificates.checks.outcome import Refusal
from certificates.document import CERTIFICATE_LIMIT, PROBLEM_LIMIT, find_problem, read_regular_file
from certificates.document.problem_file import decode_problem
from certificates.errors import EnclosureFailure, MalformedCertificate
from certificates.expression import parse_activation
from certificates.subjects import ActivationProblem
from verify.certification.searches import search_of
from verify.crosscheck.rounding import residual_floor as rounding_floor
from verify.descent.gradient_descent import Run, descend
from verify.problems.objectives import squared_scale
from verify.search.runs import DescentBounds, OrbitBounds, RunBounds

__all__ = ["Replay", "Violation", "bounds_of", "hold_against", "load_pair", "load_subject", "nothing_to_hold", "replay"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Violation:
    """A recorded step at which the run did what the certificate excludes."""

    step: int
    what: str
    observed: float
    certified: float


@dataclass(frozen=True)
class Replay:
    """A run beside its certificate.

    Parameters
    ----------
    run
        The recorded run.
    envelope
        (1 − κη)^k f(w_0) at the recorded steps.
    residual_floor, floor
        ‖F(w) − y‖ and the loss below which float64 cannot resolve the run; the comparisons allow for it.
    limit_distances, limit_bounds
        ‖w_k − w_T‖ and c(‖e_k‖ + ‖e_T‖), which bounds it if the certificate holds; w_T is the last iterate.
    measured_rate, certified_rate
        −log of the factor by which f falls per unit of ηk: fitted above the floor, and certified (−log(1 − κη)/η).
    violations
        Empty if the run agrees with the certificate, and where nothing is testable.
    """

    run: Run
    radius: float
    envelope: Array
    residual_floor: float
    floor: float
    limit_distances: Array
    limit_bounds: Array
    measured_rate: float
    certified_rate: float
    violations: tuple[Violation, ...]

    @property
    def is_testable(self) -> bool:
        """Whether the residual at the start is above its rounding floor; if not, float64 cannot see it decrease."""
        return bool(self.run.residual_norms[0] > self.residual_floor)

    @property
    def agrees(self) -> bool | None:
        """Whether every comparison came out on the certified side; ``None`` where nothing is testable."""
        return not self.violations if self.is_testable else None

    @property
    def agreement(self) -> str:
        """The same in words."""
        if self.agrees is None:
            return (
                f"nothing testable here: the residual at the start, {self.run.residual_norms[0]:.1e}, is not above the "
                f"rounding floor of the network in float64, {self.residual_floor:.1e}"
            )
        return "every recorded step" if self.agrees else f"{len(self.violations)} recorded steps disagree"

    @property
    def looseness(self) -> float:
        """Measured over certified rate; at least 1 if the certificate holds, and larger when it is cautious."""
        return self.measured_rate / self.certified_rate if self.certified_rate > 0 else math.inf

    def __repr__(self) -> str:
        """How long the run is, and whether it agrees."""
        return f"Replay({self.run.steps[-1]:,} steps of size {self.run.step_size:.4g}, {self.agreement})"


def load_subject(certificate_path: str | Path, problem: str | Path | None = None) -> tuple[Certificate, Problem]:
    """A certificate file and what it is about, parsed but not judged."""
    path = Path(certificate_path)
    certificate = decode_certificate(read_regular_file(path, CERTIFICATE_LIMIT))
    reference = certificate.problem
    if reference.expression is not None:
        return certificate, ActivationProblem(parse_activation(reference.expression))
    if reference.record is not None:
        return certificate, reference.record
    data = reference.embedded
    if data is None:
        data = find_problem(reference.path, reference.sha256, path.parent, problem, PROBLEM_LIMIT)
    return certificate, decode_problem(data)


def load_pair(certificate_path: str | Path, problem: str | Path | None = None) -> tuple[Certificate, Network]:
    """A certificate about a network and that network; any other has no descent to run, and is refused."""
    certificate, subject = load_subject(certificate_path, problem)
    if not isinstance(subject, Network):
        raise MalformedCertificate(
            f"{certificate.kind} is a claim about an {subject.type}: there is no descent to run",
            place="kind",
            remedy="verify check re-checks it, verify explain prints its proof",
        )
    if subject.objective.squared_scale is None and search_of(certificate.kind).runs is None:
        raise MalformedCertificate(
            f"no run is held against {certificate.kind} yet: replay runs gradient descent on plain sums of squares",
            place="kind",
            remedy="verify check re-checks it, verify explain prints its proof",
        )
    squared_scale(subject)  # refuses objectives whose descent is not run here
    return certificate, subject


def replay(
    certificate_path: str | Path,
    *,
    steps: int = 5_000,
    step_size: float | None = None,
    problem: str | Path | None = None,
    progress: Callable[[int, float], None] | None = None,
) -> Replay:
    """Run gradient descent from the certified weights and compare every recorded step.

    Parameters
    ----------
    certificate_path
        A certificate of kind zero-loss-convergence, or gradient-dominance with a claim about gradient descent.
    steps
        How many steps.
    step_size
        η; the largest certified one by default, and never more.
    problem
        Where the problem is, if not beside the certificate.
    progress
        Called with the step number and the loss.

    Returns
    -------
    Replay
        Evidence of agreement in float64, not a proof; the proof is ``certificates.check``.
    """
    certificate, network = load_pair(certificate_path, problem)
    bounds = bounds_of(certificate, network)
    if not isinstance(bounds, DescentBounds):
        raise nothing_to_hold(certificate.kind)
    largest = bounds.step_size_max
    eta = largest if step_size is None else step_size
    if not 0 < eta <= largest:
        raise MalformedCertificate(
            f"step size {eta:g} is outside (0, {largest:g}]", place="--step-size", remedy="use a certified step"
        )
    return hold_against(bounds, network, descend(network, eta, steps, progress=progress))


def bounds_of(certificate: Certificate, network: Network) -> RunBounds | None:
    """What the claim says about runs of gradient descent; ``None`` if it says nothing.

    Raises
    ------
    MalformedCertificate
        The claim is about other networks, or its step is beyond float64: there is no such run.
    """
    runs = search_of(certificate.kind).runs
    if runs is None:
        return None
    try:
        bounds = runs(certificate.claim, network)
    except (Refusal, EnclosureFailure) as reason:
        raise MalformedCertificate(
            f"no run can be held against {certificate.kind} about this problem: {reason}",
            place="problem",
            remedy="verify check says what is refused",
        ) from reason
    if isinstance(bounds, OrbitBounds) and bounds.step_size > Fraction(sys.float_info.max):
        raise MalformedCertificate("is too long for a run in float64", place="claim.step_size")
    return bounds


def nothing_to_hold(kind: str) -> MalformedCertificate:
    """The refusal of a certificate that a run from the given weights cannot be held against."""
    return MalformedCertificate(
        f"{kind} claims nothing here that a run from the given weights could be held against",
        place="kind",
        remedy="verify check re-checks it, verify explain prints its proof; planted networks: "
        "verify.crosscheck.planted.replay_orbit",
    )


def hold_against(bounds: DescentBounds, network: Network, run: Run) -> Replay:
    """Compare a run with what is said of it: decrease, ball, distance to the limit.

    Where the run starts at the rounding floor it is compared with nothing.
    """
    factor = 1 - bounds.decrease_rate * run.step_size
    residual_floor = rounding_floor(network)
    floor = float(squared_scale(network)) * residual_floor**2
    first = run.losses[0] if bounds.loss_bound is None else bounds.loss_bound
    envelope = first * factor ** run.steps.astype(np.float64)
    distances = np.linalg.norm(run.weights - run.weights[-1], axis=1)
    noise = 64 * np.finfo(np.float64).eps * (1 + float(np.linalg.norm(run.weights[0])))
    near = bounds.distance_factor * (run.residual_norms + run.residual_norms[-1] + 2 * residual_floor) + noise
    allowed, what = _decrease_bounds(run, factor, floor), "loss after a certified decrease"
    if bounds.loss_bound is not None:
        allowed, what = (np.sqrt(envelope[1:]) + 2 * np.sqrt(floor)) ** 2, "loss"
    violations = [
        *_exceeding(run, what, run.losses[1:], allowed, 1),
        *_exceeding(run, "distance from the start", run.distances, np.full(len(run.steps), bounds.radius), 0),
        *_exceeding(run, "distance to the last iterate", distances, near, 0),
    ]
    certified = -np.log1p(-bounds.decrease_rate * run.step_size) / run.step_size
    return Replay(
        run=run,
        radius=bounds.radius,
        envelope=envelope,
        residual_floor=residual_floor,
        floor=floor,
        limit_distances=distances,
        limit_bounds=near,
        measured_rate=_measured_rate(run, floor),
        certified_rate=float(certified),
        violations=tuple(violations) if run.residual_norms[0] > residual_floor else (),
    )


def _decrease_bounds(run: Run, factor: float, floor: float) -> Array:
    """What the loss may be at each record after the first, given the record before it.

    √f is what float64 resolves to within √floor, so the bound is (√f + √floor)² after the certified decrease.
    """
    gaps = np.diff(run.steps).astype(np.float64)
    decreased = np.sqrt(run.losses[:-1] * factor**gaps)
    bounds: Array = (decreased + 2 * np.sqrt(floor)) ** 2
    return bounds


def _exceeding(run: Run, what: str, observed: Array, certified: Array, offset: int) -> list[Violation]:
    return [
        Violation(int(run.steps[index + offset]), what, float(observed[index]), float(certified[index]))
        for index in np.flatnonzero(~(observed <= certified))
    ]


def _measured_rate(run: Run, floor: float) -> float:
    """Least-squares slope of −log f against ηk over the records above the floor."""
    above = run.losses > 100 * floor
    if above.sum() < 2:
        return float("nan")
    times, logs = run.step_size * run.steps[above], np.log(run.losses[above])
    return float(-np.polyfit(times, logs, 1)[0])
