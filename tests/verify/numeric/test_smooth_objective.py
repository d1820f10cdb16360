"""Objectives in floats against the same written out in mpmath and differentiated by differences."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import mpmath
import numpy as np
import pytest

from certificates import Dense, Network
from certificates.expression import parse_activation
from certificates.subjects import Decay, Objective, SoftmaxCrossEntropy
from tests.support.naive import forward, random_network
from tests.support.objectives import logistic, penalised, varied, weighted
from tests.twins import objectives as twin
from verify.numeric import smooth_objective
from verify.numeric.smooth_objective import FloatObjective

SMALL = random_network(np.random.default_rng(5), (2, 2, 2), 3, residual=0.5)
DEEP = random_network(np.random.default_rng(6), (1, 2, 2, 2), 2, "gelu", residual=0.5, trained=(True, False, True))
DEEPER = random_network(np.random.default_rng(7), (1, 2, 1, 2, 2), 2, "sin", residual=0.5, bias=False)
CASES = [
    *((network, "tanh") for network in varied(SMALL)),
    (varied(DEEP)[5], "gelu"),
    (logistic(weighted(penalised(DEEPER))), "sin"),
]
WIDE = np.finfo(np.longdouble).nmant > 60


@pytest.mark.parametrize(("network", "name"), CASES)
def test_value_gradient_and_hessian_are_those_of_the_objective(network, name):
    f = FloatObjective(network)
    w = f.initial()
    assert f.value(w) == pytest.approx(float(twin.value(network, w.tolist(), name)), rel=1e-13)
    assert f.value_and_gradient(w)[0] == f.value(w)
    np.testing.assert_allclose(f.gradient(w), _floats(twin.gradient(network, w, name)), rtol=1e-12, atol=1e-14)
    found = f.hessian(w)
    np.testing.assert_allclose(found, twin.hessian(network, w, name), rtol=1e-12, atol=1e-13)
    np.testing.assert_array_equal(found, found.T)


@pytest.mark.skipif(not WIDE, reason="longdouble is no wider than binary64 here")
@pytest.mark.parametrize(("network", "name"), [CASES[3], CASES[6], CASES[7]])
def test_wide_vectors_give_wide_gradients(network, name):
    f = FloatObjective(network)
    w = f.initial() + 1 / np.longdouble(3)
    found, exact = f.gradient(w), twin.gradient(network, w, name)
    assert found.dtype == np.longdouble
    assert max(abs(_wide(a) - b) for a, b in zip(found, exact, strict=True)) < 2e-18
    assert max(abs(a - b) for a, b in zip(f.gradient(w.astype(float)).tolist(), exact, strict=True)) > 1e-17


def _floats(numbers: list[mpmath.mpf]) -> np.ndarray:
    return np.array([float(each) for each in numbers])


def _wide(number: np.longdouble) -> mpmath.mpf:
    with mpmath.workdps(twin.DIGITS):
        return mpmath.mpf(float(number)) + mpmath.mpf(float(number - np.float64(number)))


def test_samples_come_in_pieces(monkeypatch):
    f = FloatObjective(CASES[6][0])
    whole = f.hessian(f.initial())
    monkeypatch.setattr(smooth_objective, "_ENTRIES", 1)
    np.testing.assert_allclose(f.hessian(f.initial()), whole, rtol=1e-13, atol=1e-15)


def test_saturated_softmax_keeps_its_digits():
    """One class leads by 60: p(1 − p) is e⁻⁶⁰, and 1 − p computed from p would be 0."""
    layers = (Dense(np.eye(1), None, trained=False), Dense(np.array([[60.0], [0.0]]), None))
    loss = SoftmaxCrossEntropy(Fraction(1))
    network = Network(layers, (parse_activation("identity"),), np.ones((1, 1)), np.array([[1.0, 0.0]]), Objective(loss))
    f = FloatObjective(network)
    w, small = f.initial(), np.exp(-60)
    assert f.value(w) == pytest.approx(small, rel=1e-12)
    np.testing.assert_allclose(f.gradient(w), [-small, small], rtol=1e-12)
    np.testing.assert_allclose(f.hessian(w), [[small, -small], [-small, small]], rtol=1e-12)


def test_planted_labels_and_centres():
    teacher = (Dense(np.array([[1.0, 0.5]]), None, trained=False), Dense(np.array([[2.0]]), None, trained=False))
    weight = np.array([[0.3, -0.2]])
    decay = (Decay("layers.0.weight", Fraction(2), weight - 1),)
    layers = (Dense(weight, None), Dense(np.array([[1.5]]), None))
    objective = replace(SMALL.objective, decay=decay)
    network = Network(layers, (parse_activation("tanh"),), SMALL.inputs, None, objective, teacher)
    labels = 2 * np.tanh(SMALL.inputs @ np.array([1.0, 0.5]))[:, None]
    f = FloatObjective(network)
    errors = forward(replace(network, targets=labels, teacher=None), f.initial(), "tanh") - labels
    assert f.value(f.initial()) == pytest.approx(float(objective.loss.scale) * np.sum(errors**2) + 2)


def test_overflow_is_infinite():
    f = FloatObjective(SMALL)
    assert f.value(f.initial() * 1e200) == float("inf")
