"""Search for a small certified gap of a deep linear network: the dual of the best approximation of its rank.

The eigenvalues are those of binary64. Z is the positive part of Σ − τI, and a multiple of the identity is added until
the judge, who is exact, finds both of its matrices positive semidefinite.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from certificates import Accepted, Network, decide
from certificates.claims.deep_linear_gap import Claim, Evidence
from certificates.memory import kept_memory
from verify.search.linear import not_linear, reached_labels
from verify.search.proposal import Proposal, Search

__all__ = ["SEARCH", "propose"]

_HUGE = Claim(1e308)
_SHARES = (2.0**-44, 0.0)  # inputs that depend on each other up to rounding may be independent
_SHIFTS = (0.0, *(2.0**k for k in range(-50, 0, 3)))  # of the largest eigenvalue


@kept_memory()
def propose(network: Network) -> Proposal:
    """Find the smallest gap that can be proven at these weights.

    Returns
    -------
    Proposal
        With an accepted verdict, or with the judge's refusal.
    """
    evidence = Evidence(0.0, ())
    verdict = decide(_HUGE, evidence, network)
    if not_linear(network) is not None:
        return Proposal(network, None, evidence, verdict)
    for evidence in _attempts(network):
        verdict = decide(_HUGE, evidence, network)
        if isinstance(verdict, Accepted):
            return Proposal(network, verdict.proved, evidence, decide(verdict.proved, evidence, network))
        if verdict.check != 4:
            break
    return Proposal(network, None, evidence, verdict)


def _attempts(network: Network) -> Iterator[Evidence]:
    """Ever larger dual points."""
    rank = min(network.widths)
    for share in _SHARES:
        with np.errstate(all="ignore"):
            reached = reached_labels(network, share)
            form = reached @ reached.T
        if not np.isfinite(form).all():
            return
        values, vectors = np.linalg.eigh(form)
        falling = np.maximum(values[::-1], 0.0)
        threshold = 0.0 if rank == len(falling) else float(falling[rank - 1] + falling[rank]) / 2
        positive = (vectors * np.maximum(values - threshold, 0.0)) @ vectors.T
        for shift in _SHIFTS:
            dual = positive + shift * falling[0] * np.eye(len(falling))
            yield Evidence(threshold, tuple(tuple(row[: i + 1].tolist()) for i, row in enumerate(dual)))


SEARCH = Search(
    Claim,
    Network,
    lambda network, _: propose(network),
    fits=lambda network: None if not_linear(network) else "how far a linear network is from its global minimum",
    excludes=not_linear,
)
