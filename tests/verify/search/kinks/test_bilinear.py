"""The frozen objective in floats: its derivatives by differences, on both sides of softplus and of kinks."""

from fractions import Fraction

import numpy as np
import pytest

from certificates.enclosures.objectives.kinks import Sides
from certificates.subjects import Logistic, SoftmaxCrossEntropy, Squared
from tests.support.kinks import random_relu_net
from verify.numeric.smooth_objective import FloatObjective
from verify.search.kinks.bilinear import Bilinear
from verify.search.kinks.homotopy import smoothed_minimum

RELU = Sides(Fraction(0), Fraction(1))


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("loss", [Squared, Logistic, SoftmaxCrossEntropy])
def test_derivatives_are_differences(loss, bias):
    rng = np.random.default_rng(1)
    net = Bilinear(random_relu_net(rng, (2, 2, 2), 6, loss, bias=bias), RELU)
    w, step, h = net.initial(), rng.normal(size=net.size), 1e-6
    slopes = rng.random((6, 2))

    def value(at):
        return net.value(at, slopes * net.inputs_of_units(at))

    def gradient(at):
        return net.gradient(at, slopes * net.inputs_of_units(at), slopes)

    assert abs((value(w + h * step) - value(w - h * step)) / (2 * h) - gradient(w) @ step) < 1e-7
    found = (gradient(w + h * step) - gradient(w - h * step)) / (2 * h)
    assert np.abs(found - net.hessian(w, slopes) @ step).max() < 1e-7


@pytest.mark.parametrize("bias", [True, False])
def test_on_its_own_sides_it_is_the_objective(bias):
    network = random_relu_net(np.random.default_rng(2), (3, 2, 1), 8, bias=bias)
    net, objective = Bilinear(network, RELU), FloatObjective(network)
    w = net.initial()
    u = net.inputs_of_units(w)
    assert abs(net.value(w, np.maximum(u, 0)) - objective.value(w)) < 1e-14
    assert np.abs(net.gradient(w, np.maximum(u, 0), (u > 0).astype(float)) - objective.gradient(w)).max() < 1e-14
    again = net.with_weights(w)
    assert np.array_equal(Bilinear(again, RELU).initial(), w)


def test_the_homotopy_descends():
    network = random_relu_net(np.random.default_rng(0), (1, 1, 1), 6)
    net = Bilinear(network, RELU)
    told = []
    w = smoothed_minimum(net, net.initial(), told.append)
    assert FloatObjective(network).value(w) < FloatObjective(network).value(net.initial()) and told == list(range(6))
