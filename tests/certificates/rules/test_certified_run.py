"""The rule of `certified-run`: real descents obey it, and each of its numbers counts."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from certificates import Accepted, Rejected, Undecided, decide
from certificates.claims.certified_run import Claim
from tests.support.naive import forward, jacobian, parameters
from tests.support.starts import start
from verify.proposals import zero_loss_convergence
from verify.proposals.certified_run import propose

NETWORK = start((3, 12, 1), 3, seed=0)


@pytest.fixture(scope="module")
def honest():
    found = propose(NETWORK)
    assert isinstance(found.verdict, Accepted), found.verdict.explanation()
    return found.problem, found.claim, found.evidence


def test_trapping_alone_says_nothing_of_this_start(honest):
    assert zero_loss_convergence.propose(honest[0]).verdict.check == 7


def test_descent_in_double_precision_obeys_the_certificate(honest):
    network, claim, _ = honest
    begin = w = parameters(network)
    for k in range(claim.steps + 200):
        e = (forward(network, w, "tanh") - network.targets).T.ravel()
        if k >= claim.steps:
            bound = claim.loss_bound * (1 - claim.decrease_rate * claim.step_size) ** (k - claim.steps)
            assert 0.5 * e @ e <= bound * (1 + 1e-9) and np.linalg.norm(w - begin) <= claim.distance
        w = w - claim.step_size * e @ jacobian(network, w, "tanh")


WEAKER = {"steps": 1.1, "loss_bound": 2.0, "decrease_rate": 0.5, "distance": 2.0}


@pytest.fixture(scope="module")
def short():
    found = propose(start((3, 24, 1), 2))
    return found.problem, found.claim, found.evidence


@pytest.mark.parametrize("name", sorted(WEAKER))
def test_weaker_is_accepted_and_stronger_is_not(short, name):
    network, claim, evidence = short
    value = getattr(claim, name) * WEAKER[name]
    weaker = replace(claim, **{name: math.ceil(value) if name == "steps" else value})
    assert isinstance(decide(weaker, evidence, network), Accepted)
    proved = decide(claim, evidence, network).proved
    value = getattr(proved, name)
    step = value - 1 if name == "steps" else math.nextafter(value, 0.0 if WEAKER[name] > 1 else math.inf)
    verdict = decide(replace(proved, **{name: step}), evidence, network)
    assert isinstance(verdict, Undecided) and verdict.check == 9


@pytest.mark.parametrize("step", [0.0, -0.1, math.inf, math.nan])
def test_steps_that_are_none(short, step):
    network, claim, evidence = short
    verdict = decide(replace(claim, step_size=step), evidence, network)
    assert isinstance(verdict, Rejected) and verdict.check == 2


def test_a_step_that_trapping_does_not_cover_is_refused_at_the_end(honest):
    """Twice the step: the same end, or another, but 2ε/L is what it is."""
    network, claim, evidence = honest
    verdict = decide(replace(claim, step_size=3 * claim.step_size), replace(evidence, kernel_shift_lower=1e-9), network)
    assert isinstance(verdict, Undecided) and verdict.check in (7, 8)
    slow = decide(claim, replace(evidence, epsilon=evidence.epsilon / 50), network)
    assert isinstance(slow, Undecided) and slow.check == 8 and "2ε/L" in slow.required


def test_another_start_another_activation_and_another_step_are_other_claims(honest):
    """An ulp of the step or of a weight moves the end within the slack; much of either does not get there."""
    network, claim, evidence = honest
    for scale in (0.5, 1.5):
        layers = tuple(replace(layer, weight=layer.weight * scale) for layer in network.layers)
        assert not isinstance(decide(claim, evidence, replace(network, layers=layers)), Accepted)
    assert not isinstance(decide(claim, evidence, start((3, 12, 1), 3, "sigmoid", seed=0)), Accepted)


def test_a_step_may_be_given():
    found = propose(start((3, 24, 1), 2), step_size=Fraction(1, 50))
    assert isinstance(found.verdict, Accepted) and found.claim.step_size == 0.02
    assert isinstance(decide(Claim(0.02, 10**6, 1e308, 0.0, 1e308), found.evidence, found.problem), Accepted)


def test_a_refusal_tells_where_the_search_ended():
    verdict = propose(start((2, 2, 1), 3, seed=5), step_size=Fraction(40)).verdict
    assert isinstance(verdict, Undecided) and verdict.check in (0, 5, 7, 8)
