"""Gradient descent through moments against one sample at a time, and the distance up to rotation."""

from __future__ import annotations

import numpy as np

from certificates.enclosures.quadratic.planted import planted_quadratic
from tests.support.planted import gradient, random_planted
from verify.descent.planted import descend_planted, moments_of, orbit_distance


def test_the_gradient_is_that_of_the_samples():
    problem = random_planted(np.random.default_rng(1), 4, 3, 50)
    w, planted = problem.layers[0].weight, problem.teacher[0].weight
    found = moments_of(problem.inputs).gradient(w, planted)
    np.testing.assert_allclose(found, gradient(w, planted, problem.inputs), rtol=1e-11)


def test_blocks_of_samples_add_up():
    x = np.random.default_rng(2).normal(size=(9000, 2))
    rows = np.stack([x[:, 0] ** 2, x[:, 1] * x[:, 0], x[:, 1] ** 2])
    np.testing.assert_allclose(moments_of(x).table, rows @ rows.T / 9000, rtol=1e-12)


def test_the_iterates_are_those_of_the_problems_own_loss():
    """A step η for f is a step 4msη for 𝓛: FloatNetwork's gradient, scaled by nothing else."""
    from verify.numeric.mlp import FloatNetwork

    problem = random_planted(np.random.default_rng(3), 3, 2, 40)
    planted, net = planted_quadratic(problem), FloatNetwork(problem)
    run = descend_planted(
        planted, moments_of(problem.inputs), 0.01 * float(planted.step_factor), net.initial().reshape(2, 3)
    )
    w = net.initial()
    for _ in range(5):
        np.testing.assert_allclose(next(run).ravel(), w, rtol=1e-10)
        w = w - 0.01 * net.loss_and_gradient(w)[1]


def test_the_distance_is_the_least_over_rotations():
    rng = np.random.default_rng(4)
    weights, planted = rng.normal(size=(2, 5)), rng.normal(size=(2, 5))
    least = min(
        np.linalg.norm(np.array([[np.cos(t), -s * np.sin(t)], [np.sin(t), s * np.cos(t)]]) @ weights - planted)
        for t in np.linspace(0, 2 * np.pi, 4001)
        for s in (1, -1)
    )
    distance, turn = orbit_distance(weights, planted)
    assert distance <= least <= distance * (1 + 1e-5)
    np.testing.assert_allclose(turn @ turn.T, np.eye(2), atol=1e-14)


def test_a_run_that_has_left_the_numbers_is_infinitely_far():
    assert orbit_distance(np.full((1, 2), np.inf), np.ones((1, 2)))[0] == np.inf
    assert orbit_distance(np.full((1, 2), 1e300), np.ones((1, 2)))[0] > 1e290
