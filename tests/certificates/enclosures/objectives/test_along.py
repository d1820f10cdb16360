"""The second derivative along a direction, against hyper-dual numbers in Arb and the enclosed Hessian."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from certificates.arithmetic.arb import exact, lower, precision, upper
from certificates.arithmetic.ball_array import BallArray
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.enclosures.objectives.along import curvature_along, slope_along, squared_length
from certificates.enclosures.objectives.gram import gram
from certificates.enclosures.objectives.hessian import hessian
from certificates.enclosures.objectives.point import evaluate
from tests.support.objective_nets import LOSSES, draw_network
from tests.truth._objectives import curvature_at
from tests.twins.hyper_dual import parameters

NETWORKS = {
    **{loss: draw_network(1, (2, 3, 2), loss) for loss in LOSSES},
    "deep": draw_network(2, (2, 3, 2, 3), "softmax", activation="softplus", weighted=True),
    "frozen first": draw_network(3, (2, 2, 2), "logistic", frozen=(0,)),
    "frozen last": draw_network(4, (2, 2, 2), "squared", frozen=(1,), biased=False),
    "frozen middle": draw_network(5, (2, 2, 2, 2), "soft", frozen=(1,), activation="sin"),
    "saturated": draw_network(6, (2, 3, 3), "softmax", scale=20.0, decay=False),
}


@pytest.mark.parametrize("name", sorted(NETWORKS))
def test_the_exact_number_is_inside(name):
    network = NETWORKS[name]
    weights, rng = parameters(network), np.random.default_rng(7)
    for direction in (rng.normal(size=len(weights)), np.eye(len(weights))[rng.integers(len(weights))]):
        with precision(128):
            found = curvature_along(evaluate(network), direction)
            exactly = curvature_at(network, weights, direction)
            assert found.contains(exactly.mid()) or abs(found - exactly) < 1e-30
            assert upper(found) - lower(found) <= 1e-10 * max(1.0, abs(float(exactly)))


@pytest.mark.parametrize("name", ["squared", "frozen last"])
def test_the_slope_is_that_of_the_gram_part(name):
    network = NETWORKS[name]
    direction = np.random.default_rng(9).normal(size=len(parameters(network)))
    with precision(128):
        point = evaluate(network)
        form = gram(point, "loss", point.weights.sqrt()).mid
        found = slope_along(point, direction)
    assert float(found) == pytest.approx(direction @ form @ direction, rel=1e-10)


@pytest.mark.parametrize("name", ["softmax", "deep", "frozen middle"])
def test_it_is_the_form_of_the_hessian(name):
    network = NETWORKS[name]
    direction = np.random.default_rng(8).normal(size=len(parameters(network)))
    with precision(128):
        point = evaluate(network)
        column = BallMatrix.from_exact(direction[:, None])
        form = column.dot(hessian(point).times(column))
        assert form.overlaps(curvature_along(point, direction))


def test_a_length_has_nearly_all_digits():
    assert squared_length(np.array([3.0, 4.0])).overlaps(exact(25))
    assert upper(abs(squared_length(np.full(1000, 0.1)) - exact(0.1) * exact(0.1) * 1000)) < 1e-11


def _one_number():
    """F = v·tanh(wx), squared: along v alone it is ω‖Ṡ‖², and g·F̈ is 0."""
    network = draw_network(1, (1, 1, 1), "squared", samples=1, biased=False, decay=False)
    return evaluate(network), np.array([0.0, 1.0])


def test_radii_of_roots_count():
    point, direction = _one_number()
    roots = point.loss.roots
    wide = replace(point, loss=replace(point.loss, roots=BallArray(roots.mid, np.full(roots.shape, 0.1))))
    for root in (roots.mid - 0.1, roots.mid + 0.1):
        end = replace(point, loss=replace(point.loss, roots=BallArray(root, np.zeros(root.shape))))
        assert curvature_along(wide, direction).contains(curvature_along(end, direction).mid())


def test_radii_of_activations_count():
    point, direction = _one_number()
    hidden = point.inputs[1].mid
    wide = replace(point, inputs=(point.inputs[0], BallMatrix(hidden, np.full(hidden.shape, 0.1))))
    for end in (hidden - 0.1, hidden + 0.1):
        moved = replace(point, inputs=(point.inputs[0], BallMatrix.from_exact(end)))
        assert curvature_along(wide, direction).contains(curvature_along(moved, direction).mid())
