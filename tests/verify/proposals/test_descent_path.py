"""The search of `descent-path`: the way it takes at each kind of point."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from certificates import Accepted, Rejected
from certificates.expression import parse_activation
from tests.support.linear import critical_point, linear_problem, linear_weights
from verify.proposals.descent_path import SEARCH, propose
from verify.search import linear_paths
from verify.search.linear_saddles import gradient, lowest_direction


def test_networks_of_other_units_are_named():
    network = critical_point(np.random.default_rng(0), (2, 2, 2), (1,))
    other = replace(network, activations=(parse_activation("relu"),))
    assert SEARCH.excludes(network) is None and SEARCH.fits(other) is None
    assert propose(other).verdict.check == 1


def test_beyond_the_hessians_that_are_formed_the_steepest_direction_is_taken(monkeypatch):
    rng = np.random.default_rng(1)
    network = linear_problem(linear_weights(rng, (3, 2, 2)), rng.normal(size=(5, 3)), rng.normal(size=(5, 2)))
    near = propose(network)
    assert near.claim.curvature > 0
    monkeypatch.setattr(linear_paths, "MOST_PARAMETERS", 1)
    far = propose(replace(network))
    assert isinstance(far.verdict, Accepted)
    steepest = np.concatenate([np.array(term) for term in far.evidence.terms])
    slope = np.concatenate([part.ravel() for part in gradient(network)])
    assert steepest == pytest.approx(-slope / np.max(np.abs(slope)))


def test_frozen_layers_stay():
    saddle = critical_point(np.random.default_rng(2), (2, 1, 2), (1,))
    frozen = replace(saddle, layers=(replace(saddle.layers[0], trained=False), saddle.layers[1]))
    assert isinstance(propose(saddle).verdict, Accepted)
    verdict = propose(frozen).verdict  # the best second layer for this first one
    assert isinstance(verdict, Rejected) and lowest_direction(frozen) is None
