"""The rule of `deep-linear-critical`: every critical point from singular subspaces is what it is, exactly."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from certificates import Accepted, Rejected, Undecided, decide
from certificates.claims.deep_linear_critical import Claim, Evidence
from certificates.errors import MalformedCertificate
from tests.support.linear import critical_point, exact_loss, linear_problem
from verify.proposals.deep_linear_critical import propose

CASES = [(w, b) for w in ((3, 2, 3), (2, 2, 2, 2), (3, 3, 2, 3), (2, 3, 3, 3, 2)) for b in (False, True)]


@pytest.mark.parametrize(("widths", "blocks"), CASES)
def test_every_critical_point_is_classified(widths, blocks):
    rank = min(widths)
    for size in range(rank + 1):
        for kept in combinations(range(min(widths[0], widths[-1])), size):
            network = critical_point(np.random.default_rng(size), widths, kept, blocks)
            found = propose(network)
            assert isinstance(found.verdict, Accepted)
            assert found.claim.type == ("global-minimum" if kept == tuple(range(rank)) else "saddle")
            assert found.claim.value_lower == found.claim.value_upper == float(exact_loss(network))


@pytest.mark.parametrize("depth", [3, 4, 5])
def test_zero_weights_are_saddles_of_the_order_of_the_depth_without_curvature(depth):
    network = linear_problem([np.zeros((2, 2))] * depth, np.eye(2), np.diag([3.0, 1.0]))
    found = propose(network)
    facts = {fact.symbol: fact for fact in found.verdict.facts}
    assert found.claim == Claim("saddle", 5.0, 5.0, 0.0) and facts["q"].upper == depth
    assert decide(Claim("saddle", 5.0, 5.0, 5e-324), found.evidence, network).check == 6


def test_values_are_exact_to_the_last_bit():
    network = critical_point(np.random.default_rng(3), (3, 2, 3), (0, 1))
    claim, evidence = propose(network).claim, propose(network).evidence
    value = claim.value_lower
    for low, high in ((np.nextafter(value, 9e9), 9e9), (-9e9, np.nextafter(value, 0))):
        verdict = decide(Claim("global-minimum", float(low), float(high)), evidence, network)
        assert isinstance(verdict, Undecided) and verdict.check == 6
    assert isinstance(decide(Claim("global-minimum", -1e308, 1e308), evidence, network), Accepted)


def test_points_that_are_nearly_critical_are_none():
    network = critical_point(np.random.default_rng(3), (3, 2, 3), (0, 1))
    first, last = network.layers
    weight = first.weight.copy()
    weight[0, 0] = np.nextafter(weight[0, 0], 9)
    near = replace(network, layers=(replace(first, weight=weight), last))
    verdict = propose(near).verdict
    assert isinstance(verdict, Rejected) and verdict.check == 4 and "deep-linear-gap" in verdict.advice


def test_a_frozen_layer_and_too_much_work_are_refused():
    network = critical_point(np.random.default_rng(3), (3, 2, 3), (0, 1))
    evidence, weakest = propose(network).evidence, Claim("global-minimum", -1e308, 1e308)
    frozen = replace(network, layers=(replace(network.layers[0], trained=False), network.layers[1]))
    assert decide(weakest, evidence, frozen).check == 1
    assert decide(weakest, evidence, network, budget=1.0).check == 3
    for tau in (np.nan, np.inf, -1.0):
        assert decide(weakest, Evidence(tau), network).check == 2
    for numbers in ((1.0, 0.0), (0.0, 1.0, -1.0), (0.0, 1.0, 1.0)):
        with pytest.raises(MalformedCertificate):
            Claim("global-minimum", *numbers)
