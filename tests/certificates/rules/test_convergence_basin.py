"""The rule of `convergence-basin`: starts on the sphere converge, and every field and number counts."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from certificates import Accepted, Rejected, Undecided, decide
from certificates.claims.convergence_basin import Claim
from tests.support.naive import forward, jacobian, parameters, random_network
from verify.proposals import zero_loss_convergence
from verify.proposals.convergence_basin import propose


@pytest.fixture(scope="module")
def honest():
    found = propose(random_network(np.random.default_rng(1), (3, 12, 1), 4, residual=1e-6))
    assert isinstance(found.verdict, Accepted), found.verdict.explanation()
    return found.problem, found.claim, found.evidence


def test_starts_on_the_sphere_obey_the_certificate(honest):
    network, claim, _ = honest
    scale, centre = float(network.objective.squared_scale), parameters(network)
    rng = np.random.default_rng(0)
    right = np.linalg.svd(jacobian(network, centre, "tanh"))[2]
    for direction in (rng.normal(size=centre.size), right[0], -right[3], right[-1]):
        w = centre + claim.radius * direction / np.linalg.norm(direction)
        product = 1.0
        for _ in range(200):
            e = (forward(network, w, "tanh") - network.targets).T.ravel()
            assert scale * e @ e <= claim.loss_bound * product * (1 + 1e-9)
            assert np.linalg.norm(w - centre) <= claim.reach
            eta = claim.step_size_max * rng.uniform(0.3, 1)
            w = w - eta * 2 * scale * e @ jacobian(network, w, "tanh")
            product *= 1 - claim.decrease_rate * eta


def test_the_ball_is_far_larger_than_trapping_has_it(honest):
    """All starts of a ball are trapped if S ρ < σ²/2β, about."""
    network, claim, _ = honest
    facts = {fact.symbol: fact for fact in zero_loss_convergence.propose(network).verdict.facts}
    trapped = facts["λ_min(K)"].lower / (2 * facts["β(0)"].upper * facts["S₀"].upper)
    assert claim.radius > 2 * trapped


def test_both_arithmetics_accept(honest):
    network, claim, evidence = honest
    for arithmetic in ("fast", "arb"):
        assert isinstance(decide(claim, evidence, network, arithmetic=arithmetic), Accepted)


WEAKER = {
    "radius": 0.5,
    "step_size_max": 0.5,
    "decrease_rate": 0.5,
    "reach": 2.0,
    "distance_bound": 2.0,
    "loss_bound": 2.0,
}


@pytest.mark.parametrize("name", sorted(WEAKER))
def test_weaker_is_accepted_and_one_ulp_more_is_not(honest, name):
    network, claim, evidence = honest
    weaker = replace(claim, **{name: getattr(claim, name) * WEAKER[name]})
    assert isinstance(decide(weaker, evidence, network), Accepted)
    proved = decide(claim, evidence, network).proved
    stronger = replace(proved, **{name: math.nextafter(getattr(proved, name), 0.0 if WEAKER[name] > 1 else math.inf)})
    verdict = decide(stronger, evidence, network)
    assert isinstance(verdict, Undecided) and verdict.check == 9


@pytest.mark.parametrize("name", ["radius", "step_size", "most", "ball"])
@pytest.mark.parametrize("value", [0.0, -1.0, math.inf, math.nan])
def test_evidence_out_of_range(honest, name, value):
    network, claim, evidence = honest
    verdict = decide(claim, replace(evidence, **{name: value}), network)
    assert isinstance(verdict, Rejected) and verdict.check == 2


def test_the_scale_of_the_loss_scales_steps(honest):
    """s f: steps are s times shorter for the same run, rates s times larger."""
    network, claim, evidence = honest
    for factor in (4, 1 / 8):
        loss = replace(
            network.objective.loss, scale=network.objective.loss.scale * type(network.objective.squared_scale)(factor)
        )
        other = replace(network, objective=replace(network.objective, loss=loss))
        moved = replace(evidence, step_size=evidence.step_size / factor)
        proved = decide(Claim(5e-324, 5e-324, 0.0, 1e308, 1e308, 1e308), moved, other).proved
        assert proved.decrease_rate == pytest.approx(factor * claim.decrease_rate, rel=1e-2)
        assert proved.loss_bound == pytest.approx(factor * claim.loss_bound, rel=1e-2)
