"""Search for what an exact critical point of a deep linear network is: a global minimum, or a saddle with its path."""

from __future__ import annotations

import numpy as np

from certificates import Accepted, Network, decide
from certificates.claims.deep_linear_critical import Claim, CriticalType, Evidence
from certificates.memory import kept_memory
from verify.search.linear import labels_of, not_linear
from verify.search.linear_paths import paths_to_try
from verify.search.proposal import Proposal, Search

__all__ = ["SEARCH", "propose"]

_LARGEST = 1.7976931348623157e308
_NOT_CRITICAL = 4


@kept_memory()
def propose(network: Network) -> Proposal:
    """Find out which type of critical point the weights are, exactly.

    Parameters
    ----------
    network
        Linear units, every layer trained; ∇f(W) = 0 in exact arithmetic, or the judge says how large it is.

    Returns
    -------
    Proposal
        With an accepted verdict, or with the judge's refusal.
    """
    evidence = Evidence(0.0)
    verdict = decide(_weakest("global-minimum"), evidence, network)
    if not isinstance(verdict, Accepted) and verdict.check > _NOT_CRITICAL:
        evidence = Evidence(_threshold(network))
        verdict = decide(_weakest("global-minimum"), evidence, network)
    if not isinstance(verdict, Accepted) and verdict.check > _NOT_CRITICAL:
        tried = (Evidence(0.0, *path) for path in paths_to_try(network))
        found = ((each, decide(_weakest("saddle"), each, network)) for each in tried)
        evidence, verdict = next((pair for pair in found if isinstance(pair[1], Accepted)), (evidence, verdict))
    if not isinstance(verdict, Accepted):
        return Proposal(network, None, evidence, verdict)
    return Proposal(network, verdict.proved, evidence, decide(verdict.proved, evidence, network))


def _weakest(kind: CriticalType) -> Claim:
    return Claim(kind, -_LARGEST, _LARGEST)


def _threshold(network: Network) -> float:
    """Between the least non-zero eigenvalue of RSRᵀ and the largest one of ΓS⁺Γᵀ."""
    x, product = network.inputs, np.eye(network.widths[0])
    with np.errstate(all="ignore"):
        for layer in network.layers:
            product = layer.weight @ product
        outputs = x @ product.T
        fitted = x @ np.linalg.lstsq(x, labels_of(network), rcond=None)[0]
        inside = np.linalg.svd(outputs, compute_uv=False)[min(network.widths) - 1] ** 2
        outside = np.linalg.norm(fitted - outputs, 2) ** 2
    middle = float(np.sqrt(inside * outside)) if outside > 0 else 0.0
    return middle if np.isfinite(middle) else 0.0


SEARCH = Search(
    Claim,
    Network,
    lambda network, _: propose(network),
    fits=lambda network: None if not_linear(network) else "whether a linear network is at an exact critical point",
    excludes=not_linear,
)
