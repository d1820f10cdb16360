"""What is left of a network without units that carry nothing, and without copies."""

from fractions import Fraction

import numpy as np

from certificates.enclosures.objectives.kinks import Sides
from certificates.subjects import Objective
from tests.support.kinks import random_relu_net
from verify.numeric.smooth_objective import FloatObjective
from verify.search.kinks.bilinear import Bilinear
from verify.search.kinks.reduction import reduced

RELU = Sides(Fraction(0), Fraction(1))


def _net(objective=None):
    """Unit 1 is half of unit 0, unit 2 nearly nothing; both layers' weights of a unit have one length."""
    network = random_relu_net(np.random.default_rng(3), (2, 4, 2), 7)
    if objective is not None:
        network = type(network)(network.layers, network.activations, network.inputs, network.targets, objective)
    net = Bilinear(network, RELU)
    w = net.initial()
    inner, outer = w[net.inner], w[net.outer]
    inner[0] *= np.linalg.norm(outer[:, 0]) / np.linalg.norm(inner[0])
    inner[1], outer[:, 1] = inner[0] / 2, outer[:, 0] / 2
    inner[2], outer[:, 2] = 1e-9, 1e-9
    w[net.inner], w[net.outer] = inner, outer
    return net, w


def test_the_smaller_network_computes_the_same_for_no_more():
    net, w = _net()
    found = reduced(net, w, 1e-4)
    assert (found.dead, found.copies, found.network.widths, found.kept) == (1, 1, (2, 2, 2), (0, 3))
    smaller, whole = FloatObjective(found.network), FloatObjective(net.with_weights(w))
    assert np.abs(smaller.outputs(smaller.initial()) - whole.outputs(w)).max() < 1e-8
    assert abs(smaller.value(smaller.initial()) - whole.value(w)) < 1e-8


def test_without_a_penalty_nothing_is_left_out():
    net, w = _net(Objective(_net()[0].network.objective.loss))
    assert reduced(net, w, 1e-4).network.widths == (2, 4, 2)


def test_how_alike_copies_are():
    net, w = _net()
    w[net.inner[1, 0]] += 1e-2
    assert reduced(net, w, 1e-4).copies == 0 and reduced(net, w, 0.1).copies == 1
