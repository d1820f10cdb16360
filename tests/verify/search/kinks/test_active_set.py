"""Newton's method on kinks comes back to planted minima, and holds, releases and leaves what it must."""

from fractions import Fraction

import numpy as np
import pytest

from certificates.enclosures.objectives.kinks import Sides, sides_of
from tests.support.kinks import planted_minimum, vector_f
from verify.numeric.smooth_objective import FloatObjective
from verify.search.kinks.active_set import settle
from verify.search.kinks.bilinear import Bilinear
from verify.search.kinks.descent import descend
from verify.search.kinks.face import Face

RELU = Sides(Fraction(0), Fraction(1))


def _face(network, pairs, sides=RELU, weights=None):
    net = Bilinear(network, sides)
    held = np.zeros((network.sample_count, net.units), dtype=bool)
    for pair in pairs:
        held[pair] = True
    return Face(net, net.initial() if weights is None else weights, held)


def _planted(leak):
    for seed in range(200):
        found = planted_minimum(np.random.default_rng(seed), (2, 2, 1), 2, leak=leak)
        if found is not None:
            face = _face(found.network, found.kinks, sides_of(found.network.activations[0]))
            if face.look().values[0] > 1e-3:
                return found, face
    raise AssertionError("no minimum in 200 draws")


@pytest.mark.parametrize("leak", [0.0, 0.25])
def test_planted_minima_are_found_from_beside_them(leak):
    planted, face = _planted(leak)
    look = face.look()
    assert look.size < 1e-12 and not look.loose(face.held).any()
    assert np.allclose([look.shares[pair] for pair in planted.kinks], planted.shares, atol=1e-9)
    moved = face.weights + 1e-4 * np.random.default_rng(0).normal(size=face.weights.size)
    beside = _face(planted.network, (), face.net and sides_of(planted.network.activations[0]), moved)
    assert settle(beside) == "minimum"
    assert np.abs(beside.weights - face.weights).max() < 1e-9
    assert sorted(zip(*np.nonzero(beside.held), strict=True)) == sorted(planted.kinks)


def test_loose_kinks_are_released():
    """With the label +1/4 the second sample of vector F is no kink of the minimum."""
    network = vector_f(0.25)
    face = _face(network, [(1, 0)])
    before = FloatObjective(network).value(face.weights)
    assert face.look().loose(face.held)[1, 0]
    assert settle(face) == "minimum" and not face.held.any()
    assert FloatObjective(network).value(face.weights) < before


def test_the_line_ends_where_its_derivative_turns_positive():
    """Along +b vector F falls until its kink at b = 0, from w = v = 1 and b = −1/100."""
    network = vector_f()
    net = Bilinear(network, RELU)
    start = np.array([1.0, -0.01, 1.0])
    face = Face(net, start, np.zeros((3, 1), dtype=bool))
    direction = np.array([0.0, 1.0, 0.0])
    assert face.gradient_at(start) @ direction < 0
    assert descend(face, direction, 10.0)
    assert face.held[1, 0] and abs(face.weights[1]) < 1e-15
    held = Face(net, np.array([1.0, 0.0, 1.0]), np.array([[False], [True], [False]]))
    assert abs(held.look().shares[1, 0] - 0.4) < 1e-12
