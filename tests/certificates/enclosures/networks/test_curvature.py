"""β(ρ) against the true second derivatives at adversarial points of the ball, and against what must grow."""

from __future__ import annotations

import numpy as np
import pytest

from certificates.arithmetic.arb import precision, upper
from certificates.arithmetic.arb_matrix import ArbMatrix
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.enclosures.intervals.smoothness import is_certainly_c2
from certificates.enclosures.networks.curvature import CURVATURE_FORMS, curvature
from certificates.enclosures.networks.linearisation import linearise
from tests.support.naive import jacobian, parameters, random_network, second_derivative_norm

SMOOTH = ("tanh", "sigmoid", "softplus(1)", "gelu", "sin", "quadratic")
KINKED = ("softsign", "elu(1)", "squared_relu")  # φ' is Lipschitz, φ'' jumps
SHAPES = ((2, 3, 1), (3, 2, 2), (2, 3, 2, 1), (2, 2, 3, 2), (2, 2, 2, 2, 1), (1, 3, 2, 2, 2))


def _betas(network, radius):
    smooth = all(is_certainly_c2(activation) for activation in network.activations)
    forms = [name for name, form in CURVATURE_FORMS.items() if form.fits(len(network.layers))]
    forms = [name for name in forms if smooth or not CURVATURE_FORMS[name].needs_c2]
    with precision(128):
        point = linearise(network, BallMatrix, norms=["jacobians", "products", "units", "hessians"])
        return {form: upper(curvature(point, network.activations, radius, form)) for form in forms}


def _random_instance(rng, names):
    shape = SHAPES[rng.integers(len(SHAPES))]
    trained = tuple(bool(b) for b in rng.integers(0, 2, size=len(shape) - 1))
    trained = trained if any(trained) and rng.random() < 0.4 else None
    network = random_network(
        rng,
        shape,
        int(rng.integers(1, 5)),
        names[rng.integers(len(names))],
        bias=bool(rng.integers(2)),
        trained=trained,
        gain=float(10 ** rng.uniform(-1, 0.5)),
    )
    return network, network.activations[0].text


def _violations(rng, count):
    """(instances, worst ratio): true local supremum somewhere in the ball over the certified bound."""
    worst = 0.0
    for _ in range(count):
        network, name = _random_instance(rng, SMOOTH)
        radius = float(10 ** rng.uniform(-2, 0)) * float(rng.integers(0, 2))
        center = parameters(network)
        bounds = _betas(network, radius)
        for _ in range(2):
            direction = rng.normal(size=len(center)) * (rng.random(len(center)) < 0.5)
            point = center + radius * direction / max(float(np.linalg.norm(direction)), 1e-300)
            seen = second_derivative_norm(network, point, name, rng, starts=2)
            worst = max(worst, *(seen / max(bound, 1e-12) for bound in bounds.values()))
    return worst


def test_bounds_the_second_derivative_on_random_instances():
    assert _violations(np.random.default_rng(7), 12) <= 1 + 1e-6  # 1e-6: the oracle is a finite difference


@pytest.mark.slow
def test_bounds_the_second_derivative_on_ten_thousand_instances():
    assert _violations(np.random.default_rng(8), 10_000) <= 1 + 1e-6


@pytest.mark.parametrize("name", KINKED)
def test_bounds_the_lipschitz_constant_of_the_jacobian_across_kinks(name):
    rng = np.random.default_rng(11)
    for _ in range(15):
        network = random_network(rng, (2, 3, 1), 3, name, gain=0.7)
        radius, center = 0.5, parameters(network)
        bounds = _betas(network, radius)
        for _ in range(10):
            pair = []
            for _ in range(2):
                step = rng.normal(size=len(center))
                pair.append(center + radius * rng.random() * step / np.linalg.norm(step))
            change = np.linalg.norm(jacobian(network, pair[0], name) - jacobian(network, pair[1], name), 2)
            assert change <= min(bounds.values()) * np.linalg.norm(pair[0] - pair[1]) * (1 + 1e-9)


@pytest.mark.parametrize("shape", SHAPES)
def test_does_not_decrease_with_the_radius(shape):
    network = random_network(np.random.default_rng(3), shape, 3)
    tables = [_betas(network, radius) for radius in (0.0, 1e-3, 0.1, 1.0)]
    for form in tables[0]:
        values = [table[form] for table in tables]
        assert values == sorted(values)


def test_forms_agree_for_one_hidden_layer():
    bounds = _betas(random_network(np.random.default_rng(4), (3, 5, 2), 4), 0.1)
    assert bounds["adjoint"] == pytest.approx(bounds["one-hidden-layer"], rel=1e-9)
    assert bounds["recursion"] == pytest.approx(bounds["one-hidden-layer"], rel=1e-9)


def test_is_zero_when_only_the_last_layer_is_trained():
    network = random_network(np.random.default_rng(5), (3, 5, 2), 4, trained=(False, True))
    assert all(bound <= 1e-300 for bound in _betas(network, 1.0).values())


@pytest.mark.parametrize(("form", "norms"), [("adjoint", "jacobians"), ("adjoint-per-unit", "products")])
def test_both_arithmetics_meet(form, norms):
    network = random_network(np.random.default_rng(6), (2, 3, 3, 2), 3)
    with precision(128):
        values = [
            upper(curvature(linearise(network, kind, norms=[norms]), network.activations, 0.1, form))
            for kind in (BallMatrix, ArbMatrix)
        ]
    assert values[1] <= values[0] <= values[1] * (1 + 1e-9)
