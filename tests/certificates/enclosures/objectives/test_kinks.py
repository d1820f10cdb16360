"""The frozen objective f_θ in balls: against plain formulas, and what is added across the kinks."""

from fractions import Fraction

import numpy as np
import pytest

from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.enclosures.objectives.hessian import gradient, hessian, objective_value
from certificates.enclosures.objectives.kinks import (
    Sides,
    extended_inputs,
    held_point,
    least_singular_value,
    pressed,
    sides_of,
)
from certificates.enclosures.objectives.turning import turning
from certificates.expression import parse_activation
from certificates.subjects import Logistic, SoftmaxCrossEntropy, Squared
from tests.support.kinks import random_relu_net, vector_f
from verify.search.kinks.bilinear import Bilinear

RELU = Sides(Fraction(0), Fraction(1))


@pytest.mark.parametrize(
    ("text", "slopes"),
    [
        ("relu", (0, 1)),
        ("leaky_relu(2)", (2, 1)),
        ("piecewise(-z/2, 0, z)", (Fraction(-1, 2), 1)),
        ("piecewise(z, 0, 3*z)", (1, 3)),
        ("piecewise(-3*z, 0, -z)", (-3, -1)),
        ("identity", (1, 1)),
        ("tanh", None),
        ("squared_relu", None),
        ("piecewise(0, 1, z-1)", None),
        ("piecewise(0, 0, z+1)", None),
        ("piecewise(exp(z)-1, 0, z)", None),
    ],
)
def test_which_activations_have_two_slopes(text, slopes):
    found = sides_of(parse_activation(text))
    assert found == (None if slopes is None else Sides(*map(Fraction, slopes)))
    if slopes is not None:
        frozen = found.frozen
        assert (frozen.slope, frozen.bend, frozen.bend_change) == (max(map(abs, slopes)), 0, 0)


@pytest.mark.parametrize("loss", [Squared, Logistic, SoftmaxCrossEntropy])
@pytest.mark.parametrize("sides", [RELU, Sides(Fraction(1, 3), Fraction(1))])
def test_value_and_derivatives_are_those_of_prescribed_slopes(loss, sides):
    rng = np.random.default_rng(3)
    network = random_relu_net(rng, (2, 3, 3), 7, loss)
    held, shares = rng.random((7, 3)) < 0.3, rng.random((7, 3))
    point = held_point(network, sides, held, shares)
    net = Bilinear(network, sides)
    w = net.initial()
    u = net.inputs_of_units(w)
    slopes = float(sides.low) + float(sides.jump) * np.where(held, shares, u > 0)
    assert abs(float(objective_value(point).mid()) - net.value(w, slopes * u)) < 1e-13
    assert np.abs(gradient(point).mid - net.gradient(w, slopes * u, slopes)).max() < 1e-13
    assert np.abs(hessian(point).mid - net.hessian(w, slopes)).max() < 1e-12
    assert gradient(point).radius < 1e-12 and hessian(point).radius < 1e-12


def test_the_turning_of_vector_f():
    """h_1 with T¹ of the recursion to its digits: below 1/5 at R = 1/100, above at R = 1/80; h_2 is less."""
    held = np.array([[False], [True], [False]])
    point = held_point(vector_f(), RELU, held, np.full((3, 1), 0.4))
    first = turning(point, 0.01, [RELU.frozen], by_jacobians=False)
    assert abs(float(first.by_samples) - 0.165225594242093) < 1e-14
    assert turning(point, 0.0125, [RELU.frozen], by_jacobians=False).by_samples > 0.2
    assert turning(point, 0.01, [RELU.frozen]).h < 0.1


def test_pressing_adds_the_rows_of_the_kinks():
    network = random_relu_net(np.random.default_rng(0), (2, 2, 1), 5)
    roots = np.zeros((5, 2))
    roots[1, 0], roots[3, 1], roots[4, 1] = 2.0, 0.5, 3.0
    size = network.trained_parameter_count
    added = pressed(BallMatrix.from_exact(np.zeros((size, size))), network, roots)
    samples, net = extended_inputs(network), Bilinear(network, RELU)
    expected = np.zeros((size, size))
    for sample, unit in zip(*np.nonzero(roots), strict=True):
        row = np.zeros(size)
        row[net.inner[unit]] = roots[sample, unit] * samples[sample]
        expected += np.outer(row, row)
    assert (np.abs(added.mid - expected) <= added.rad + 1e-14).all()
    assert (added.mid == added.mid.T).all() and 0 < added.radius < 1e-12


def test_no_rounding_of_what_is_pressed_is_lost():
    """One entry, exactly: a sum of 60 rounded squares, and what 1 swallows."""
    network = random_relu_net(np.random.default_rng(21), (1, 1, 1), 60, bias=False)
    for start, scale in ((0.0, 1.0), (1.0, 2.0**-40)):
        roots = scale * np.random.default_rng(1).random((60, 1))
        added = pressed(BallMatrix.from_exact(np.diag([start, 0.0])), network, roots)
        pairs = zip(roots.ravel().tolist(), network.inputs.ravel().tolist(), strict=True)
        true = Fraction(start) + sum((Fraction(root) * Fraction(x)) ** 2 for root, x in pairs)
        error = abs(Fraction(float(added.mid[0, 0])) - true)
        assert 2.0**-53 * start * 2.0**-30 < error <= Fraction(float(added.rad[0, 0]))


def test_independent_rows():
    rng = np.random.default_rng(1)
    rows = rng.normal(size=(3, 5))
    true = np.linalg.svd(rows)[1][-1]
    assert 0.99 * true < float(least_singular_value(rows)) <= true
    assert least_singular_value(np.vstack([rows, rows[0] + rows[1]])) is None
    assert least_singular_value(rng.normal(size=(3, 2))) is None
