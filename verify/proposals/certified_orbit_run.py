"""Search for the step at which a run enters the ball of certain convergence (theory 3.6.5)."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from certificates import Accepted, Network, Verdict, decide
from certificates.arithmetic.arb import exact, precision
from certificates.claims.certified_orbit_run import Claim, Evidence
from certificates.enclosures.quadratic.planted import PlantedQuadratic, planted_quadratic
from certificates.language.local_constants import LocalConstants
from verify.descent.planted import Moments, descend_planted, moments_of, orbit_distance
from verify.search.planted import default_step, largest_radius, near, not_planted
from verify.search.proposal import Proposal, Search
from verify.search.runs import OrbitBounds, Start
from verify.search.weakening import PROBE_BUDGET, weaken

__all__ = ["SEARCH", "propose"]

Array = NDArray[np.float64]

_MOST_STEPS = 12_000  # 64 + 0.3 T bits are then at most 4096
_MOST_BITS = 4_096
_SHARE = 0.5  # of the certified radius: at the radius itself the distance hardly falls


def propose(network: Network, *, step_size: Fraction | None = None) -> Proposal:
    """Find when gradient descent from the given weights is certainly in the basin, and how fast it converges.

    Parameters
    ----------
    network
        A quadratic network with planted labels.
    step_size
        η for the problem's own loss; about 1/(8Λ) of the scaling 1/(4m) by default.

    Returns
    -------
    Proposal
        With an accepted verdict, or with the judge's refusal and its numbers.
    """
    blank = Evidence(0, 64, (1.0,), LocalConstants(0.0, 1.0, 1.0, 1.0, Fraction(1)))
    refused = decide(_weakest(Fraction(1) if step_size is None else step_size), blank, network, budget=PROBE_BUDGET)
    if not isinstance(refused, Accepted) and 0 < refused.check < 2:
        return Proposal(network, None, blank, refused)  # a structural refusal: no evidence can help
    planted, moments = planted_quadratic(network), moments_of(network.inputs)
    found = near(planted, moments)
    eta = default_step(planted, found) if step_size is None else step_size
    with precision(128):
        radius = largest_radius(found, exact(planted.step_factor * eta))
    step, rotation = _entry(planted, moments, float(planted.step_factor * eta), _SHARE * radius)
    evidence = Evidence(step, _bits(step), tuple(rotation.ravel().tolist()), found.constants)
    evidence, verdict = _with_enough_bits(eta, evidence, network)
    if not isinstance(verdict, Accepted):
        return Proposal(network, None, evidence, verdict)
    claim: Claim = replace(weaken(replace(verdict.proved, entry_step=0)), entry_step=step)
    return Proposal(network, claim, evidence, decide(claim, evidence, network))


def _weakest(step_size: Fraction) -> Claim:
    return Claim(step_size, 2**62, 1e308, 0.0, 0.0)


def _bits(step: int) -> int:
    """Enough where radii grow by up to 1.2 a step; they may grow faster."""
    return min(_MOST_BITS, 128 + math.ceil(0.3 * step))


def _entry(planted: PlantedQuadratic, moments: Moments, step: float, wanted: float) -> tuple[int, Array]:
    """The first step whose float64 iterate is near enough, and the rotation that aligns it; else the nearest one."""
    best = (math.inf, 0, np.eye(planted.network.width))
    for count, weights in enumerate(descend_planted(planted, moments, step, planted.network.weights)):
        if not np.isfinite(weights).all() or count > _MOST_STEPS:
            break
        distance, rotation = orbit_distance(weights, planted.planted)
        if distance < best[0]:
            best = (distance, count, rotation)
        if distance <= wanted:
            break
    return best[1], best[2]


def _with_enough_bits(eta: Fraction, evidence: Evidence, network: Network) -> tuple[Evidence, Verdict]:
    """Judge; where the balls of the run have grown too wide, once more with twice the bits."""
    verdict = decide(_weakest(eta), evidence, network)
    if not isinstance(verdict, Accepted) and verdict.check in (0, 6) and evidence.bits < _MOST_BITS:
        evidence = replace(evidence, bits=min(_MOST_BITS, 2 * evidence.bits))
        verdict = decide(_weakest(eta), evidence, network)
    return evidence, verdict


def _runs(claim: Claim, network: Network) -> OrbitBounds:
    start = Start("the given weights", network.layers[0].weight, claim.entry_step, claim.entry_distance, claim.decrease)
    return OrbitBounds(claim.step_size, (start,), claim.asymptotic_decrease)


SEARCH = Search(
    Claim,
    Network,
    lambda network, options: propose(network, step_size=options.step_size),
    reads=frozenset({"step_size"}),
    fits=lambda network: None if network.teacher is None else "gradient descent from these weights to the teacher",
    excludes=not_planted,
    runs=_runs,
)
