"""Search for the number of steps after which a run of gradient descent is trapped (theory 1.7)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from flint import arb

from certificates import Accepted, Network, Undecided, Verdict, decide
from certificates.arithmetic.arb import exact, lower, precision, upper
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.arithmetic.host import isolated
from certificates.checks.tube import Tube, replayed
from certificates.claims.certified_run import Claim, Evidence
from certificates.enclosures.networks.curvature import curvature
from certificates.enclosures.networks.linearisation import Linearisation, linearise
from certificates.errors import EnclosureFailure
from certificates.language.curvature_forms import CurvatureForm
from certificates.memory import forget
from certificates.theorems.tube import trap_in_tube
from verify.problems.objectives import squared_scale
from verify.search.proposal import Options, Proposal, Search
from verify.search.weakening import PROBE_BUDGET, weaken, weaken_number

__all__ = ["SEARCH", "propose"]

_SHARE = 0.2  # of 1/(2sλ_max) at the start: a step that nobody chose
_EVERY = 10
_MOST_STEPS = 10_000
_CELLS = 16
_LATER = 1.1  # times the steps that would do: the threshold leaves no rate
_WORKLOAD_CHECK = 5
_WIDEST = 0.1  # of the reach of trapping: a tube that is wider is lost


@dataclass(frozen=True)
class _Look:
    """Whether trapping holds at the end of a tube, with which ε, nodes and shifts."""

    holds: bool
    epsilon: float
    grid: tuple[float, ...]
    shifts: tuple[float, float]


def propose(network: Network, *, step_size: Fraction | None = None, options: Options | None = None) -> Proposal:
    """Replay descent until it is trapped, and ask the judge, who replays it again.

    Parameters
    ----------
    network
        The problem, at a start.
    step_size
        η, rounded to the nearest double; by default a fifth of 1/λ_max of the Gauss–Newton matrix at the start.
    options
        Who is told of progress.

    Returns
    -------
    Proposal
        With an accepted verdict, or with the judge's refusal.

    Examples
    --------
    >>> import verify
    >>> layers = [[[0.5], [-0.5]], [[1.0, -1.0]]]
    >>> found = propose(verify.from_arrays(layers, None, "tanh", [[1.0]], [[0.3]]))
    >>> found.verdict.outcome, found.claim.steps < 100
    ('accepted', True)
    """
    form: CurvatureForm = "one-hidden-layer" if len(network.layers) == 2 else "recursion"
    blank = Evidence(0, 0.5, (1.0,), 1.0, 1.0, form)
    refused = decide(_weakest(1.0), blank, network, budget=PROBE_BUDGET)
    if _is_about_structure(refused):
        return Proposal(network, None, blank, refused)
    try:
        step = _step(network) if step_size is None else float(step_size)
        evidence = _evidence(network, step, form, options)
    except EnclosureFailure:
        step, evidence = 1.0, replace(blank, steps=1)
    verdict = decide(_weakest(step), evidence, network)
    if not isinstance(verdict, Accepted):
        return Proposal(network, None, evidence, verdict)
    claim: Claim = weaken(verdict.proved)
    return Proposal(network, claim, evidence, decide(claim, evidence, network))


def _weakest(step: float) -> Claim:
    return Claim(step, 2**31, 1e308, 0.0, 1e308)


def _is_about_structure(verdict: Verdict) -> bool:
    beyond = isinstance(verdict, Undecided) and verdict.cause == "budget"
    return not isinstance(verdict, Accepted) and not beyond and verdict.check < _WORKLOAD_CHECK


@isolated(searching=True)
def _step(network: Network) -> float:
    with precision(64):
        largest = float(linearise(network, BallMatrix).kernel.operator_norm())
    return float(np.float32(_SHARE / (2 * float(squared_scale(network)) * largest)))


@isolated(searching=True)
def _evidence(network: Network, step: float, form: CurvatureForm, options: Options | None) -> Evidence:
    """After the first look that succeeds, a tenth more steps; else where the search ended, for the judge's words."""
    wanted, end, at = _MOST_STEPS, _Look(False, 0.5, (1.0,), (1.0, 1.0)), 0
    try:
        with precision(64):
            for count, tube in enumerate(replayed(network, step, form)):
                if count == wanted or (count % _EVERY == 0 and not end.holds):
                    forget()  # what was looked at is not looked at again
                    end, at = _look(tube, step, form), count
                    if options is not None:
                        options.progress("descent", count, None)
                    wanted = int(_LATER * count) + _EVERY if end.holds and wanted == _MOST_STEPS else wanted
                if count == wanted or _is_lost(tube, end):
                    break
    except EnclosureFailure:
        pass
    return Evidence(at, end.epsilon, end.grid, *end.shifts, form)


def _is_lost(tube: Tube, end: _Look) -> bool:
    return not end.holds and float(tube.radius) > _WIDEST * end.grid[-1]


def _look(tube: Tube, step: float, form: CurvatureForm) -> _Look:
    """The radius with the fastest certified decrease, if there is one."""
    point: Linearisation[BallMatrix] = linearise(tube.network, BallMatrix)
    kernel = (point.kernel.mid + point.kernel.mid.T) / 2
    values, allowance = np.linalg.eigvalsh(kernel), 16 * 2.0**-53 * float(np.trace(kernel))
    least, most = float(values[0]) * (1 - 2.0**-20) - allowance, weaken_number(float(values[-1]) + allowance, "larger")
    scale, start, norm = float(squared_scale(tube.network)), float(np.sqrt(max(least, 1e-300))), float(np.sqrt(most))

    def beta(radius: float) -> arb:
        return curvature(point, tube.network.activations, upper(exact(radius) + tube.radius), form)

    best, rate = _Look(False, 0.5, (max(start / max(float(beta(0.0)), 1e-300), 1e-300),), (least, most)), 0.0
    if not least > 0:
        return best
    for radius in best.grid[0] * np.geomspace(2.0**-6, 1.0, 12):
        grid = tuple(float(np.float32(radius * (k + 1) / _CELLS)) for k in range(_CELLS))
        betas = [beta(node) for node in grid]
        smoothness = 2 * scale * ((norm + float(betas[-1]) * radius) ** 2 + float(point.residual_norm * betas[-1]))
        epsilon = weaken_number(min(0.55 * step * smoothness, 0.999), "larger")
        given = tube.radius, point.residual_norm, (exact(start), exact(norm)), squared_scale(tube.network)
        found = trap_in_tube(*given, epsilon, grid, (beta(0.0), betas))
        if found.holds and found.step_size >= exact(step) and lower(found.decrease_rate) > rate:
            best, rate = _Look(True, epsilon, grid, (least, most)), lower(found.decrease_rate)
    return best


def _excludes(network: Network) -> str | None:
    """What is said of the structure, which no evidence can help."""
    form: CurvatureForm = "one-hidden-layer" if len(network.layers) == 2 else "recursion"
    verdict = decide(_weakest(1.0), Evidence(0, 0.5, (1.0,), 1.0, 1.0, form), network, budget=PROBE_BUDGET)
    return verdict.finding() if not isinstance(verdict, Accepted) and _is_about_structure(verdict) else None


def _propose(network: Network, options: Options) -> Proposal:
    return propose(network, step_size=options.step_size, options=options)


SEARCH = Search(Claim, Network, _propose, reads=frozenset({"step_size"}), excludes=_excludes)
