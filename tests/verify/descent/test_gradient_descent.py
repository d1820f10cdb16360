"""Gradient descent against the naive update."""

from __future__ import annotations

import numpy as np

from tests.support.naive import forward, jacobian, parameters, random_network
from verify.descent.gradient_descent import descend


def test_equals_the_naive_update_step_by_step():
    network = random_network(np.random.default_rng(1), (3, 6, 2), 4, residual=0.5)
    run = descend(network, 0.05, 5, record_every=1)
    w = parameters(network)
    for step in range(6):
        np.testing.assert_allclose(run.weights[step], w, rtol=1e-12, atol=1e-13)
        error = (forward(network, w, "tanh") - network.targets).T.ravel()
        np.testing.assert_allclose(run.losses[step], float(network.objective.loss.scale) * error @ error, rtol=1e-12)
        w = w - 0.05 * 2 * float(network.objective.loss.scale) * jacobian(network, w, "tanh").T @ error


def test_records_the_first_and_the_last_step():
    seen = []
    network = random_network(np.random.default_rng(2), (2, 4, 1), 3)
    run = descend(network, 0.01, 7, record_every=3, progress=lambda step, loss: seen.append(step))
    assert run.steps.tolist() == [0, 3, 6, 7] == seen
    assert run.distances[0] == 0 and (run.distances[1:] > 0).all()
    np.testing.assert_allclose(run.residual_norms**2 * float(network.objective.loss.scale), run.losses)
