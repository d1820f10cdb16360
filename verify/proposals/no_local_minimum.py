"""Search for a ball without local minima: the lowest eigenvector, and how far f bends down along it.

The claimed curvature is half of what it is at the weights: the Hessian is allowed to turn by the other half.
"""

from __future__ import annotations

import numpy as np

from certificates import Accepted, Network, decide
from certificates.claims.no_local_minimum import Claim, Evidence
from certificates.memory import kept_memory
from verify.numeric.smooth_objective import FloatObjective
from verify.search.negative_directions import lowest_eigenvector
from verify.search.proposal import Proposal, Search
from verify.search.turning_radii import planted, radius_of
from verify.search.weakening import weaken

__all__ = ["SEARCH", "propose"]

_WEAKEST = Claim(5e-324, 5e-324, 1e308)
_SHARE = 0.5  # of the curvature, that the Hessian may turn by
_MOST_OF_SUMS = 1_500  # parameters: beyond, sums over samples cost more than a wider ball is worth


@kept_memory()
def propose(network: Network) -> Proposal:
    """Find the largest ball around the weights that certainly has no local minimum in it.

    Returns
    -------
    Proposal
        With an accepted verdict, or with the judge's refusal: at a minimum there is no such ball.
    """
    evidence = _evidence(network)
    verdict = decide(_WEAKEST, evidence, network)
    if not isinstance(verdict, Accepted):
        return Proposal(network, None, evidence, verdict)
    claim = weaken(verdict.proved)
    return Proposal(network, claim, evidence, decide(claim, evidence, network))


def _evidence(network: Network) -> Evidence:
    """What refuses for the reason there is, where nothing better is found."""
    count = network.trained_parameter_count
    any_direction = Evidence((1.0,) * count, 2.0**-30, turning="samples")
    if network.teacher is not None:
        return any_direction
    objective = FloatObjective(network)
    with np.errstate(all="ignore"):
        found = lowest_eigenvector(objective, objective.initial())
    if found is None:
        return any_direction
    value, vector = found
    direction = tuple(float(entry) for entry in vector)
    if value >= 0:
        return Evidence(direction, 2.0**-30, turning="samples")
    sums = count <= _MOST_OF_SUMS
    radius = radius_of(network, -_SHARE * value, sums=sums, along=vector)
    return Evidence(direction, 2.0**-30 if radius is None else radius, "sums" if sums else "samples")


SEARCH = Search(Claim, Network, lambda network, _: propose(network), excludes=planted)
