"""Spectra of kernels against matrices with known ones."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.naive import jacobian, parameters, random_network
from verify.search.float_kernel import is_above, kernel_of, rounding, spectrum


def _kernel(values):
    basis = np.linalg.qr(np.random.default_rng(1).normal(size=(len(values), len(values))))[0]
    return (basis * values) @ basis.T


def test_the_spectrum_is_the_known_one():
    found = spectrum(_kernel(np.array([3.0, 0.5, 40.0])))
    assert (found.smallest, found.largest) == pytest.approx((0.5, 40.0))


@pytest.mark.parametrize("ratio", [1e-3, 1e-8, 1e-12])
def test_one_factorisation_tells_on_which_side(ratio):
    kernel = _kernel(np.geomspace(ratio, 1.0, 30) * 7)
    assert is_above(kernel, ratio / 3) and not is_above(kernel, ratio * 3)


@pytest.mark.parametrize("size", [1e-300, 1e300])
def test_sizes_near_the_ends_of_the_range_change_nothing(size):
    kernel = _kernel(np.geomspace(1e-3, 1.0, 5)) * size
    assert is_above(kernel, 3e-4) and not is_above(kernel, 3e-3)


def test_rows_that_cancel_are_no_zero():
    assert not is_above(np.array([[1.0, -1.0], [-1.0, 1.0]]), 1e-3)
    assert is_above(np.array([[1.0, -0.5], [-0.5, 1.0]]), 0.3)


def test_zero_is_above_nothing():
    assert not is_above(np.zeros((3, 3)), 1e-10)


def test_the_rounding_of_a_singular_kernel_is_below_what_is_granted():
    points = np.random.default_rng(2).normal(size=(200, 5))
    found = spectrum(points @ points.T)
    assert abs(found.smallest) <= rounding(200, found.largest) < 1e-10


def test_the_kernel_is_that_of_the_dense_jacobian():
    network = random_network(np.random.default_rng(1), (3, 6, 5, 1), 7)
    dense = jacobian(network, parameters(network), "tanh")
    np.testing.assert_allclose(kernel_of(network), dense @ dense.T, rtol=1e-10, atol=1e-12)
