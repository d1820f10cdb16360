"""Constants of one hidden layer under a frozen output: a test vector on paper, naive twins, and refusals."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from certificates import Dense, Network
from certificates.arithmetic.arb import lower, precision, upper
from certificates.enclosures.objectives import frozen_output as subject
from certificates.enclosures.objectives.point import evaluate, planted_labels, stands_at_teacher
from certificates.enclosures.objectives.reach import BreakpointReached
from certificates.expression import parse_activation
from certificates.subjects import Decay, Objective, Squared
from tests.support import naive

# (.6, .8) and (−.8, .6) on paper: the nearest binary64 numbers
ROWS = np.array([[5, 0], [0, 5], [3, 4], [-4, 3], [5, 5], [5, -5], [10, 5], [-5, 10]]) / 5.0
THETA = Fraction(1288290, 8 * 10**6)


@pytest.fixture(autouse=True)
def _bits():
    with precision(128):
        yield


def planted(activation="tanh", student=None, teacher=None, inputs=ROWS, bias=None, outer=None):
    """The test vector: W_0 = I, v = (1, 1), labels planted by the same network."""
    weights = np.eye(2) if student is None else student
    last = np.ones((1, len(weights))) if outer is None else outer
    layers = Dense(weights, bias), Dense(last, None, trained=False)
    source = Dense(weights if teacher is None else teacher, None, trained=False), layers[1]
    loss = Objective(Squared(Fraction(1, 2 * len(inputs))))
    return Network(layers, (parse_activation(activation),), inputs, None, loss, teacher=source)


def _ends(matrix):
    values = np.linalg.eigvalsh(matrix.mid)
    return float(values[0]), float(values[-1])


def test_the_test_vector_to_its_printed_digits():
    network = planted()
    problem = subject.frozen_output(network)
    least, most = _ends(subject.tangent_gram(network))
    assert (round(least, 10), round(most, 10)) == (0.0364694303, 0.4144840402)
    fourth = subject.chi(problem, THETA, 29.7117105998 / 8 * (1 + 1e-11))
    assert fourth is not None and round(upper(fourth), 8) == 29.71171060
    assert subject.chi(problem, THETA, 29.7117105997 / 8) is None
    free = subject.chi(problem, Fraction(0), 31 / 8 * (1 + 1e-12))
    assert free is not None and 31 <= upper(free) < 31 + 1e-8
    plain = subject.chi(problem, Fraction(0), None)
    assert plain is not None and 31 <= upper(plain) < 31.01
    inputs = subject.xi(problem, 1.0606601718**2 * (1 + 1e-10))
    assert inputs is not None and round(upper(inputs), 9) == 1.060660172
    assert subject.xi(problem, 1.0606601717**2) is None
    assert 1.06066017 < upper(subject.xi(problem, None)) < 1.07
    bounds = subject.activation_on_ball(problem, 0.004)
    assert round(upper(subject.beta(problem, bounds.bend, fourth)), 9) == 1.483532087
    assert problem.is_exact and subject.residual_norm(problem) == (0, 0)
    assert subject.gamma(problem, bounds.bend_change, fourth, inputs) == 0
    assert problem.loss_factor == 1


@pytest.mark.parametrize("outputs", [1, 3])
@pytest.mark.parametrize("bias", [False, True])
def test_a_random_network_against_its_naive_jacobian(outputs, bias):
    rng = np.random.default_rng((outputs, bias))
    network = naive.random_network(rng, (3, 4, outputs), 20, bias=bias, trained=(True, False), residual=0.3)
    problem = subject.frozen_output(network)
    w = naive.parameters(network)
    jacobian = naive.jacobian(network, w, "tanh")
    assert np.allclose(subject.tangent_gram(network).mid, jacobian.T @ jacobian / 20, atol=1e-12)
    residual = naive.forward(network, w, "tanh") - network.given_targets
    rms, largest = map(float, map(upper, subject.residual_norm(problem)))
    assert rms == pytest.approx(np.linalg.norm(residual) / np.sqrt(20)) and rms**2 >= np.sum(residual**2) / 20
    assert largest == pytest.approx(np.max(np.linalg.norm(residual, axis=1)))
    assert problem.loss_factor == 40 * network.objective.loss.scale
    assert upper(problem.column) == pytest.approx(np.max(np.linalg.norm(network.layers[1].weight, axis=0)))


@pytest.mark.parametrize("activation", ["tanh", "softplus(1)", "squared_relu"])
def test_jacobians_on_the_ball_change_by_beta_at_most(activation):
    """Lemma 4.2.1 (i), along random directions and the steepest of each sample."""
    rng = np.random.default_rng(7)
    network = naive.random_network(rng, (3, 2, 1), 25, activation, bias=False, trained=(True, False))
    problem, radius, w = subject.frozen_output(network), 0.3, naive.parameters(network)
    start = naive.jacobian(network, w, activation)
    fourth = subject.chi(problem, Fraction(0), None)
    bound = float(lower(subject.beta(problem, subject.activation_on_ball(problem, radius).bend, fourth)))
    shares = []
    for _ in range(60):
        step = rng.normal(size=w.shape)
        step *= radius / np.linalg.norm(step)
        moved = np.linalg.norm(naive.jacobian(network, w + step, activation) - start, 2) / 5
        shares.append(moved / (bound * radius))
    assert 0.05 < max(shares) <= 1


@pytest.mark.parametrize("outputs", [1, 2])
def test_second_derivatives_weighted_by_residuals_change_by_gamma_at_most(outputs):
    """Lemma 4.2.1 (iv), its second part: Σ_i r_i·V diag((φ''(z_i) − φ''(z⁰_i)) δ_i²)/n in the steepest direction."""
    rng = np.random.default_rng(outputs)
    network = naive.random_network(rng, (2, 2, outputs), 15, bias=True, trained=(True, False), residual=0.7)
    problem, radius = subject.frozen_output(network), 0.25
    (hidden, last), x = network.layers, np.hstack([network.inputs, np.ones((15, 1))])
    residual = naive.forward(network, naive.parameters(network), "tanh") - network.given_targets
    start, fourth = np.hstack([hidden.weight, hidden.bias[:, None]]), subject.chi(problem, Fraction(0), None)
    change = subject.activation_on_ball(problem, radius).bend_change
    bound = upper(subject.gamma(problem, change, fourth, subject.xi(problem, None)))
    column, longest = np.linalg.norm(last.weight, axis=0).max(), np.linalg.norm(residual, axis=1).max()
    sizes = np.linalg.norm(x, 2) / np.sqrt(15) * np.sqrt(upper(fourth) / 15)
    assert column * change * longest * sizes <= bound <= column * change * longest * sizes * 1.01

    def bend(weights):
        value = np.tanh(x @ weights.T)
        return -2 * value * (1 - value**2)

    seen = 0.0
    for step in rng.normal(size=(200, *start.shape)):
        step *= radius / np.linalg.norm(step)
        weights = (bend(start + step) - bend(start)) * (residual @ last.weight) / 15
        seen = max(seen, *(np.linalg.norm((x * row[:, None]).T @ x, 2) / radius for row in weights.T))
    assert 0.02 * bound < seen <= bound


# ---- labels -------------------------------------------------------------------------------------------------------


def test_planted_labels_are_what_the_teacher_computes():
    rng = np.random.default_rng(1)
    network = planted(student=rng.normal(size=(2, 2)), teacher=rng.normal(size=(2, 2)))
    truth = np.tanh(ROWS @ network.teacher[0].weight.T) @ np.ones((2, 1))
    labels = planted_labels(network)
    assert np.allclose(labels.mid, truth, atol=1e-14) and labels.radius < 1e-12
    outputs = np.tanh(ROWS @ network.layers[0].weight.T) @ np.ones((2, 1))
    problem = subject.frozen_output(network)
    assert not problem.is_exact
    assert upper(subject.residual_norm(problem)[0]) == pytest.approx(np.linalg.norm(outputs - truth) / np.sqrt(8))
    point, values = evaluate(network), evaluate(network).loss.values
    assert (point.loss.gradient.rad >= 2 * (point.outputs.rad + labels.rad)).all()  # both are balls
    assert (np.abs(values.mid - (outputs - truth) ** 2) <= values.rad + 1e-14).all()


def test_a_residual_is_zero_only_at_the_teacher():
    near = np.eye(2) + np.diag([2.0**-52, 0.0])
    assert stands_at_teacher(planted())
    there = evaluate(planted()).loss
    assert not there.gradient_norms.any() and not np.any(there.values.upper()) and not np.any(there.gradient.lower())
    assert not stands_at_teacher(planted(student=near, teacher=np.eye(2)))
    assert upper(subject.residual_norm(subject.frozen_output(planted(student=near, teacher=np.eye(2))))[0]) > 0
    labels = np.tanh(ROWS) @ np.ones((2, 1))
    given = replace(planted(), targets=labels, teacher=None)
    assert not subject.frozen_output(given).is_exact
    assert 0 < upper(subject.residual_norm(subject.frozen_output(given))[0]) < 1e-14


def test_biases_and_outer_weights_are_compared_too():
    assert stands_at_teacher(planted(bias=np.zeros(2)))
    assert not stands_at_teacher(planted(bias=np.array([0.0, 1e-300])))
    other = replace(planted(), layers=(Dense(np.eye(2), None), Dense(np.array([[1.0, 1.5]]), None, trained=False)))
    assert not stands_at_teacher(other)
    assert stands_at_teacher(subject.at_teacher(other))


def test_the_point_at_the_teacher():
    network = planted(student=np.eye(2) + 0.1, teacher=np.eye(2))
    there = subject.at_teacher(network)
    assert subject.frozen_output(there).is_exact and there.layers[0].trained and not there.layers[1].trained
    assert (there.layers[0].weight == np.eye(2)).all()
    with pytest.raises(subject.NotFrozenOutput, match="planted"):
        subject.at_teacher(replace(network, targets=np.ones((8, 1)), teacher=None))


# ---- activations --------------------------------------------------------------------------------------------------


def test_inside_the_cell_a_relu_does_not_bend():
    inputs = np.array([[1.0, 0.5], [-2.0, 1.0]])
    problem = subject.frozen_output(planted("relu", inputs=inputs))
    bounds = subject.activation_on_ball(problem, 0.4)
    assert (bounds.slope, bounds.bend, bounds.bend_change) == (1, 0, 0)
    with pytest.raises(BreakpointReached):
        subject.activation_on_ball(problem, 0.45)  # |w·x| / ‖x‖ = .5/√1.25 = .447
    with pytest.raises(BreakpointReached):
        subject.activation_on_ball(subject.frozen_output(planted("relu")), 1e-300)


@pytest.mark.parametrize(("activation", "radius"), [("tanh", 0.5), ("squared_relu", 0.5), ("relu", 0.4), ("elu", 0.4)])
def test_the_second_constant_alone_is_no_smaller(activation, radius):
    inputs = np.array([[1.0, 0.5], [-2.0, 1.0]])
    problem = subject.frozen_output(planted(activation, inputs=inputs))
    whole, alone = subject.activation_on_ball(problem, radius).bend, subject.bend_on_ball(problem, radius)
    assert alone >= whole and alone == pytest.approx(
        {"squared_relu": 2.0, "relu": 0.0, "elu": 1.0}.get(activation, 0.7698), rel=1e-3
    )
    if activation == "relu":
        with pytest.raises(BreakpointReached):
            subject.bend_on_ball(problem, 0.45)


def test_a_bias_is_one_more_input():
    """All moments are at least those of the ones, and pre-activations move with the bias."""
    network = planted("relu", inputs=ROWS / 1024, bias=np.array([0.5, -0.25]))
    problem = subject.frozen_output(network)
    for shift, covariance in ((None, None), (2.0, 1.5)):
        fourth, inputs = subject.chi(problem, Fraction(0), shift), subject.xi(problem, covariance)
        assert 8 <= upper(fourth) < 16.1 and 1 <= upper(inputs) < 1.3
    assert subject.activation_on_ball(problem, 0.2).bend == 0
    with pytest.raises(BreakpointReached):
        subject.activation_on_ball(problem, 0.3)


def test_at_the_teacher_biases_stay_parameters():
    there = subject.at_teacher(planted(bias=np.array([1.0, 2.0])))
    assert not there.layers[0].bias.any() and there.layers[0].bias.shape == (2,) and stands_at_teacher(there)


def test_beyond_the_cell_a_squared_relu_has_no_third_constant():
    problem = subject.frozen_output(planted("squared_relu", student=np.eye(2) + 1.0, teacher=np.eye(2)))
    bounds = subject.activation_on_ball(problem, 0.5)
    assert bounds.bend == 2 and bounds.bend_change == np.inf
    fourth = subject.chi(problem, Fraction(0), None)
    assert subject.gamma(problem, bounds.bend_change, fourth, subject.xi(problem, None)) is None


def test_at_the_teacher_nothing_is_weighted_even_where_the_second_derivative_jumps():
    problem = subject.frozen_output(planted("squared_relu"))
    bounds = subject.activation_on_ball(problem, 0.5)
    fourth = subject.chi(problem, Fraction(0), None)
    assert bounds.bend_change == np.inf and subject.gamma(problem, np.inf, fourth, subject.xi(problem, None)) == 0


# ---- refusals -----------------------------------------------------------------------------------------------------


def _changed(**changes):
    return replace(planted(), **changes)


@pytest.mark.parametrize(
    ("network", "words"),
    [
        (_changed(objective=Objective(Squared(Fraction(1)), (Decay("layers.0.weight", Fraction(1)),))), "plain sum"),
        (_changed(layers=(Dense(np.eye(2), None), Dense(np.ones((1, 2)), None))), "frozen output"),
        (
            _changed(layers=(Dense(np.eye(2), None, trained=False), Dense(np.ones((1, 2)), None))),
            "trained hidden layer",
        ),
        (naive.random_network(np.random.default_rng(0), (2, 2, 2, 1), 3), "one hidden layer"),
    ],
)
def test_other_networks_are_none_of_this_section(network, words):
    with pytest.raises(subject.NotFrozenOutput, match=words):
        subject.frozen_output(network)
