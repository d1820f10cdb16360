"""Search for a critical point near the weights: its index, a small ball to find it in, a large one it is alone in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from scipy.linalg import LinAlgError, eigvalsh

from certificates import Accepted, Network, decide
from certificates.arithmetic.arb import upper
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.checks.minimum import MOST_PARAMETERS, gradient_norm
from certificates.claims.critical_point import Claim, Evidence
from certificates.enclosures.objectives.flat import flat_directions, raised
from certificates.errors import EnclosureFailure
from certificates.memory import kept_memory
from verify.numeric.mlp import Array
from verify.numeric.smooth_objective import FloatObjective
from verify.search.critical_weights import polish_to_critical
from verify.search.proposal import Options, Proposal, Search
from verify.search.turning_radii import bound_of_turning, radius_of
from verify.search.weakening import weaken

__all__ = ["SEARCH", "propose"]

_SHIFTS = (1 - 2.0**-10, 0.9)  # of the least positive eigenvalue
_SHARE = 0.95  # of the gap around 0, that the Hessian may turn by on the ball of uniqueness
_VALUE_SLACK = 2.0**-40  # values of f have more digits than another processor's last bits touch
_ABOUT_WEIGHTS = (5, 6, 7)  # checks that other weights may pass
_ANYTHING = Evidence(2.0**-30, 2.0**-30, 1.0)


@kept_memory()
def propose(network: Network) -> Proposal:
    """Find the critical point next to the weights, where there is one that is alone.

    Returns
    -------
    Proposal
        With an accepted verdict, or with the judge's refusal and its numbers.
    """
    found = None
    for index, evidence in _attempts(network):
        verdict = decide(_weakest(index, evidence, network), evidence, network)
        found = Proposal(network, None, evidence, verdict)
        if isinstance(verdict, Accepted):
            claim = _weakened(verdict.proved)
            return Proposal(network, claim, evidence, decide(claim, evidence, network))
    return found or Proposal(network, None, _ANYTHING, decide(_weakest(0, _ANYTHING, network), _ANYTHING, network))


def _weakest(index: int, evidence: Evidence, network: Network) -> Claim:
    radii = evidence.radius, evidence.inner_radius
    return Claim(index, *radii, 5e-324, 0.0, -1e308, 1e308, flat_directions(network))


def _weakened(proved: Claim) -> Claim:
    if not 2 * proved.distance <= proved.radius:
        return proved  # weakened, the ball might not hold the point any more
    slack = _VALUE_SLACK * max(abs(proved.value_lower), abs(proved.value_upper))
    lower, upper_end = proved.value_lower - slack, proved.value_upper + slack
    weakened: Claim = weaken(proved)
    return replace(weakened, value_lower=lower, value_upper=upper_end)


def _attempts(network: Network) -> Iterator[tuple[int, Evidence]]:
    """(index, evidence), the sharpest first."""
    if network.trained_parameter_count > MOST_PARAMETERS:
        return
    values = _spectrum(network)
    if values is None:
        return
    index = int(np.sum(values < 0))
    least = float(values[index]) if index < len(values) else float(np.max(np.abs(values)))
    deepest = -float(values[index - 1]) if index else least
    try:
        slope = upper(gradient_norm(network))
    except EnclosureFailure:
        return
    for share in _SHIFTS:
        shift = share * least
        if shift > 0:
            yield index, Evidence(*_radii(network, min(shift, deepest), slope), shift)


def _spectrum(network: Network) -> Array | None:
    """Eigenvalues of the Hessian in floats, the flat directions lifted far up; ``None`` where numbers overflow."""
    objective = FloatObjective(network)
    with np.errstate(all="ignore"):
        matrix = objective.hessian(objective.initial())
        if not np.isfinite(matrix).all():
            return None
        height = max(float(np.max(np.abs(matrix))), 2.0**-900)
        try:
            values: Array = eigvalsh(
                raised(BallMatrix(matrix), network, flat_directions(network), height).mid, check_finite=False
            )
        except (LinAlgError, EnclosureFailure):
            return None
    return values if np.isfinite(values).all() else None


def _radii(network: Network, gap: float, slope: float) -> tuple[float, float]:
    """R with h(R) < μ, and the least r with ‖∇f‖ ≤ (μ − h(r))r, as well as they are found."""
    radius, bound = radius_of(network, _SHARE * gap), bound_of_turning(network, sums=False)
    inner = max(1.01 * slope / gap, 2.0**-900)
    for _ in range(3):
        turned = bound(inner)
        if not turned < gap or slope <= (gap - turned) * inner:
            break
        inner = 1.01 * slope / (gap - turned)
    outer = 2.0**-30 if radius is None else radius
    return min(inner, outer), outer


def _propose(network: Network, options: Options) -> Proposal:
    """About the given weights; about those that Newton's method finds where these are refused and that is wanted."""
    found = propose(network)
    misses = not isinstance(found.verdict, Accepted) and found.verdict.check in _ABOUT_WEIGHTS
    if not options.polish or not (misses or options.polish == "full"):
        return found
    polished = polish_to_critical(network, options.progress)
    return replace(propose(polished.network), polished=polished)


SEARCH = Search(Claim, Network, _propose, reads=frozenset({"polish"}))
