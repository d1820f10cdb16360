"""Polishing: minima known to 18 digits, saddles that are left, and ends that are no minimum, each by its name."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from certificates import Dense, Network
from certificates.expression import parse_activation
from certificates.subjects import Decay, Logistic, Objective, SoftmaxCrossEntropy, Squared
from tests.support.naive import random_network
from tests.support.objectives import varied
from tests.twins import objectives as twin
from verify.numeric.smooth_objective import FloatObjective
from verify.search import objective_polish
from verify.search.objective_polish import polish_objective

TANH = (parse_activation("tanh"),)
WIDE = np.finfo(np.longdouble).nmant > 60


def _decays(rate: Fraction, *tensors: str) -> tuple[Decay, ...]:
    return tuple(Decay(f"layers.{tensor}", rate) for tensor in tensors)


def _logistic(u: float, v: float) -> Network:
    """One sample x = 1 of label 1, F = v tanh(ux), λ = 1/10 on both (vectors A and B of theory 6.10)."""
    objective = Objective(Logistic(Fraction(1)), _decays(Fraction(1, 10), "0.weight", "1.weight"))
    layers = (Dense(np.array([[u]]), None), Dense(np.array([[v]]), None))
    return Network(layers, TANH, np.ones((1, 1)), np.ones((1, 1)), objective)


def _softmax(*, bias: bool) -> Network:
    """Samples 1, −1, 2 of classes 0, 1, 2, F = V tanh(ux) + b, mean, λ = 1/20 on u and V (vectors C and D)."""
    objective = Objective(SoftmaxCrossEntropy(Fraction(1, 3)), _decays(Fraction(1, 20), "0.weight", "1.weight"))
    outer = Dense(np.array([[0.7], [-1.6], [0.9]]), np.zeros(3) if bias else None)
    inputs = np.array([[1.0], [-1.0], [2.0]])
    return Network((Dense(np.array([[1.0]]), None), outer), TANH, inputs, np.eye(3), objective)


@pytest.mark.parametrize("start", [(1.0, 1.0), (0.3, 0.1), (0.0, 0.0)])
def test_logistic_minimum(start):
    """From anywhere, also from the saddle at 0 where the gradient vanishes."""
    found = polish_objective(_logistic(*start))
    assert found.ended == "minimum"
    w = FloatObjective(found.network).initial()
    np.testing.assert_allclose(np.abs(w), [1.142558494481736832, 1.666693244677236523], rtol=4e-16)
    assert w[0] * w[1] > 0
    assert found.losses[1] == pytest.approx(0.4328662210668731402, rel=1e-15)
    assert found.eigenvalues == pytest.approx((0.207863752230683811, 0.337340368942351302), rel=1e-2)
    assert found.eigenvalues[0] == pytest.approx(0.207863752230683811, rel=1e-9)
    assert found.distance == pytest.approx(float(np.linalg.norm(w - start)), rel=1e-12)


@pytest.mark.parametrize(
    ("bias", "loss", "lowest"), [(False, 0.708528835006682589, 0.05), (True, 0.697781418632596627, 0.0487364439894408)]
)
def test_softmax_minimum_modulo_its_shift(bias, loss, lowest):
    found = polish_objective(_softmax(bias=bias))
    assert found.ended == "minimum"
    assert found.losses[1] == pytest.approx(loss, rel=1e-15)
    assert found.eigenvalues[0] == pytest.approx(lowest, rel=1e-9)


@pytest.mark.skipif(not WIDE, reason="longdouble is no wider than binary64 here")
def test_gradients_end_at_their_rounding_and_the_correction_goes_below():
    network = varied(random_network(np.random.default_rng(3), (2, 2, 2), 4, residual=0.5))[5]
    found = polish_objective(network)
    w = FloatObjective(found.network).initial()
    for at, norm in (
        (w, found.gradient_norms[1]),
        (w.astype(np.longdouble) + found.correction, found.gradient_norms[2]),
    ):
        exact = float(np.linalg.norm([float(each) for each in twin.gradient(network, at, "tanh")]))
        assert norm == pytest.approx(exact, abs=1e-18)
    assert found.gradient_norms[2] < 1e-17 < 1e-2 < found.gradient_norms[0]
    assert found.gradient_norms[1] < 1e-15
    assert np.linalg.norm(found.correction) < 1e-15


def test_a_minimum_stays_where_it_is():
    once = polish_objective(_softmax(bias=True))
    again = polish_objective(once.network)
    assert again.ended == "minimum" and again.distance < 1e-14 and again.changed == 0


def test_predictions_that_changed_are_counted():
    """Weights of the wrong sign predict every class wrongly."""
    network = _softmax(bias=False)
    first, outer = network.layers
    assert polish_objective(replace(network, layers=(first, Dense(-outer.weight, None)))).changed == 3
    assert polish_objective(_logistic(1.0, -1.0)).changed == 1


def test_dead_units_are_singular():
    """A penalty so large that all weights vanish; nothing holds the bias of the hidden unit then."""
    network = random_network(np.random.default_rng(0), (2, 2, 1), 5, residual=0.5)
    objective = Objective(Squared(Fraction(1, 5)), _decays(Fraction(20), "0.weight", "1.weight"))
    found = polish_objective(replace(network, objective=objective))
    assert found.ended == "singular"
    assert np.linalg.norm(found.network.layers[0].weight) < 1e-12
    assert found.gradient_norms[1] < 1e-13


def test_too_many_steps_parameters_or_digits(monkeypatch):
    assert polish_objective(_logistic(1.0, 1.0), max_steps=0).ended == "steps"
    assert polish_objective(_softmax_of_size(1e200)).ended == "overflow"
    monkeypatch.setattr(objective_polish, "MOST_PARAMETERS", 1)
    assert polish_objective(_logistic(1.0, 1.0)).ended == "large"


def _softmax_of_size(size: float) -> Network:
    network = _logistic(1.0, 1.0)
    return replace(network, layers=(network.layers[0], Dense(np.array([[size]]), None)))


def test_progress_is_told():
    told: list[tuple[str, int, float | None]] = []
    polish_objective(_logistic(0.3, 0.1), progress=lambda *each: told.append(each))
    assert {stage for stage, *_ in told} == {"Newton"} and told[-1][2] < 1e-14


def test_steps_that_are_rounding_end_it():
    """At weights of 0 the gradient can be halved for ever."""
    network = random_network(np.random.default_rng(4), (2, 2, 1), 4, bias=False)
    objective = Objective(Squared(Fraction(1, 4)), _decays(Fraction(5), "0.weight", "1.weight"))
    found = polish_objective(replace(network, objective=objective))
    assert found.ended == "minimum" and found.steps < 10
