"""Critical points of a problem's objective: found from many starts, certified, those that are spurious marked."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from certificates import Accepted, Network, Verdict
from certificates.certificate import encode_certificate
from certificates.document import sha256_hex, write_atomically
from certificates.errors import MalformedProblem
from verify.certification.files import load
from verify.certification.find_state import FindState, read_state, write_state
from verify.certification.proofs import NetworkProof
from verify.numeric.mlp import Array
from verify.numeric.smooth_objective import FloatObjective
from verify.proposals import critical_point, no_local_minimum, spurious_minimum, strict_minimum
from verify.search.critical_points import CriticalPoints, FoundPoint, end_of_start, look_at
from verify.search.proposal import Proposal

__all__ = ["CertifiedPoint", "Found", "find"]

Progress = Callable[[str, int, int, str], None]

_BETTER = 1e-6  # of f: less may be rounding


@dataclass(frozen=True)
class CertifiedPoint:
    """One critical point, and what is proved of it.

    Parameters
    ----------
    point
        In floats.
    proof
        A claim of kind ``strict-minimum``, ``spurious-minimum``, ``critical-point`` or ``no-local-minimum``; where none
        is proved, the refusal.
    path
        The certificate; ``None`` where nothing is proved.
    """

    point: FoundPoint
    proof: NetworkProof
    path: Path | None = None

    @property
    def verdict(self) -> Verdict:
        """The judge's."""
        return self.proof.verdict

    @property
    def value(self) -> tuple[float, float] | None:
        """Certified ends of f at the critical point; ``None`` where no point is proved to be there."""
        claim: Any = self.proof.claim
        return None if not hasattr(claim, "value_lower") else (claim.value_lower, claim.value_upper)


@dataclass(frozen=True)
class Found:
    """What :func:`find` found and wrote.

    Parameters
    ----------
    points
        Sorted by their value, the least first.
    starts, nowhere
        How many starts there were in all, and how many ended at no critical point.
    best
        The least value of f that any start ended at.
    folder
        Where the certificates lie.
    """

    points: tuple[CertifiedPoint, ...]
    starts: int
    nowhere: int
    best: float
    folder: Path

    @property
    def certified(self) -> tuple[CertifiedPoint, ...]:
        """The points of which something is proved."""
        return tuple(each for each in self.points if isinstance(each.verdict, Accepted))


def find(
    problem: Network | str | Path,
    folder: str | Path,
    *,
    starts: int = 200,
    seed: int = 0,
    progress: Progress = lambda *_: None,
) -> Found:
    """Look for critical points from many starts, and certify each.

    Parameters
    ----------
    problem
        A problem file, or a network in memory: any smooth objective with given labels.
    folder
        Where state and certificates are written. A run that was interrupted goes on there, at the start at which it
        was; so does one with more starts.
    starts
        How many in all. Start 0 is the given weights; half of the others descend to a minimum, half take Newton steps
        to points of index 1 to 4.
    seed
        Of the random starts.
    progress
        Called as ``progress(stage, step, steps, note)``.

    Returns
    -------
    Found
        Points that are copies of one another (units relabelled, signs of odd units turned) are listed once. A strict
        minimum is *spurious* where some start ended at better weights: these are its witness.

    Raises
    ------
    Malformed
        The problem is not one, no search could say anything about it, or the folder belongs to another search.
    """
    source = load(problem)
    network, target = source.network, Path(folder)
    if not isinstance(network, Network):
        raise MalformedProblem("is no network with data", place="problem", remedy="use `verify certify PROBLEM`")
    why = strict_minimum.SEARCH.excludes(network)
    if why is not None:
        raise MalformedProblem(why, place="problem")
    _make(target)
    state = read_state(target, sha256_hex(source.data), seed, network.trained_parameter_count)
    points, state = _run(network, state, starts, target, progress)
    best = FloatObjective(network).value(_start_of(network) if state.best is None else state.best)
    done = _certified(network, points, state.best, target, progress)
    return Found(done, state.done, state.nowhere, best, target)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MalformedProblem(f"cannot be made: {error.strerror}", place=ascii(str(folder)).strip("'")) from error


def _start_of(network: Network) -> Array:
    return FloatObjective(network).initial()


# ---- starts ---------------------------------------------------------------------------------------------------


def _run(
    network: Network, state: FindState, starts: int, folder: Path, progress: Progress
) -> tuple[CriticalPoints, FindState]:
    """Take the starts that are left; what is found is on the disk after each."""
    seen = ((look_at(network, weights), count) for weights, count in state.points)
    points = CriticalPoints(tuple(replace(point, starts=count) for point, count in seen if point is not None))
    objective, began, first = FloatObjective(network), time.monotonic(), state.done
    for number in range(first, starts):
        progress("start", number, starts, _note(len(points), number - first, starts - number, began))
        end = end_of_start(network, state.seed, number)
        point = look_at(network, end)
        if point is not None:
            points.add(point)
        state = FindState(
            state.problem,
            state.seed,
            number + 1,
            state.nowhere + (point is None),
            tuple((each.weights, each.starts) for each in points),
            _better(objective, end, state.best),
        )
        write_state(state, folder)
    return points, state


def _note(points: int, done: int, left: int, began: float) -> str:
    known = f"{points} critical points"
    return known if not done else f"{known}, about {(time.monotonic() - began) / done * left:.0f} s left"


def _better(objective: FloatObjective, end: Array, best: Array | None) -> Array | None:
    """The weights with the smaller objective."""
    if not np.isfinite(end).all() or not np.isfinite(objective.value(end)):
        return best
    return end if best is None or objective.value(end) < objective.value(best) else best


# ---- certificates ---------------------------------------------------------------------------------------------


def _certified(
    network: Network, points: CriticalPoints, best: Array | None, folder: Path, progress: Progress
) -> tuple[CertifiedPoint, ...]:
    done: list[CertifiedPoint] = []
    for number, point in enumerate(points):
        progress("certifying", number, len(points), f"f ≈ {point.value:.6g}, index {point.index}")
        weights = FloatObjective(network).network(point.weights)
        found = _proposal(weights, point, best)
        name = f"point-{number + 1:03d}"
        proof = NetworkProof(weights, found.claim, found.evidence, found.verdict, name)
        path = _write(proof, name, folder) if isinstance(found.verdict, Accepted) else None
        done.append(CertifiedPoint(point, proof, path))
    return tuple(sorted(done, key=lambda each: each.point.value))


def _proposal(weights: Network, point: FoundPoint, best: Array | None) -> Proposal:
    """A minimum that is spurious, or strict; a critical point with its index; or a ball without minima."""
    if point.index == 0:
        objective = FloatObjective(weights)
        if best is not None and objective.value(best) < point.value - _BETTER * abs(point.value):
            spurious = spurious_minimum.propose(weights, best)
            if isinstance(spurious.verdict, Accepted):
                return spurious
        return strict_minimum.propose(weights)
    critical = critical_point.propose(weights)
    if isinstance(critical.verdict, Accepted):
        return critical
    saddle = no_local_minimum.propose(weights)
    return saddle if isinstance(saddle.verdict, Accepted) else critical


def _write(proof: NetworkProof, name: str, folder: Path) -> Path:
    """The certificate, before it the problem if that lies beside it; an earlier one about the point gives way."""
    path = folder / f"{name}.{proof.claim.kind}.cert.json"
    if proof.problem_file is not None:
        write_atomically(folder / proof.problem_file[0], proof.problem_file[1], force=True)
    write_atomically(path, encode_certificate(proof.certificate), force=True)
    for other in folder.glob(f"{name}.*.cert.json"):
        if other != path:
            other.unlink()
    return path
