"""The rule of `deep-linear-gap`: exact gaps, bad input, and another route to the minimum."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from certificates import Accepted, Rejected, Undecided, decide
from certificates.claims.deep_linear_gap import Claim, Evidence
from certificates.errors import MalformedCertificate
from certificates.subjects import Objective, Squared
from tests.support.linear import best_product, exact_loss, linear_problem, linear_weights, rational_matrix
from verify.proposals.deep_linear_gap import propose

F = Fraction
HUGE = Claim(1e308)


def _plane(first=(0.0, 0.0)):
    """Y = diag(3, 1), X = I, one unit between: L* = ½·1, Σ = diag(9, 1)."""
    weights = [[list(first)], [[1.0], [0.0]]]
    return linear_problem(weights, np.eye(2), np.diag([3.0, 1.0]))


@pytest.mark.parametrize(("first", "gap"), [((0.0, 0.0), 4.5), ((3.0, 0.0), 0.0), ((1.0, 0.0), 2.0)])
def test_the_gap_of_the_plane_is_exact(first, gap):
    """‖Y‖² = 10, the best product of rank 1 keeps 9 of it."""
    for threshold, corner in ((1.0, 8.0), (4.0, 5.0), (9.0, 0.0)):
        evidence = Evidence(threshold, ((corner,), (0.0, 0.0)))
        verdict = decide(Claim(gap), evidence, _plane(first))
        assert isinstance(verdict, Accepted) and verdict.proved.gap == gap
    for threshold, corner in ((1.0, np.nextafter(8.0, 0)), (np.nextafter(1.0, 0), 8.0), (0.5, 8.5)):
        verdict = decide(HUGE, Evidence(threshold, ((corner,), (0.0, 0.0))), _plane(first))
        assert isinstance(verdict, Rejected) and verdict.check == 4


def test_a_dual_that_is_not_semidefinite_is_rejected_though_the_second_matrix_is():
    """Z = diag(0, −7) and τ = 9 would prove a gap of −3.5."""
    verdict = decide(HUGE, Evidence(9.0, ((0.0,), (0.0, -7.0))), _plane())
    assert isinstance(verdict, Rejected) and verdict.check == 4


@pytest.mark.parametrize("seed", range(6))
def test_the_gap_is_that_to_the_best_product_of_the_rank(seed):
    rng = np.random.default_rng(seed)
    widths = (3, 2 + seed % 2, 1 + seed % 3, 4)
    network = linear_problem(linear_weights(rng, widths), rng.normal(size=(7, 3)), rng.normal(size=(7, 4)), F(1, 7))
    found = propose(network)
    best = exact_loss(network, [rational_matrix(factor) for factor in best_product(network)])
    true = exact_loss(network) - best
    assert isinstance(found.verdict, Accepted)
    assert true <= F(found.claim.gap) <= true * (1 + F(1, 10**9))
    assert isinstance(decide(replace(found.claim, gap=found.claim.gap * 2), found.evidence, network), Accepted)
    assert decide(Claim(np.nextafter(found.claim.gap, 0)), found.evidence, network).check == 5


def test_planted_labels_are_exact():
    rng = np.random.default_rng(0)
    weights, x = linear_weights(rng, (3, 2, 3)), rng.normal(size=(6, 3))
    network = linear_problem(weights, x, None, teacher=weights)
    found = propose(network)
    assert found.verdict.facts[1].upper == 0.0 and found.claim.gap < 1e-12
    other = linear_problem(linear_weights(rng, (3, 2, 3)), x, None, teacher=weights)
    given = linear_problem([layer.weight for layer in other.layers], x, x @ weights[0].T @ weights[1].T)
    assert propose(other).claim.gap == pytest.approx(propose(given).claim.gap, rel=1e-9)


def test_frozen_layers_change_nothing():
    network = _plane()
    frozen = replace(network, layers=(network.layers[0], replace(network.layers[1], trained=False)))
    evidence = Evidence(1.0, ((8.0,), (0.0, 0.0)))
    assert decide(HUGE, evidence, frozen).proved == decide(HUGE, evidence, network).proved


@pytest.mark.parametrize("numbers", [(np.nan, 0.0), (1.0, np.inf)])
def test_numbers_that_are_none_are_refused(numbers):
    threshold, corner = numbers
    assert decide(HUGE, Evidence(threshold, ((8.0,), (0.0, corner))), _plane()).check == 2


def test_numbers_of_too_different_sizes_and_too_much_work_are_undecided():
    network = linear_problem([np.eye(2), np.eye(2)], np.diag([1e300, 1e-300]), np.eye(2))
    evidence = Evidence(1.0, ((8.0,), (0.0, 0.0)))
    assert isinstance(decide(HUGE, evidence, network), Undecided)
    verdict = decide(HUGE, evidence, _plane(), budget=1.0)
    assert isinstance(verdict, Undecided) and verdict.check == 3


def test_other_objectives_are_not_covered():
    network = replace(_plane(), objective=Objective(Squared(F(1, 2)), sample_weights=(F(1), F(2))))
    assert decide(HUGE, Evidence(1.0, ((8.0,), (0.0, 0.0))), network).check == 0


def test_a_negative_gap_is_malformed():
    with pytest.raises(MalformedCertificate, match="gap"):
        Claim(-1.0)
