"""The search for gradient dominance: which method is taken, and refusals in words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from certificates import Accepted, Rejected, Undecided
from certificates.expression import parse_activation
from tests.support.quadratic import network_problem, random_problem, residual
from verify.proposals.gradient_dominance import propose
from verify.search import matrix_inequality


def _instance(seed):
    return random_problem(np.random.default_rng(seed), 3, 4, 4, noise=0.0, gain=2.0)


def test_the_matrix_inequality_proves_what_the_closed_form_cannot():
    """On the ball of radius 0.2 the closed form has no constant left."""
    problem, told = random_problem(np.random.default_rng(0), 2, 2, 2, noise=0.0, gain=2.0), []
    assert propose(problem, radius=0.2, method="ball").claim is None
    found = propose(problem, radius=0.2, progress=told.append)
    assert isinstance(found.verdict, Accepted) and found.evidence.method == "lmi" and told
    assert float(found.notes[0].split()[-1]) * 0.999 < found.claim.constant


def test_a_ball_on_which_the_jacobian_loses_its_rank_has_no_constant():
    problem = random_problem(np.random.default_rng(5), 2, 2, 2, noise=0.0, gain=2.0)
    found = propose(problem, radius=0.4)
    assert found.claim is None and "no positive constant" in found.notes[0]


def test_the_closed_form_is_taken_where_it_proves_descent():
    rng = np.random.default_rng(2)
    x, w, v = rng.normal(size=(5, 4)), rng.normal(size=(6, 4)), np.ones(6)
    problem = network_problem(w, v, x, residual(w, v, x, np.zeros(5)) + 1e-4 * rng.normal(size=5))
    found = propose(problem)
    assert found.evidence.method == "ball" and found.claim.descent is not None
    assert found.claim.descent.radius < found.claim.radius


def test_radii_grow_until_descent_stays_inside():
    rng = np.random.default_rng(3)
    x, w, v = rng.normal(size=(2, 2)), 2 * rng.normal(size=(2, 2)), np.ones(2)
    problem = network_problem(w, v, x, residual(w, v, x, np.zeros(2)) + 2e-3 * rng.normal(size=2))
    found = propose(problem, method="lmi")
    assert isinstance(found.verdict, Accepted) and found.claim.descent is not None


def test_more_samples_than_weights_are_refused_with_the_reason():
    problem = random_problem(np.random.default_rng(0), 1, 2, 4)
    found = propose(problem)
    assert found.claim is None and found.verdict.check == 5
    assert "singular" in propose(problem, method="lmi", radius=0.1).verdict.reason


def test_other_networks_get_the_judges_refusal():
    problem = replace(random_problem(np.random.default_rng(0), 1, 2, 2), activations=(parse_activation("relu"),))
    found = propose(problem)
    assert isinstance(found.verdict, Rejected) and found.verdict.check == 1


def test_what_is_too_large_for_a_matrix_inequality_is_said():
    problem = random_problem(np.random.default_rng(0), 6, 6, 12)
    assert "too large" in propose(problem, method="lmi").verdict.reason


def test_a_solver_that_fails_is_reported(monkeypatch):
    monkeypatch.setattr(matrix_inequality, "_SOLVERS", {})
    problem = random_problem(np.random.default_rng(5), 2, 2, 2, gain=2.0)
    found = propose(problem, method="lmi", radius=0.1)
    assert isinstance(found.verdict, Undecided) and "failed" in found.verdict.reason


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_target(seed):
    """(k, d, n) = (3, 4, 4), ϱ = 0.1: more than 85 % of the sampled minimum."""
    problem = _instance(seed)
    found = propose(problem, radius=0.1, method="lmi")
    rng, w, v = np.random.default_rng(0), problem.layers[0].weight, problem.layers[1].weight[0]
    x, n = problem.inputs, 4

    def least(weights):
        z = x @ weights.T * v
        return n * np.linalg.eigvalsh(4 * (z @ z.T) * (x @ x.T) / n**2)[0]

    moves = rng.normal(size=(4_000, *w.shape))
    moves *= 0.1 / np.linalg.norm(moves, axis=(1, 2), keepdims=True)
    sampled = min(least(w + move) for move in moves)
    assert 0.85 * sampled <= found.claim.constant <= sampled
