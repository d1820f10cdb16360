"""The least change that certifies: its residual certifies, and twice its residual on the same path does not."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

import verify
from certificates import Accepted
from tests.support.naive import random_network
from verify.numeric.mlp import FloatNetwork
from verify.proposals.zero_loss_convergence import propose
from verify.search.landscape import curvature_forms, survey
from verify.search.least_polish import WANTED_SHARE, least_polish
from verify.search.polish import Descent, between, levenberg_marquardt
from verify.search.trapping import margin

NETS = {
    "one hidden layer": ((4, 24, 1), 6, "tanh", 0.3),
    "far away": ((3, 60, 1), 20, "softplus(1)", 1.0),
    "two hidden layers": ((4, 10, 10, 1), 5, "gelu", 0.3),
    "three hidden layers, two outputs": ((3, 8, 8, 8, 2), 3, "tanh", 0.3),
    "no third derivative": ((3, 12, 12, 1), 5, "elu(1)", 0.2),
}


def network_of(name):
    widths, samples, activation, residual = NETS[name]
    return random_network(np.random.default_rng(1), widths, samples, activation, residual=residual)


def estimates(network):
    return margin(survey(network, curvature_forms(network)[0], radii=4))


def point(network, norm):
    """On the same path, where the residual has that norm."""
    net = FloatNetwork(network)
    before, after = next((a, b) for a, b in pairwise(Descent(net, 200, lambda *_: None)) if b.norm <= norm)
    return net.network(between(net, before, after, norm).weights)


SHORT = ("one hidden layer", "far away", "no third derivative")


@pytest.mark.parametrize("name", [n if n in SHORT else pytest.param(n, marks=pytest.mark.slow) for n in sorted(NETS)])
def test_the_residual_is_within_a_factor_two_of_the_threshold(name):
    network = network_of(name)
    assert not isinstance(propose(network).verdict, Accepted)
    polished = next(least_polish(network, estimates))
    found = propose(polished.network)
    assert isinstance(found.verdict, Accepted)
    twice = 2 * polished.residuals[-1] * 1.05  # the path is followed up to 5 percent
    assert not isinstance(propose(point(network, twice)).verdict, Accepted)
    here = polished.margins[-1]
    assert here.residual == pytest.approx(polished.residuals[-1]) and here.needed / 2 < here.residual < here.needed


@pytest.mark.parametrize(
    ("name", "share"),
    [
        ("one hidden layer", WANTED_SHARE),
        ("one hidden layer", 0.5),
        ("one hidden layer", 0.9),
        ("two hidden layers", 0.5),
    ],
)
def test_the_asked_share_of_the_rate_is_certified_and_at_twice_the_residual_it_is_not(name, share):
    network = network_of(name)
    polished = next(least_polish(network, estimates, share=share))
    found = propose(polished.network)
    facts = {fact.symbol: fact for fact in found.verdict.facts}
    best = facts["λ_min(K)"].lower / facts["λ_max(K)"].upper
    certified = found.claim.decrease_rate * found.claim.step_size_max / best
    assert certified >= share * (1 - 1e-2)
    assert estimates(point(network, 2.1 * polished.residuals[-1])).share < share


def test_it_moves_less_than_to_the_rounding_floor_and_a_higher_share_moves_further():
    network = network_of("one hidden layer")
    moved = [next(least_polish(network, estimates, share=share)).distance for share in (0.0, 0.5, 0.99)]
    assert moved == sorted(moved) and moved[0] < moved[-1] <= levenberg_marquardt(network).distance * 1.01


def test_a_judge_who_refuses_is_given_smaller_residuals_down_to_the_floor():
    candidates = list(least_polish(network_of("far away"), estimates))
    norms = [each.residuals[-1] for each in candidates]
    assert norms == sorted(norms, reverse=True) and len(norms) == 3 and norms[-1] < 1e-12
    assert [each.ended for each in candidates] == ["enough", "enough", "floor"]
    assert all(each.margins[0].residual == pytest.approx(each.residuals[0]) for each in candidates)


def test_only_the_last_iterate_where_none_would_certify():
    network = random_network(np.random.default_rng(3), (1, 2, 1), 5, residual=1.0)
    (polished,) = least_polish(network, estimates, max_steps=40)
    assert polished.ended != "enough" and polished.margins[-1].share == 0


def test_few_weights_are_looked_at_and_the_last_of_them_is_taken():
    """Then what was computed there serves the proposal."""
    looked = []
    network = network_of("far away")

    def look(given):
        looked.append(given)
        return estimates(given)

    polished = next(least_polish(network, look, start=estimates(network)))
    assert polished.steps >= 20 and len(looked) <= 5 and looked[-1] is polished.network


def test_the_share_falls_as_the_square_of_what_is_left():
    """(1 − q)² with q = residual/needed, for constant β: what the default of 1/16 rests on."""
    network = network_of("one hidden layer")
    for factor in (0.1, 0.5, 0.7):
        needed = next(least_polish(network, estimates)).margins[-1].needed
        here = estimates(point(network, factor * needed))
        assert here.share == pytest.approx((1 - here.residual / here.needed) ** 2, abs=0.02)


def test_the_judge_decides_and_full_polish_is_the_last_resort(monkeypatch):
    """Estimates that promise too much cost attempts, not truth."""
    from verify.proposals import zero_loss_convergence as proposals

    honest = proposals.margin

    def boastful(landscape):
        found = honest(landscape)
        return type(found)(found.residual, 1e9, found.smallest, found.largest, 1.0)

    monkeypatch.setattr(proposals, "margin", boastful)
    done = verify.certify(network_of("one hidden layer"), polish=True)
    assert isinstance(done.verdict, Accepted) and done.polished.residuals[-1] < 1e-12
