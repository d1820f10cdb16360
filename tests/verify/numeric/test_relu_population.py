"""Gradient, Hessian and T in floats against differences with 80 digits."""

from __future__ import annotations

import numpy as np
import pytest

from tests.twins import population_loss
from verify.numeric.relu_population import across, population_gradient, population_hessian


@pytest.mark.parametrize(("n", "k"), [(2, 2), (3, 2)])
def test_derivatives_are_those_of_the_loss(n, k):
    weights = np.random.default_rng(n).normal(size=(n, k))
    with population_loss.workdps():
        rows = population_loss.rows_of(weights)
        slopes, bends = population_loss.gradient(rows, k).astype(float), population_loss.hessian(rows, k)
        values = population_loss.curvatures_across(rows, k)
    assert np.allclose(population_gradient(weights), slopes, rtol=0, atol=1e-14)
    assert np.allclose(population_hessian(weights), bends, rtol=0, atol=1e-13 * np.max(np.abs(bends)))
    assert np.allclose(np.linalg.eigvalsh(across(weights)[0]), values, rtol=0, atol=1e-13)


def test_parallel_units_have_no_finite_hessian():
    assert not np.isfinite(population_hessian(np.eye(2))).all()
