"""Search for a path along which the loss of a deep linear network falls (theorem 5.1.5)."""

from __future__ import annotations

from certificates import Accepted, Network, decide
from certificates.claims.descent_path import Claim, Evidence
from certificates.memory import kept_memory
from verify.search.linear import not_linear
from verify.search.linear_paths import paths_to_try
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
    for places, terms in paths_to_try(network):
        evidence = Evidence(places, terms)
        verdict = decide(_WEAKEST, evidence, network)
        if isinstance(verdict, Accepted):
            return Proposal(network, verdict.proved, evidence, decide(verdict.proved, evidence, network))
    return Proposal(network, None, evidence, verdict)


SEARCH = Search(
    Claim,
    Network,
    lambda network, _: propose(network),
    fits=lambda network: None if not_linear(network) else "whether a linear network is at a saddle",
    excludes=not_linear,
)
