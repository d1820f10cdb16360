"""Critical points of a problem's objective: looked for from many starts; what is found is kept after each."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from certificates import Network
from certificates.document import sha256_hex
from certificates.enclosures.intervals.smoothness import smoothness
from certificates.errors import MalformedProblem
from verify.certification.files import load
from verify.certification.find_results import FindProgress, Found, certified_points
from verify.certification.find_state import STATE, FindState, read_state, write_state
from verify.numeric.mlp import Array
from verify.numeric.smooth_objective import FloatObjective
from verify.problems.population import is_population
from verify.proposals import strict_minimum
from verify.search.better_weights import teacher_weights
from verify.search.critical_points import CriticalPoints, end_of_start, look_at

__all__ = ["find", "refuse_population"]


def find(
    problem: Network | str | Path,
    folder: str | Path,
    *,
    starts: int = 200,
    seed: int = 0,
    progress: FindProgress = lambda *_: None,
) -> Found:
    """Look for critical points from many starts, and certify each.

    Parameters
    ----------
    problem
        A problem file, or a network in memory: any smooth objective.
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
        minimum is *spurious* where some start ended at better weights, or the teacher's are: these are its witness.

    Raises
    ------
    Malformed
        The problem is not one, no search could say anything about it, or the folder belongs to another search.
    """
    refuse_population(problem)
    source = load(problem)
    network, target = source.network, Path(folder)
    _refuse_unfit(network)
    _make(target)
    state = read_state(target, sha256_hex(source.data), seed, network.trained_parameter_count)
    planted = teacher_weights(network)
    if planted is not None:
        state = replace(state, best=_better(FloatObjective(network), planted, state.best))
    points, state = _run(network, state, starts, target, progress)
    best = FloatObjective(network).value(_start_of(network) if state.best is None else state.best)
    done = certified_points(network, points, state.best, target, progress)
    return Found(done, state.done, state.nowhere, best, target)


def refuse_population(problem: Network | str | Path) -> None:
    """Refuse a file of a population: it has no samples, and other kinds are about it."""
    if not isinstance(problem, Network) and is_population(problem):
        raise MalformedProblem(
            "is a population, no network with samples", place="problem", remedy="use `verify certify`"
        )


def _refuse_unfit(network: Network) -> None:
    """Refuse what no kind about critical points can be about."""
    why = strict_minimum.SEARCH.excludes(network)
    if why is not None:
        raise MalformedProblem(why, place="problem")
    for activation in network.activations:
        if not smoothness(activation).is_certainly_c11:
            raise MalformedProblem(
                f"minima of such a network lie on kinks: {smoothness(activation).reason}",
                place="activations",
                remedy="ask for one near the weights: `verify certify PROBLEM --kind kink-minimum --polish`",
            )


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MalformedProblem(f"cannot be made: {error.strerror}", place=ascii(str(folder)).strip("'")) from error
    if not (folder / STATE).exists() and any(folder.glob("point-*")):
        raise MalformedProblem(
            f"holds certificates and no {STATE}",
            place=ascii(str(folder)).strip("'"),
            remedy="choose another folder (-o)",
        )


def _start_of(network: Network) -> Array:
    return FloatObjective(network).initial()


# ---- starts ---------------------------------------------------------------------------------------------------


def _run(
    network: Network, state: FindState, starts: int, folder: Path, progress: FindProgress
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
