"""Quadratic networks: structure, and every quantity against a naive twin or exact rationals on both arithmetics."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from certificates import Dense
from certificates.arithmetic.arb import exact, lower, precision, upper
from certificates.arithmetic.arb_matrix import ArbMatrix
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.enclosures.quadratic import network as subject
from certificates.expression import parse_activation
from tests.support import quadratic as naive

ARITHMETICS = pytest.mark.parametrize("arithmetic", [BallMatrix, ArbMatrix], ids=["fast", "arb"])


@pytest.fixture(autouse=True)
def _bits():
    with precision(128):
        yield


def _read(problem):
    return subject.quadratic_network(problem)


def _parts(network):
    return network.weights, network.outer, network.inputs, network.labels


def _close(matrix, expected, tolerance=1e-9):
    middle = matrix.mid if isinstance(matrix, BallMatrix) else matrix.midpoint()
    return np.allclose(middle, expected, atol=tolerance * (1 + np.abs(expected).max()), rtol=0)


@pytest.fixture(scope="module")
def network():
    return _read(naive.random_problem(np.random.default_rng(0), 4, 3, 7, "mixed"))


# ---- structure --------------------------------------------------------------------------------------------------


def test_units_without_an_outer_weight_are_deleted():
    rng = np.random.default_rng(1)
    full = naive.network_problem(
        rng.normal(size=(4, 3)), [1.0, 0.0, -2.0, -0.0], rng.normal(size=(5, 3)), rng.normal(size=5)
    )
    network = _read(full)
    assert (network.width, network.positive, network.negative) == (2, 1, 1)
    assert (network.weights == full.layers[0].weight[[0, 2]]).all()


def _with_layers(problem, hidden=None, outer=None):
    first, second = problem.layers
    return replace(problem, layers=(hidden or first, outer or second))


BIAS = {
    "hidden bias": lambda p: _with_layers(p, hidden=Dense(p.layers[0].weight, np.zeros(4))),
    "outer bias": lambda p: _with_layers(p, outer=Dense(p.layers[1].weight, np.zeros(1), False)),
    "trained outer layer": lambda p: _with_layers(p, outer=Dense(p.layers[1].weight, None, True)),
    "frozen first layer": lambda p: replace(
        p, layers=(Dense(p.layers[0].weight, None, False), Dense(p.layers[1].weight, None, True))
    ),
    "another activation": lambda p: replace(p, activations=(parse_activation("squared_relu"),)),
    "all outer weights zero": lambda p: _with_layers(p, outer=Dense(np.zeros((1, 4)), None, False)),
    "two outputs": lambda p: replace(
        _with_layers(p, outer=Dense(np.ones((1, 4)), None, False)),
        layers=(p.layers[0], Dense(np.ones((2, 4)), None, False)),
        targets=np.zeros((7, 2)),
    ),
    "three layers": lambda p: replace(
        p,
        layers=(p.layers[0], Dense(np.ones((1, 4)), None, False), Dense(np.ones((1, 1)), None, False)),
        activations=p.activations * 2,
    ),
}


@pytest.mark.parametrize("name", sorted(BIAS))
def test_what_is_no_quadratic_network_is_refused(name):
    problem = naive.random_problem(np.random.default_rng(0), 4, 3, 7)
    with pytest.raises(subject.NotQuadratic):
        _read(BIAS[name](problem))


# ---- enclosures -------------------------------------------------------------------------------------------------


@ARITHMETICS
def test_the_loss_contains_the_exact_rational(arithmetic, network):
    ball = subject.loss(network, subject.evaluate(network, arithmetic))
    truth = naive.exact_loss(*_parts(network))
    assert ball.contains(exact(truth)) and upper(ball) - lower(ball) < 1e-10


@pytest.mark.parametrize("scale", [Fraction(1, 14), Fraction(3, 2)])
def test_the_loss_factor_turns_the_objective_into_the_loss(network, scale):
    """F = s Σ r² with the problem's own scale s, L = Σ r²/(2n)."""
    squares = sum(Fraction(float(r)) ** 2 for r in network.labels)
    at_zero = replace(network, weights=np.zeros_like(network.weights), loss_scale=scale)
    ball = subject.loss(at_zero, subject.evaluate(at_zero, ArbMatrix)) * exact(at_zero.loss_factor)
    assert ball.contains(exact(scale * squares)) and ball.rad() < 1e-25


@ARITHMETICS
def test_point_quantities_agree_with_the_naive_twin(arithmetic, network):
    point = subject.evaluate(network, arithmetic)
    w, v, x, y = _parts(network)
    assert _close(point.residual, naive.residual(w, v, x, y)[:, None])
    assert _close(point.force, naive.force(w, v, x, y))
    assert _close(subject.hessian(network, point), naive.hessian(w, v, x, y), 1e-6)
    norm = np.linalg.norm(naive.gradient(w, v, x, y))
    assert norm * (1 - 1e-9) <= upper(subject.gradient_norm(network, point)) <= norm * (1 + 1e-9)
    jacobian = np.array([2 * np.kron(v * (w @ a), a) for a in x])
    assert _close(subject.jacobian_gram(network, point), jacobian @ jacobian.T)


@ARITHMETICS
def test_data_quantities_agree_with_the_naive_twin(arithmetic, network):
    x = network.inputs
    assert _close(subject.covariance(network, arithmetic), x.T @ x / len(x))
    assert _close(subject.gram_of_products(network, arithmetic), (x @ x.T) ** 2)


@ARITHMETICS
def test_negation_leaves_loss_and_hessian_alone(arithmetic, network):
    twin = network.negated()
    here, there = subject.evaluate(network, arithmetic), subject.evaluate(twin, arithmetic)
    assert subject.loss(network, here).overlaps(subject.loss(twin, there))
    first, second = (subject.hessian(n, p) for n, p in ((network, here), (twin, there)))
    assert _close(first.add(second.scale(Fraction(-1))), np.zeros((12, 12)))
    assert (twin.positive, twin.negative) == (network.negative, network.positive)


def test_huge_entries_give_no_enclosure():
    problem = naive.network_problem(1e200 * np.ones((2, 2)), [1.0, 1.0], 1e200 * np.eye(2), [0.0, 0.0])
    with pytest.raises(subject.EnclosureFailure):
        subject.evaluate(_read(problem), BallMatrix)


@ARITHMETICS
def test_subnormal_entries_are_enclosed(arithmetic):
    problem = naive.network_problem(5e-324 * np.ones((2, 2)), [1.0, 3.0], np.eye(2) * 5e-324, [0.0, 1e-320])
    network = _read(problem)
    ball = subject.loss(network, subject.evaluate(network, arithmetic))
    assert ball.contains(exact(naive.exact_loss(*_parts(network))))


@ARITHMETICS
def test_planted_labels_are_enclosed(arithmetic, network):
    rng = np.random.default_rng(5)
    w, v = rng.normal(size=(2, 3)), np.array([1.0, -0.5])
    planted = replace(
        naive.random_problem(rng, 4, 3, 7), targets=None, teacher=(Dense(w, None, False), Dense(v[None], None, False))
    )
    for sign, read in ((1, _read(planted)), (-1, _read(planted).negated())):
        expected = sign * ((read.inputs @ w.T) ** 2) @ v
        assert _close(subject.label_column(read, arithmetic), expected[:, None])
