"""Small problems whose weights are at a saddle of their objective, isolated or not."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from certificates import Network
from tests.support.minima import decays
from tests.support.objective_nets import draw_network
from verify.numeric.smooth_objective import FloatObjective
from verify.proposals import critical_point, no_local_minimum
from verify.search.critical_weights import critical_weights

__all__ = ["copied_saddle", "no_minimum", "saddle"]

_DRAWS, _APART = 40, 0.1  # from the origin, which is critical, too


def no_minimum(widths: tuple[int, ...], loss: str, **options: Any) -> tuple[Network, Any, Any]:
    """The first weights drawn that are no minimum, with the claim and the evidence that say so."""
    for seed in range(_DRAWS):
        network = draw_network(seed, widths, loss, **options)
        found = no_local_minimum.propose(network)
        if found.claim is not None:
            return network, found.claim, found.evidence
    raise RuntimeError("only minima")


@cache
def saddle(loss: str, widths: tuple[int, ...] = (2, 2, 2), samples: int = 6) -> Network:
    """The first critical point of some index above 0 that Newton's method finds and that is proved to be isolated."""
    for seed in range(_DRAWS):
        drawn = draw_network(seed, widths, loss, samples=samples, biased=False, decay=False)
        penalised = replace(drawn.objective, decay=decays("1/50", "layers.0.weight", "layers.1.weight"))
        network = replace(drawn, objective=penalised)
        weights = critical_weights(network)
        if np.max(np.abs(weights)) < _APART:
            continue
        network = FloatObjective(network).network(weights)
        found = critical_point.propose(network)
        if found.claim is not None and found.claim.index > 0:
            return network
    raise RuntimeError("no draw leads to an isolated saddle")


def copied_saddle() -> Network:
    """A minimum of a network with one unit, the unit split into two equal halves: a curve of critical points."""
    network = draw_network(1, (2, 1, 1), "logistic", samples=6, biased=False, decay=False)
    weights = critical_weights(network)
    first, second = FloatObjective(network).network(weights).layers
    halves = (
        replace(first, weight=np.repeat(first.weight, 2, axis=0)),
        replace(second, weight=np.repeat(second.weight / 2, 2, axis=1)),
    )
    return replace(network, layers=halves)
