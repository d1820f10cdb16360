"""The rule of `descent-path`: saddles of every order by hand, and exact critical points of every rank."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from certificates import Accepted, Rejected, Undecided, decide
from certificates.claims.descent_path import Claim, Evidence
from certificates.errors import MalformedCertificate
from tests.support.linear import critical_point, exact_gradient_square, linear_problem
from verify.proposals.descent_path import propose

WEAKEST = Claim(1e308, 0.0)


def _facts(verdict):
    return {fact.symbol: fact for fact in verdict.facts}


@pytest.mark.parametrize("depth", [3, 4, 5])
def test_all_zero_weights_are_a_saddle_of_the_order_of_the_depth(depth):
    """L(tD) = L(0) − 3t^H + …: no derivative below the depth sees it."""
    network = linear_problem([np.zeros((2, 2))] * depth, np.eye(2), np.diag([3.0, 1.0]))
    corner = (1.0, 0.0, 0.0, 0.0)
    evidence = Evidence(tuple((k, 1) for k in range(1, depth + 1)), (corner,) * depth)
    verdict = decide(Claim(0.0, 0.0), evidence, network)
    assert isinstance(verdict, Accepted) and verdict.proved == Claim(0.0, 0.0)
    assert (_facts(verdict)["q"].upper, _facts(verdict)["c"].upper) == (depth, -3.0)
    found = propose(network)
    assert found.claim == Claim(0.0, 0.0) and _facts(found.verdict)["q"].upper == depth


def test_a_strict_saddle_has_the_curvature_of_the_formula():
    """Singular values 3 and 1, the second kept: along the direction of case (i) f falls like (1 − 3)t²."""
    saddle = linear_problem([[[0.0, 1.0]], [[0.0], [1.0]]], np.eye(2), np.diag([3.0, 1.0]))
    evidence = Evidence(((1, 1), (2, 1)), ((1.0, 0.0), (1.0, 0.0)))
    verdict = decide(Claim(0.0, 2.0), evidence, saddle)
    assert isinstance(verdict, Accepted) and verdict.proved == Claim(0.0, 2.0)
    assert _facts(verdict)["c"].upper == -2.0
    curved = replace(evidence, places=((1, 1), (2, 2)))
    assert decide(WEAKEST, curved, saddle).check == 4  # t² of the first layer alone comes first, and rises
    assert decide(Claim(0.0, 2.0000001), evidence, saddle).check == 5


CASES = [
    (w, b) for w in ((3, 2, 3), (2, 2, 2, 2), (3, 3, 2, 3), (3, 3, 3, 3, 3), (2, 3, 3, 3, 2)) for b in (False, True)
]


@pytest.mark.parametrize(("widths", "blocks"), CASES)
def test_every_critical_point_is_global_or_has_a_path(widths, blocks):
    rank = min(widths)
    for size in range(rank + 1):
        for kept in combinations(range(min(widths[0], widths[-1])), size):
            network = critical_point(np.random.default_rng(size), widths, kept, blocks)
            assert exact_gradient_square(network) == 0
            verdict = propose(network).verdict
            if kept == tuple(range(rank)):
                assert isinstance(verdict, Rejected) and verdict.check == 4
            else:
                assert isinstance(verdict, Accepted) and verdict.proved.gradient_norm == 0


def test_away_from_critical_points_the_slope_is_exact():
    network = linear_problem([[[2.0]], [[3.0]]], [[1.0]], [[0.0]])
    verdict = propose(network).verdict
    assert verdict.proved.gradient_norm**2 == pytest.approx(float(exact_gradient_square(network)), rel=1e-15)
    assert (
        decide(Claim(np.nextafter(verdict.proved.gradient_norm, 0), 0.0), propose(network).evidence, network).check == 5
    )


def test_lower_terms_must_cancel_exactly():
    network = linear_problem([np.zeros((2, 2))] * 3, np.eye(2), np.diag([3.0, 1.0]))
    moved = replace(network, layers=(replace(network.layers[0], weight=np.diag([0.0, 5e-324])), *network.layers[1:]))
    evidence = Evidence(((1, 1), (2, 1), (3, 1)), ((1.0, 0.0, 0.0, 0.0),) * 3)
    assert isinstance(decide(WEAKEST, evidence, moved), Accepted)
    rising = Evidence(((2, 1), (3, 1)), ((0.0, 0.0, 0.0, -1.0), (0.0, 0.0, 0.0, 1.0)))
    verdict = decide(WEAKEST, rising, moved)
    assert isinstance(verdict, Rejected) and verdict.check == 4


def test_bad_numbers_and_too_much_work_are_refused():
    network = linear_problem([[[2.0]], [[3.0]]], [[1.0]], [[0.0]])
    assert decide(WEAKEST, Evidence(((1, 1),), ((np.nan,),)), network).check == 2
    assert decide(WEAKEST, Evidence(((1, 1, 1),), ((1.0,),)), network).check == 2
    verdict = decide(WEAKEST, Evidence(((1, 1),), ((-1.0,),)), network, budget=1.0)
    assert isinstance(verdict, Undecided) and verdict.check == 3
    for claim in ((-1.0, 0.0), (0.0, -1.0)):
        with pytest.raises(MalformedCertificate):
            Claim(*claim)
