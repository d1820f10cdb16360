"""Angles, loss and gradient of ReLU units, against values with 80 digits, samples, and points of a box."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
from flint import arb

from certificates.arithmetic.arb import exact, precision
from certificates.arithmetic.arb_matrix import ArbMatrix
from certificates.enclosures.gaussian.relu_units import UnitsMeet, relu_units
from tests.twins import population_loss


def _box(weights, radius=0.0):
    entries = (exact(entry) + arb(0, radius) for entry in weights.ravel().tolist())
    return relu_units(ArbMatrix.from_entries(*weights.shape, entries))


def _holds(ball, truth):
    return ball.overlaps(arb(mpmath.nstr(truth, 40)) + arb(0, 1e-36))


@pytest.mark.parametrize(("n", "k"), [(2, 2), (3, 2), (4, 3)])
def test_loss_and_gradient_are_those_of_differences_with_80_digits(n, k):
    weights = np.random.default_rng(10 * n + k).normal(size=(n, k))
    with precision(128), population_loss.workdps():
        units, rows = _box(weights), population_loss.rows_of(weights)
        assert _holds(units.loss(), population_loss.loss(rows, k))
        slopes = population_loss.gradient(rows, k)
        assert all(map(_holds, units.gradient().entries(), slopes.ravel()))
        assert max(float(entry.rad()) for entry in units.gradient().entries()) < 1e-34


def test_the_loss_is_the_mean_of_the_squared_difference():
    rng = np.random.default_rng(0)
    weights, x = rng.normal(size=(3, 2)), rng.normal(size=(400_000, 2))
    squares = (np.maximum(x @ weights.T, 0).sum(axis=1) - np.maximum(x, 0).sum(axis=1)) ** 2 / 2
    assert abs(float(_box(weights).loss()) - squares.mean()) < 5 * squares.std() / np.sqrt(len(x))


def test_a_box_holds_what_its_points_have():
    rng, radius = np.random.default_rng(1), 1e-3
    weights = rng.normal(size=(3, 3))
    with precision(128):
        box = _box(weights, radius)
        for _ in range(20):
            point = _box(weights + rng.uniform(-1, 1, size=weights.shape) * radius * (1 - 1e-9))
            for wide, narrow in (
                (box.across().entries(), point.across().entries()),
                (box.gradient().entries(), point.gradient().entries()),
                (box.lengths, point.lengths),
                (sum(box.sines, ()), sum(point.sines, ())),
            ):
                assert all(abs(a.mid() - b.mid()) <= a.rad() for a, b in zip(wide, narrow, strict=True))


@pytest.mark.parametrize(
    ("weights", "who"),
    [
        ([[1.0, 1.0], [0.0, 0.0]], "student 1 may be 0"),
        ([[2.0]], "student 0 and teacher 0"),
        ([[1.0, 1.0], [2.0, 2.0]], "students 0 and 1"),
        ([[1.0, 1.0], [-0.5, -0.5]], "students 0 and 1"),
        ([[1.0, 1.0], [0.0, 3.0]], "student 1 and teacher 1"),
        ([[-1.0, 0.0], [1.0, 3.0]], "student 0 and teacher 0"),
    ],
)
def test_units_that_meet_are_refused(weights, who):
    with pytest.raises(UnitsMeet, match=who):
        _box(np.array(weights))


def test_a_box_in_which_units_may_meet_is_refused():
    weights = np.array([[1.0, 1e-3], [1.0, 1.0]])
    assert _box(weights, 1e-8).sines[0][2] > 0
    with pytest.raises(UnitsMeet, match="student 0 and teacher 0"):
        _box(weights, 2e-3)
