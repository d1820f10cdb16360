"""‖∇f‖ with 128 bits, against long floats and against digits that binary64 does not hold."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from certificates import Dense
from certificates.arithmetic.arb import exact, precision, upper
from certificates.arithmetic.effort import limited_effort, remaining_effort
from certificates.enclosures.objectives.precise_gradient import gradient_effort, precise_gradient_norm
from tests.support.minima import classifier, vector
from tests.support.naive import random_network
from tests.support.objectives import varied
from tests.support.planted_frozen import random_frozen
from verify.numeric.smooth_objective import FloatObjective


@pytest.mark.parametrize("index", range(7))
def test_every_objective_against_long_floats(index):
    rng = np.random.default_rng(2)
    network = varied(random_network(rng, (3, 4, 3, 2), 6, residual=0.3))[index]
    network = replace(network, layers=(network.layers[0], replace(network.layers[1], trained=False), network.layers[2]))
    size = network.trained_parameter_count
    low = 2.0**-30 * rng.normal(size=size)
    objective = FloatObjective(network)
    with precision(128):
        found = precise_gradient_norm(network, low)
    expected = float(np.linalg.norm(objective.gradient(objective.initial().astype(np.longdouble) + low)))
    assert expected * (1 - 1e-14) < float(found) < expected * (1 + 1e-14)


def test_digits_beyond_binary64():
    """At the printed digits of vector A the gradient is below 10⁻¹⁸; at the doubles nearest to them it is not."""
    network = vector("A")
    printed = (Fraction("1.142558494481736832"), Fraction("1.666693244677236523"))
    low = np.array([float(x - Fraction(float(x))) for x in printed])
    with precision(128):
        assert precise_gradient_norm(network, low) < exact(1e-18)
        assert upper(precise_gradient_norm(network, np.zeros(2))) > 1e-17


def test_the_price_is_about_what_is_estimated():
    network = classifier(np.random.default_rng(0), (20, 16, 10), 200, vector("C").objective.loss, Fraction(1, 10))
    with precision(128), limited_effort(1e9):
        precise_gradient_norm(network, np.zeros(network.trained_parameter_count))
        spent = 1e9 - remaining_effort()
    assert 0.3 * spent < gradient_effort(network) < 3 * spent


def test_planted_labels_have_as_many_digits():
    """Near its teacher a network has a gradient as small as the distance, whatever binary64 rounds labels to."""
    network = random_frozen(np.random.default_rng(0), "tanh", 3, 3, 8)
    size = network.trained_parameter_count
    with precision(128):
        assert precise_gradient_norm(network, np.zeros(size)) < exact(1e-35)
        near, nearer = (float(precise_gradient_norm(network, np.full(size, 2.0**-k))) for k in (70, 90))
    assert nearer == pytest.approx(2.0**-20 * near, rel=1e-9) and 0 < nearer < 1e-25


def test_the_price_of_a_wide_teacher_is_estimated():
    network = random_frozen(np.random.default_rng(0), "tanh", 2, 2, 200)
    wide = tuple(Dense(np.ones(shape), None, False) for shape in ((60, 2), (1, 60)))
    network = replace(network, teacher=wide)
    with precision(128), limited_effort(1e9):
        precise_gradient_norm(network, np.zeros(network.trained_parameter_count))
        spent = 1e9 - remaining_effort()
    assert 0.3 * spent < gradient_effort(network) < 3 * spent
