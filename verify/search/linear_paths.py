"""Paths along which the loss of a deep linear network may fall, for the judge to try.

First the direction of the most negative curvature, in binary64, then, at an exact critical point, the paths of higher
order of theorem 5.1.5, and at any other point the steepest direction.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TypeAlias

import numpy as np

from certificates import Network
from verify.search.linear import Array
from verify.search.linear_saddles import MOST_PARAMETERS, RankOne, flat_saddle_path, gradient, lowest_direction

__all__ = ["PathTerms", "paths_of_rank_one", "paths_to_try"]

PathTerms: TypeAlias = tuple[tuple[tuple[int, int], ...], tuple[tuple[float, ...], ...]]
"""Layer (from 1) and power of each term, and its entries row by row."""


def paths_to_try(network: Network) -> Iterator[PathTerms]:
    """Places and terms of one path after another; there is at least one."""
    with np.errstate(all="ignore"):
        slope = gradient(network)
        lowest = lowest_direction(network) if network.trained_parameter_count <= MOST_PARAMETERS else None
    for sign in (1.0, -1.0) if lowest is not None else ():
        yield _straight(network, [sign * part for part in lowest or ()])
    yield from paths_of_rank_one(flat_saddle_path(network) or [])
    size = max(float(np.max(np.abs(part))) for part in slope)
    if np.isfinite(size):
        yield _straight(network, [-part / size if size else np.ones_like(part) for part in slope])


def paths_of_rank_one(path: list[RankOne]) -> Iterator[PathTerms]:
    """The path of theorem 5.1.5 (ii) either way; with smaller powers first, which often do."""
    for most in range(1, max((term.power for term in path), default=0) + 1):
        for sign in (1.0, -1.0):
            yield _curved([replace(term, power=min(term.power, most)) for term in path], sign)


def _straight(network: Network, direction: list[Array]) -> PathTerms:
    trained = [k for k, layer in enumerate(network.layers) if layer.trained]
    return tuple((k + 1, 1) for k in trained), tuple(tuple(direction[k].ravel().tolist()) for k in trained)


def _curved(path: list[RankOne], sign: float) -> PathTerms:
    terms = [np.outer(term.left, term.right) for term in path]
    terms[-1] = sign * terms[-1]
    return tuple((term.layer, term.power) for term in path), tuple(tuple(each.ravel().tolist()) for each in terms)
