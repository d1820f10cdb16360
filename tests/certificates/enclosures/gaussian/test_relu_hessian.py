"""The Hessian of the population loss in balls, against differences with 80 digits and at points of a box."""

from __future__ import annotations

import numpy as np
import pytest
from flint import arb

from certificates.arithmetic.arb import exact, precision
from certificates.arithmetic.arb_matrix import ArbMatrix
from certificates.enclosures.gaussian.relu_hessian import in_balls, relu_hessian
from certificates.enclosures.gaussian.relu_units import relu_units
from tests.twins import population_loss
from verify.numeric.relu_population import population_hessian
from verify.search.relu_students import shared_student


def _hessian(weights, radius=0.0):
    with precision(128):
        entries = (exact(entry) + arb(0, radius) for entry in weights.ravel().tolist())
        return relu_hessian(relu_units(ArbMatrix.from_entries(*weights.shape, entries)))


@pytest.mark.parametrize(("n", "k"), [(2, 2), (3, 2), (3, 3)])
def test_it_contains_the_differences_of_values(n, k):
    weights = np.random.default_rng(n + k).normal(size=(n, k))
    found = _hessian(weights)
    with population_loss.workdps():
        truth = population_loss.hessian(population_loss.rows_of(weights), k)
    ulp = np.spacing(np.abs(truth))  # the truth is rounded to floats
    assert (found.lower() - ulp <= truth).all() and (truth <= found.upper() + ulp).all()
    assert found.radius < 1e-13 * np.max(np.abs(truth))


@pytest.mark.parametrize("radius", [1e-6, 1e-3])
def test_a_box_holds_the_hessians_of_its_corners(radius):
    rng = np.random.default_rng(0)
    weights = shared_student(4)
    box = _hessian(weights, radius)
    widest = 0.0
    for _ in range(30):
        corner = population_hessian(weights + radius * (1 - 1e-9) * rng.choice([-1, 1], size=weights.shape))
        assert (box.lower() - 1e-13 <= corner).all() and (corner <= box.upper() + 1e-13).all()
        widest = max(widest, np.max(np.abs(corner - box.mid)))
    assert box.radius < 30 * widest  # not much wider than what it has to hold


def test_it_is_symmetric_bit_for_bit():
    found = _hessian(np.random.default_rng(2).normal(size=(4, 3)), 1e-4)
    assert np.array_equal(found.mid, found.mid.T) and np.array_equal(found.rad, found.rad.T)


def test_balls_are_rounded_outwards():
    with precision(128):
        third = ArbMatrix.from_entries(1, 2, [exact(1) / 3, exact(2) ** -1080])
        found = in_balls(third)
        assert all(
            exact(float(low)) <= ball <= exact(float(high))
            for low, high, ball in zip(found.lower()[0], found.upper()[0], third.entries(), strict=True)
        )
