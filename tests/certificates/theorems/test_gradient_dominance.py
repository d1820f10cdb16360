"""Gradient dominance: every bound of the theorem at sampled weights, and the matrix inequality against its meaning."""

from __future__ import annotations

import numpy as np
import pytest
from flint import arb

from certificates.arithmetic.arb import exact, lower, upper
from certificates.enclosures.quadratic.network import quadratic_network
from certificates.theorems.gradient_dominance import (
    BallData,
    curvature,
    dominance,
    matrix_inequality,
    path_length,
    twist_count,
    variation,
)
from tests.support.quadratic import hessian, loss, network_problem, random_problem, residual


def _jacobian(w, v, x):
    return np.array([2 * np.outer(v * (w @ row), row).ravel() for row in x])


def _fourth_moment(x, rng, tries=4_000):
    """A value of (1/n)Σ(aᵀx_i)⁴ near its supremum over unit vectors, by sampling and power steps."""
    a = rng.normal(size=(tries, x.shape[1]))
    for _ in range(50):
        a /= np.linalg.norm(a, axis=1, keepdims=True)
        a = ((a @ x.T) ** 3 @ x) / len(x)
    a /= np.linalg.norm(a, axis=1, keepdims=True)
    return float(np.max(np.mean((a @ x.T) ** 4, axis=1)))


@pytest.mark.parametrize("signs", ["positive", "spread", "mixed"])
def test_the_bounds_hold_all_over_the_ball(signs):
    rng = np.random.default_rng(4)
    problem = random_problem(rng, 3, 2, 4, signs)
    network = quadratic_network(problem)
    w, v, x, y = network.weights, network.outer, network.inputs, network.labels
    fourth = exact(_fourth_moment(x, rng) * (1 + 1e-9))
    singular = np.linalg.svd(_jacobian(w, v, x), compute_uv=False)
    change, radius = variation(network, fourth), 0.05
    data = BallData(fourth, exact(float(singular[0])), exact(float(np.linalg.norm(residual(w, v, x, y)))))
    top = upper(curvature(network, data, radius))
    bottom = dominance(network, exact(float(singular[-1])), change, radius)
    for _ in range(300):
        u = rng.normal(size=w.shape)
        u *= radius / np.linalg.norm(u)
        assert np.linalg.norm(_jacobian(u / radius, v, x), 2) <= upper(change) * (1 + 1e-12)
        least = np.linalg.svd(_jacobian(w + u, v, x), compute_uv=False)[-1]
        assert bottom is None or least**2 / len(x) >= lower(bottom) * (1 - 1e-12)
    for _ in range(20):
        u = rng.normal(size=w.shape)
        u *= radius / np.linalg.norm(u)
        assert np.linalg.norm(hessian(w + u, v, x, y), 2) <= top * (1 + 1e-6)


def test_one_weight_is_exact():
    network = quadratic_network(network_problem([[3.0]], [0.5], [[2.0]], [1.0]))
    change = variation(network, exact(16))  # c_4 = x⁴; J(U) = 2v U x²
    assert change == 4
    assert dominance(network, exact(12), change, 1.0) == 64  # (2v x²(w − 1))² = 8²
    assert dominance(network, exact(12), change, 3.0) is None
    # J̄ = 12 + 4, ‖r‖ ≤ 17 + 16, Λ = 16² + 2v√c_4·33; the truth is L'' = 24w² − 4 ≤ 380
    assert curvature(network, BallData(exact(16), exact(12), exact(17)), 1.0) == 388


def test_the_length_of_the_path():
    assert path_length(exact(2), exact(4)) == 2 and path_length(exact(0), exact(1)) == 0
    assert 2 * 2**0.5 <= path_length(arb(0, 1), exact(1)) < 2.83  # a loss that is 0 up to rounding


@pytest.mark.parametrize("seed", range(4))
def test_the_matrix_is_the_quadratic_form_of_the_s_procedure(seed):
    rng = np.random.default_rng(seed)
    k, d, n = [(2, 2, 3), (1, 3, 2), (3, 1, 2), (2, 3, 1)][seed]
    network = quadratic_network(random_problem(rng, k, d, n, "mixed"))
    p, radius, mu = k * d, 0.7, 0.3
    multiplier, twists = rng.normal(size=n * (n + 1) // 2), rng.normal(size=twist_count(p, n))
    rows = matrix_inequality(network, radius, exact(mu), multiplier.tolist(), twists.tolist())
    lower_part = np.zeros(((p + 1) * n,) * 2)
    for i, row in enumerate(rows):
        assert len(row) == i + 1
        lower_part[i, : i + 1] = [float(entry.mid()) for entry in row]
    matrix = lower_part + np.tril(lower_part, -1).T
    spread = np.zeros((n, n))
    spread[np.tril_indices(n)] = multiplier
    spread = spread + np.tril(spread, -1).T
    for _ in range(10):
        h, z = rng.normal(size=p), rng.normal(size=n)
        jacobian = _jacobian(network.weights + h.reshape(k, d), network.outer, network.inputs)
        want = np.sum((jacobian.T @ z) ** 2) / n**2 - mu / n * z @ z - (radius**2 - h @ h) * (z @ spread @ z)
        lifted = np.kron(np.concatenate([[1.0], h]), z)
        assert lifted @ matrix @ lifted == pytest.approx(want, rel=1e-9, abs=1e-9)


def test_twists_change_the_matrix_but_not_the_form():
    network = quadratic_network(random_problem(np.random.default_rng(0), 2, 1, 2))
    size = twist_count(2, 2)
    assert size == 3
    plain = matrix_inequality(network, 1.0, exact(1), [1.0, 0.0, 1.0], [0.0] * size)
    twisted = matrix_inequality(network, 1.0, exact(1), [1.0, 0.0, 1.0], [1.0] * size)
    assert any(a != b for one, other in zip(plain, twisted, strict=True) for a, b in zip(one, other, strict=True))


def test_gradient_descent_on_a_certified_ball_keeps_its_promises():
    """The chain of the proof on one instance, in floating point: path, decrease, and loss ratios."""
    rng = np.random.default_rng(8)
    problem = random_problem(rng, 4, 3, 3, noise=0.0, gain=2.0)
    network = quadratic_network(problem)
    w, v, x, y = network.weights, network.outer, network.inputs, network.labels
    y = residual(w, v, x, np.zeros(3)) + 1e-3 * rng.normal(size=3)
    fourth = exact(_fourth_moment(x, rng) * (1 + 1e-9))
    singular = np.linalg.svd(_jacobian(w, v, x), compute_uv=False)
    radius = float(singular[-1]) / (2 * upper(variation(network, fourth)))
    mu = dominance(network, exact(float(singular[-1])), variation(network, fourth), radius)
    start = loss(w, v, x, y)
    path = upper(path_length(exact(start), mu))
    assert path < radius
    data = BallData(fourth, exact(float(singular[0])), exact(float(np.linalg.norm(residual(w, v, x, y)))))
    step = lower(1 / curvature(network, data, radius))
    point, length = w.copy(), 0.0
    for t in range(1, 200):
        move = step * (_jacobian(point, v, x).T @ residual(point, v, x, y)).reshape(w.shape) / len(x)
        point, length = point - move, length + np.linalg.norm(move)
        assert loss(point, v, x, y) <= (1 - step * lower(mu)) ** t * start * (1 + 1e-9)
    assert length <= path
