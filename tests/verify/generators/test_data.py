from __future__ import annotations

import numpy as np

from verify.generators.data import gaussian_inputs, quadratic_labels
from verify.generators.streams import stream


def test_inputs_are_standard_gaussian():
    drawn = gaussian_inputs(stream(1), 20_000, 3)
    np.testing.assert_allclose(drawn.mean(axis=0), 0, atol=0.03)
    np.testing.assert_allclose(drawn.T @ drawn / 20_000, np.eye(3), atol=0.04)
    np.testing.assert_allclose((drawn**4).mean(axis=0), 3, atol=0.25)


def test_rounded_inputs_are_the_same_draws():
    exact, rounded = gaussian_inputs(stream(2), 5, 4), gaussian_inputs(stream(2), 5, 4, bits=10)
    assert np.abs(exact - rounded).max() <= 2**-11
    assert (rounded * 2**10 == np.rint(rounded * 2**10)).all()


def test_labels_are_those_of_the_network():
    rng = np.random.default_rng(3)
    inputs, weights, outer = rng.standard_normal((6, 3)), rng.standard_normal((2, 3)), np.array([1.0, -0.5])
    expected = [sum(v * (w @ x) ** 2 for v, w in zip(outer, weights, strict=True)) for x in inputs]
    np.testing.assert_allclose(quadratic_labels(inputs, weights, outer), expected, rtol=1e-13)
