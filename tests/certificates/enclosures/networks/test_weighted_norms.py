"""‖diag(a) X‖ of many weights at once against numpy, and where the first singular value does not stand out."""

from __future__ import annotations

import numpy as np
import pytest

from certificates.arithmetic.arb import precision
from certificates.arithmetic.arb_matrix import ArbMatrix
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.enclosures.networks.weighted_norms import row_scaled_norms


def _found(kind, rows: np.ndarray, weights: np.ndarray) -> np.ndarray:
    with precision(128):
        gram = kind.from_exact(rows).gram()
        return row_scaled_norms(rows, gram.hadamard(gram), weights, kind)


def _true(rows: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return np.array([np.linalg.norm(a[:, None] * rows, 2) for a in weights.T])


@pytest.mark.parametrize("kind", [BallMatrix, ArbMatrix])
@pytest.mark.parametrize("shape", [(1, 1, 2), (5, 3, 4), (3, 6, 4), (8, 8, 3)])
def test_contains_the_norms_and_attains_those_that_stand_out(kind, shape):
    samples, inputs, units = shape
    rng = np.random.default_rng(sum(shape))
    for mean in (0.0, 3.0):
        rows = rng.normal(size=(samples, inputs)) + mean
        weights = rng.random((samples, units)) * rng.choice([0.0, 1.0], p=[0.2, 0.8], size=(samples, units))
        found, true = _found(kind, rows, weights), _true(rows, weights)
        assert (found >= true * (1 - 1e-14)).all()
        rest = np.array([np.sum(np.linalg.svd(a[:, None] * rows)[1][1:] ** 4) for a in weights.T])
        clear = rest < 0.3 * true**4
        assert (found[clear] <= true[clear] * (1 + 1e-6) + 1e-12).all()


@pytest.mark.parametrize("kind", [BallMatrix, ArbMatrix])
def test_stays_an_upper_bound_for_guesses_that_miss(kind):
    rows = np.array([[1.0, -1.0], [1.0, -1.0], [1e-3, 1e-3]])  # power iteration from ones starts in the other direction
    weights = np.array([[1.0, 0.0, 1.0], [0.0, 0.0, 1.0], [1.0, 1.0, 1e-300]])
    assert (_found(kind, rows, weights) >= _true(rows, weights) * (1 - 1e-14)).all()


def test_of_nothing_is_nothing():
    assert (_found(BallMatrix, np.zeros((2, 2)), np.ones((2, 1))) <= 1e-40).all()
    assert (_found(BallMatrix, np.ones((2, 2)), np.zeros((2, 1))) <= 1e-40).all()
