"""Search for bounds of the layers' spectra: those of binary64, a little weakened, in whichever case says more."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce

import numpy as np

from certificates import Accepted, Network, decide
from certificates.claims.deep_linear_gradient_dominance import Claim, Evidence
from certificates.memory import kept_memory
from verify.search.linear import Array, labels_of, not_linear
from verify.search.proposal import Proposal, Search

__all__ = ["SEARCH", "propose"]

_WEAKEST = Claim(5e-324)
_MARGINS = (2.0**-30, 2.0**-16)
_ZERO = 2.0**-40  # shares of the largest eigenvalue below it count as 0
_ROOM = 2.0**-10  # of a − b, for the bound outside


@kept_memory()
def propose(network: Network) -> Proposal:
    """Find the largest constant that can be proven at these weights.

    Returns
    -------
    Proposal
        With an accepted verdict, or with the judge's refusal.
    """
    evidence = Evidence("end", 0.0, (), ())
    verdict = decide(_WEAKEST, evidence, network)
    if not_linear(network) is not None:
        return Proposal(network, None, evidence, verdict)
    best: Proposal | None = None
    for evidence in _attempts(network):
        verdict = decide(_WEAKEST, evidence, network)
        if isinstance(verdict, Accepted) and (best is None or verdict.proved.constant > best.claim.constant):
            best = Proposal(network, verdict.proved, evidence, decide(verdict.proved, evidence, network))
    return best or Proposal(network, None, evidence, verdict)


def _attempts(network: Network) -> Iterator[Evidence]:
    widths = network.widths
    ends, hidden = min(widths[0], widths[-1]), min(widths[1:-1])
    for margin in _MARGINS:
        with np.errstate(all="ignore"):
            if hidden <= ends and network.layers[0].trained and network.layers[-1].trained:
                yield from _interior(network, margin)
            if hidden >= ends:
                yield _end(network, margin)


def _end(network: Network, margin: float) -> Evidence:
    weights = [layer.weight for layer in network.layers]
    above = [_product(weights[k + 1 :], network.widths[-1]) for k in range(len(weights))]
    below = [_product(weights[:k], network.widths[0]) for k in range(len(weights))]
    inputs = network.inputs.T @ network.inputs
    return Evidence(
        "end",
        _least_nonzero(inputs, margin),
        tuple(_least(each @ each.T, margin) for each in above),
        tuple(_least(each.T @ each, margin) for each in below),
    )


def _interior(network: Network, margin: float) -> Iterator[Evidence]:
    weights = [layer.weight for layer in network.layers]
    narrow = int(np.argmin(network.widths[1:-1])) + 1
    over, basis = _product(weights[1:], network.widths[-1]), _product(weights[narrow:], network.widths[-1])
    under = network.inputs @ _product(weights[:-1], network.widths[0]).T
    solution = np.linalg.lstsq(network.inputs, labels_of(network), rcond=None)[0]
    fitted = network.inputs @ solution
    sigma = fitted.T @ fitted
    inside, outside, lift = _across(sigma, basis)
    norm = float(np.linalg.norm(sigma, 2))
    inputs = network.inputs.T @ network.inputs
    found = Evidence(
        "interior",
        _least(inputs, margin),
        (_least_nonzero(over @ over.T, margin),),
        (_least_nonzero(under.T @ under, margin),),
        max(0.0, inside - margin * norm),
        outside,
        norm * (1 + margin),
        lift,
        tuple(tuple(row.tolist()) for row in solution),
    )
    if np.isfinite([outside, norm, lift, *solution.ravel()]).all():
        yield found


def _across(sigma: Array, basis: Array) -> tuple[float, float, float]:
    """The numbers a, b and t for U the span of the basis."""
    rank = basis.shape[1]
    if rank >= len(sigma):
        return 0.0, 0.0, 0.0
    left, sizes, _ = np.linalg.svd(basis)
    inside = float(np.linalg.eigvalsh(left[:, :rank].T @ sigma @ left[:, :rank])[0])
    outside = float(np.linalg.eigvalsh(left[:, rank:].T @ sigma @ left[:, rank:])[-1])
    norm, room = float(np.linalg.norm(sigma, 2)), max(inside - outside, 0.0) * _ROOM
    lift = 2 * (norm + norm**2 / room) / float(sizes[rank - 1]) ** 2 if room and sizes[rank - 1] else 0.0
    return inside, outside + room, lift


def _product(weights: list[Array], size: int) -> Array:
    """The layers in order, the last one on the left."""
    return reduce(lambda under, weight: weight @ under, weights[1:], weights[0]) if weights else np.eye(size)


def _least(form: Array, margin: float) -> float:
    values = np.linalg.eigvalsh(form)
    return float(values[0]) * (1 - margin) if values[0] > _ZERO * values[-1] else 0.0


def _least_nonzero(form: Array, margin: float) -> float:
    values = np.linalg.eigvalsh(form)
    positive = values[values > _ZERO * values[-1]]
    return float(positive[0]) * (1 - margin) if positive.size else 0.0


SEARCH = Search(
    Claim,
    Network,
    lambda network, _: propose(network),
    fits=lambda network: None if not_linear(network) else "how a linear network's gradient bounds its gap",
    excludes=not_linear,
)
