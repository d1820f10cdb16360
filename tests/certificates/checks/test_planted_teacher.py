"""Planted weights that are the network's own: structure, the spectrum at them, how far J turns around them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from certificates import Dense
from certificates.arithmetic.arb import lower, upper
from certificates.checks.objective_workload import objective_workload
from certificates.checks.outcome import Refusal
from certificates.checks.planted_teacher import (
    contraction_workload,
    distance_above,
    require_teacher,
    spectrum,
    surroundings,
)
from tests.support.planted_frozen import frozen_problem, random_frozen, vector_9_2


def test_the_network_at_its_teacher_keeps_biases_as_parameters():
    network = random_frozen(np.random.default_rng(0), "tanh", 2, 3, 20, away=0.5, biased=True)
    there = require_teacher(1, network)
    assert np.array_equal(there.layers[0].weight, network.teacher[0].weight)
    assert there.layers[0].trained and not there.layers[0].bias.any() and there.layers[0].bias.shape == (2,)
    assert there.trained_parameter_count == network.trained_parameter_count == 8


@pytest.mark.parametrize(
    ("layers", "seen"),
    [
        (lambda hidden, last: (hidden, replace(last, trained=True)), "true, true"),
        (lambda hidden, last: (replace(hidden, trained=False), replace(last, trained=True)), "false, true"),
        (lambda hidden, last: (hidden, replace(last, bias=np.zeros(1))), "an output bias"),
        (lambda hidden, last: (hidden, Dense(last.weight + 2.0**-52, None, False)), "a teacher of 2"),
    ],
)
def test_other_networks_are_refused_with_what_is_seen(layers, seen):
    network = frozen_problem(np.eye(2), np.eye(2), [1, 1], np.ones((3, 2)), "tanh")
    with pytest.raises(Refusal, match="check 7") as caught:
        require_teacher(7, replace(network, layers=layers(*network.layers)))
    assert seen in caught.value.fields["seen"]


def test_one_hidden_layer_is_asked_for():
    one = np.eye(2)
    network = frozen_problem(one, one, [1, 1], np.ones((3, 2)), "tanh")
    (hidden, last), (first, output) = network.layers, network.teacher
    between = Dense(one, None, False)
    deep = replace(
        network,
        layers=(hidden, between, last),
        activations=2 * network.activations,
        teacher=(first, between, output),
    )
    with pytest.raises(Refusal, match="one trained hidden layer"):
        require_teacher(1, deep)


def test_the_spectrum_of_a_relu_is_that_of_one_choice_of_slopes():
    """Both kinks of vector 9.2 get the slope 0 there: s_*/2 = 0.1153."""
    around = surroundings(4, require_teacher(1, vector_9_2("relu")), Fraction(1), None)
    assert upper(around.fourth) == 0
    x = vector_9_2().inputs
    rows = ((x > 0)[:, :, None] * x[:, None, :]).reshape(8, 4)
    values = np.linalg.eigvalsh(rows.T @ rows / 8)
    least, largest = spectrum(4, around, values[0] * (1 - 1e-9), values[-1] * (1 + 1e-9))
    assert lower(least) == pytest.approx(values[0] ** 0.5, rel=1e-8) and lower(least) <= values[0] ** 0.5
    assert upper(largest) == pytest.approx(values[-1] ** 0.5, rel=1e-8) and upper(largest) >= values[-1] ** 0.5
    assert lower(least) / 2 == pytest.approx(0.1153, abs=1e-4)


@pytest.mark.parametrize("biased", [False, True])
@pytest.mark.parametrize("activation", ["tanh", "squared_relu", "relu", "leaky_relu(1/2)"])
def test_bounds_hold_between_the_teacher_and_points_of_the_ball(activation, biased):
    rng = np.random.default_rng(1)
    network = random_frozen(rng, activation, 2, 2, 50, bits=8, outputs=2, biased=biased)
    radius = 0.25
    around = surroundings(4, require_teacher(1, network), Fraction(1), None)
    a, b = map(upper, around.bounds(5, radius))
    outer, ones = network.layers[1].weight, np.ones((50, int(biased)))
    x = np.hstack([network.inputs, ones])
    planted = np.hstack([network.teacher[0].weight, np.zeros((2, int(biased)))])

    def outputs(w):
        z = x @ w.T
        bent = {"tanh": np.tanh, "squared_relu": lambda u: np.maximum(u, 0) ** 2, "relu": lambda u: np.maximum(u, 0)}
        return bent.get(activation, lambda u: np.where(u > 0, u, u / 2))(z) @ outer.T

    def jacobian(w):
        z = x @ w.T
        slope = {
            "tanh": lambda u: 1 - np.tanh(u) ** 2,
            "squared_relu": lambda u: 2 * np.maximum(u, 0),
            "relu": lambda u: (u > 0) * 1.0,
        }.get(activation, lambda u: np.where(u > 0, 1.0, 0.5))(z)
        return (outer[:, None, :, None] * slope[None, :, :, None] * x[None, :, None, :]).reshape(
            len(outer) * len(x), -1
        )

    root, seen = np.sqrt(len(x)), 0.0
    for _ in range(100):
        d = rng.normal(size=planted.shape)
        d *= radius / np.linalg.norm(d)
        turn = np.linalg.norm(jacobian(planted + d) - jacobian(planted), 2) / root
        rest = (outputs(planted + d) - outputs(planted)).T.ravel() - jacobian(planted + d) @ d.ravel()
        assert turn <= a and np.linalg.norm(rest) / root <= b * radius
        seen = max(seen, turn)
    assert seen > 0.05 * a
    assert around.problem.rows.tolist() == x.tolist()


@pytest.mark.parametrize(("radius", "share"), [(0.2, 0.99), (0.15, 0.0)])
def test_a_unit_that_stops_just_beyond_its_kink_leaves_nearly_all_of_tau(radius, share):
    """r − J(W)D = −w* for w < 0 < w*: |w*|/|D| → 1, and 0 where the ball does not reach the kink."""
    one = np.ones((1, 1))
    around = surroundings(4, require_teacher(1, frozen_problem(one, 0.1515 * one, one, one, "relu")), Fraction(1), None)
    assert all(share * 0.1515 / 0.1516 <= lower(bound) <= 1.01 * (share > 0) for bound in around.bounds(5, radius))


def test_the_distance_is_that_of_weights_and_biases_and_exactly_0_at_the_teacher():
    network = random_frozen(np.random.default_rng(2), "tanh", 2, 2, 5, away=0.5, biased=True)
    there = require_teacher(1, network)
    truth = np.hypot(
        np.linalg.norm(network.layers[0].weight - there.layers[0].weight), np.linalg.norm(network.layers[0].bias)
    )
    assert truth <= upper(distance_above(network, there)) <= truth * (1 + 1e-12)
    assert upper(distance_above(there, there)) == 0


def test_the_work_grows_with_pairs_of_inputs_and_with_units():
    def work(units, dimension, pairs):
        network = frozen_problem(
            np.ones((units, dimension)), np.ones((units, dimension)), np.ones(units), np.ones((9, dimension)), "tanh"
        )
        return contraction_workload(network, pairs=pairs).operations

    assert work(2, 100, True) > 10 * work(2, 100, False)
    assert work(40, 4, False) > 100 * work(4, 4, False)


def test_norms_of_all_units_and_pairs_of_samples_are_foreseen():
    network = frozen_problem(np.ones((3, 50)), np.ones((3, 50)), np.ones(3), np.ones((60, 50)), "relu")
    by_pairs, by_samples = (contraction_workload(network, pairs=pairs) for pairs in (True, False))
    plain = objective_workload(network, hessians=0, grams=1)
    assert by_pairs.operations - plain.operations > by_samples.operations - plain.operations > 3 * 3 * 2 * 9 * 50**3
    assert by_samples.scalars > by_pairs.scalars + 2 * 0.3 * 60**2
