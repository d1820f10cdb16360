"""Evidence for descent by the distance to the nearest zero, where trapping admits no such residual (theory 1.10)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from certificates import Network
from certificates.arithmetic.arb import exact, lower, precision, upper
from certificates.checks.nearest_zero import reached
from certificates.claims.zero_loss_convergence import DistanceEvidence, Evidence
from certificates.enclosures.networks.curvature import curvature
from verify.problems.objectives import squared_scale
from verify.search.landscape import Landscape
from verify.search.least_norm_steps import NewtonStep, newton_step
from verify.search.weakening import weaken_number

__all__ = ["distance_evidence"]

_ZETAS = (1.2, 0.8, 0.5, 0.25, 0.1, 0.02)  # ηΛ
_CELLS = 32
_TRIALS = 8
_ROOM = 1 + 2.0**-8
_MOST_BENT = 5 / 18  # h of the flow


def distance_evidence(network: Network, landscape: Landscape) -> Evidence | None:
    """The step with the largest certified decrease among a few; ``None`` where none is certified.

    Parameters
    ----------
    network
        The problem.
    landscape
        What was found at its weights.
    """
    if not landscape.smallest > 0:
        return None
    step = newton_step(landscape)
    if not float(landscape.betas[0]) * step.length < _MOST_BENT * landscape.smallest:
        return None
    with precision(128):
        tried = [_with_step(network, landscape, step, zeta) for zeta in _ZETAS]
    found = [each for each in tried if each is not None]
    return max(found, key=lambda each: each[0])[1] if found else None


def _with_step(network: Network, landscape: Landscape, step: NewtonStep, zeta: float) -> tuple[float, Evidence] | None:
    """κη and the evidence, on the least ball found that holds all that is asked for."""
    ball, scale = 3 * step.length, 2 * float(squared_scale(network))
    spectrum = exact(landscape.smallest), exact(landscape.largest)
    for _ in range(_TRIALS):
        beta = curvature(landscape.point, network.activations, ball, landscape.form)
        with np.errstate(all="ignore"):
            norm = np.float64(landscape.largest + upper(beta) * ball)
            eta = float(zeta / (np.float64(scale) * norm**2))
        if not 0 < eta < np.inf:
            return None
        eta = weaken_number(eta, "smaller")
        given = exact(2) * exact(squared_scale(network)) * exact(eta)
        there = reached(landscape.point, spectrum, beta, ball, step.parts, given, _CELLS)
        if there.start is None or there.found is None or not there.found.holds:
            return None
        needed = upper(there.start.offset + there.found.reach) * _ROOM
        if needed <= ball:
            evidence = Evidence(ball, 0.5, (ball,), *landscape.shifts, landscape.form)
            by_distance = DistanceEvidence(eta, step.parts, _CELLS)
            return lower(there.found.rate) * scale * eta, replace(evidence, by_distance=by_distance)
        ball = weaken_number(needed, "larger")
    return None
