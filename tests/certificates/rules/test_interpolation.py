"""The rule of `interpolation`: Newton's method lands within the radius, and bent evidence is refused at its check."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

import verify
from certificates import Accepted, Dense, Network, Rejected, Undecided, decide
from certificates.claims.interpolation import Claim
from certificates.expression import parse_activation
from certificates.subjects import Objective, Squared
from tests.support.naive import forward, jacobian, parameters, random_network
from verify.proposals import zero_loss_convergence
from verify.proposals.interpolation import propose
from verify.search.estimates import estimates


@pytest.fixture(scope="module")
def honest():
    found = propose(random_network(np.random.default_rng(1), (4, 24, 1), 6, residual=1e-2))
    assert isinstance(found.verdict, Accepted), found.verdict.explanation()
    return found.problem, found.claim, found.evidence


def test_newtons_method_of_least_norm_lands_within_the_radius(honest):
    network, claim, _ = honest
    start = w = parameters(network)
    for _ in range(8):
        e = (forward(network, w, "tanh") - network.targets).T.ravel()
        w = w - np.linalg.pinv(jacobian(network, w, "tanh")) @ e
    assert np.linalg.norm(e) < 1e-13 and np.linalg.norm(w - start) <= claim.radius
    assert np.linalg.svd(jacobian(network, w, "tanh"))[1][-1] >= claim.singular_value * (1 - 1e-9)


def test_both_arithmetics_accept(honest):
    network, claim, evidence = honest
    for arithmetic in ("fast", "arb"):
        assert isinstance(decide(claim, evidence, network, arithmetic=arithmetic), Accepted)


@pytest.mark.parametrize(("name", "factor"), [("radius", 2.0), ("singular_value", 0.5)])
def test_weaker_is_accepted_and_one_ulp_more_is_not(honest, name, factor):
    network, claim, evidence = honest
    weaker = replace(claim, **{name: getattr(claim, name) * factor})
    assert isinstance(decide(weaker, evidence, network), Accepted)
    proved = decide(claim, evidence, network).proved
    stronger = replace(proved, **{name: math.nextafter(getattr(proved, name), 0.0 if factor > 1 else math.inf)})
    verdict = decide(stronger, evidence, network)
    assert isinstance(verdict, Undecided) and verdict.check == 8


@pytest.mark.parametrize(
    "changes", [{"reach": 0.0}, {"reach": math.inf}, {"reach": math.nan}, {"kernel_shift": math.nan}]
)
def test_evidence_out_of_range(honest, changes):
    network, claim, evidence = honest
    verdict = decide(claim, replace(evidence, **changes), network)
    assert isinstance(verdict, Rejected) and verdict.check == 2


def test_any_vector_gives_a_bound_of_the_step(honest):
    """Only the truth about it counts: a wrong one gives a longer step, never a shorter one."""
    network, claim, evidence = honest
    best, weakest = np.array(evidence.multipliers[0]), Claim(1e308, 0.0)
    rng = np.random.default_rng(0)
    for size in (1e-6, 1e-3):
        c = best * (1 + size * rng.normal(size=best.size))
        bent = replace(evidence, multipliers=(tuple(c[:2]), tuple(c[2:])), reach=2 * evidence.reach)
        verdict = decide(weakest, bent, network)
        assert isinstance(verdict, Accepted) and verdict.proved.radius >= claim.radius * (1 - 1e-3)


def _scalar(target: float, activation: str = "quadratic") -> Network:
    """F(w) = φ(w), w = 1, one equation."""
    layers = (Dense(np.array([[1.0]]), None), Dense(np.array([[1.0]]), None, trained=False))
    data = np.array([[1.0]]), np.array([[target]])
    return Network(layers, (parse_activation(activation),), *data, Objective(Squared(1)))


def test_where_there_is_no_zero_nothing_is_accepted():
    """w² = y at w = 1: a zero for y ≥ 0, with no slope left at y = 0."""
    near = propose(_scalar(0.5))
    assert isinstance(near.verdict, Accepted) and near.claim.radius >= 1 - 0.5**0.5
    for target in (0.0, -0.01):
        assert propose(_scalar(target)).verdict.check == 7
    assert isinstance(decide(near.claim, near.evidence, _scalar(-0.5)), Undecided)


def test_more_is_reached_than_descent_is_proved_from():
    """A residual along the largest eigenvector of K: a short Newton step."""
    network = random_network(np.random.default_rng(3), (4, 30, 1), 6, residual=0.0)
    slopes = jacobian(network, parameters(network), "tanh")
    top = np.linalg.eigh(slopes @ slopes.T)[1][:, -1]
    network = replace(network, targets=network.targets + 6 * estimates(network).needed * top[:, None])
    assert zero_loss_convergence.propose(network).verdict.check == 7
    found = propose(network)
    assert isinstance(found.verdict, Accepted), found.verdict.explanation()
    certified = verify.certify(network)
    assert certified.verdict.kind == "interpolation" and "zero-loss-convergence: check 7" in certified.notes[-1]
    assert verify.certify(network, kind="zero-loss-convergence").verdict.check == 7
