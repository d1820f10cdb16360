"""Search for a path along which the loss of a deep linear network falls.

First the direction of the most negative curvature, in binary64, then, at an exact critical point, the paths of higher
order of theorem 5.1.5, and at any other point the steepest direction.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from certificates import Accepted, Network, decide
from certificates.claims.descent_path import Claim, Evidence
from certificates.memory import kept_memory
from verify.search.linear import Array, not_linear
from verify.search.linear_saddles import MOST_PARAMETERS, RankOne, flat_saddle_path, gradient, lowest_direction
from verify.search.proposal import Proposal, Search

__all__ = ["SEARCH", "propose"]

_WEAKEST = Claim(1.7976931348623157e308, 0.0)


@kept_memory()
def propose(network: Network) -> Proposal:
    """Find a path that proves the weights to be no local minimum.

    Returns
    -------
    Proposal
        With an accepted verdict, or with the judge's refusal.
    """
    evidence = Evidence((), ())
    verdict = decide(_WEAKEST, evidence, network)
    if not_linear(network) is not None:
        return Proposal(network, None, evidence, verdict)
    for evidence in _attempts(network):
        verdict = decide(_WEAKEST, evidence, network)
        if isinstance(verdict, Accepted):
            return Proposal(network, verdict.proved, evidence, decide(verdict.proved, evidence, network))
    return Proposal(network, None, evidence, verdict)


def _attempts(network: Network) -> Iterator[Evidence]:
    with np.errstate(all="ignore"):
        slope = gradient(network)
        lowest = lowest_direction(network) if network.trained_parameter_count <= MOST_PARAMETERS else None
    for sign in (1.0, -1.0) if lowest is not None else ():
        yield _straight(network, [sign * part for part in lowest or ()])
    path = flat_saddle_path(network) or []
    for most in range(1, max((term.power for term in path), default=0) + 1):
        for sign in (1.0, -1.0):
            yield _curved([replace(term, power=min(term.power, most)) for term in path], sign)
    size = max(float(np.max(np.abs(part))) for part in slope)
    if np.isfinite(size):
        yield _straight(network, [-part / size if size else np.ones_like(part) for part in slope])


def _straight(network: Network, direction: list[Array]) -> Evidence:
    trained = [k for k, layer in enumerate(network.layers) if layer.trained]
    return Evidence(tuple((k + 1, 1) for k in trained), tuple(tuple(direction[k].ravel().tolist()) for k in trained))


def _curved(path: list[RankOne], sign: float) -> Evidence:
    terms = [np.outer(term.left, term.right) for term in path]
    terms[-1] = sign * terms[-1]
    return Evidence(
        tuple((term.layer, term.power) for term in path), tuple(tuple(each.ravel().tolist()) for each in terms)
    )


SEARCH = Search(
    Claim,
    Network,
    lambda network, _: propose(network),
    fits=lambda network: None if not_linear(network) else "whether a linear network is at a saddle",
    excludes=not_linear,
)
