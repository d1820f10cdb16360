"""Row sums of |I − Y A| against exact rationals, for matrices of the enclosure."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.arithmetic.preconditioned import preconditioned


def _exact(matrix):
    return np.array([[Fraction(entry) for entry in row] for row in np.atleast_2d(matrix).tolist()], dtype=object)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("relative", [0.0, 1e-12, 1e-3])
def test_the_sums_bound_every_matrix_of_the_enclosure(seed, relative):
    rng = np.random.default_rng(seed)
    size = int(rng.integers(1, 7))
    mid = rng.normal(size=(size, size)) * 10.0 ** rng.integers(-3, 3)
    rad = relative * np.abs(mid) * rng.random((size, size))
    vector = rng.normal(size=(size, 1))
    found = preconditioned(BallMatrix(mid, rad), BallMatrix(vector, 1e-3 * np.abs(vector)))
    inverse, ones = _exact(np.linalg.inv(mid)), _exact(np.eye(size))
    largest = np.zeros(size)
    for _ in range(8):
        signs = rng.choice([-1, 1], size=(size, size))
        sums = np.abs(ones - inverse @ (_exact(mid) + signs * _exact(rad))).sum(axis=1)
        assert all(Fraction(bound) >= total for bound, total in zip(found.sums.tolist(), sums, strict=True))
        images = np.abs(inverse @ (_exact(vector) + signs[:, :1] * _exact(1e-3 * np.abs(vector))))[:, 0]
        assert all(Fraction(bound) >= image for bound, image in zip(found.images.tolist(), images, strict=True))
        largest = np.maximum(largest, sums.astype(float))
    # |I − YM| + |Y|R, and roundings
    worst = np.abs(np.linalg.inv(mid)) @ rad.sum(axis=1)
    assert (found.sums <= worst * (1 + 1e-12) + 1e-12 * np.linalg.cond(mid)).all()


def test_singular_and_overflowing_matrices_prove_nothing():
    ones = BallMatrix.from_exact(np.ones((2, 1)))
    assert preconditioned(BallMatrix.from_exact(np.ones((2, 2))), ones) is None
    assert preconditioned(BallMatrix.from_exact(np.diag([1.0, 2.0**-1074])), ones) is None
