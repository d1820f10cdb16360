"""One layer in balls, in both arithmetics, beside exact numbers."""

from __future__ import annotations

import numpy as np
import pytest

from certificates import Dense
from certificates.arithmetic.arb import precision
from certificates.arithmetic.arb_matrix import ArbMatrix
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.enclosures.networks.layers import activate, affine, augmented
from certificates.expression import parse_activation

BOTH = pytest.mark.parametrize("kind", [BallMatrix, ArbMatrix])
INPUTS = np.array([[1.0, 2.0], [-0.5, 4.0]])
BIASED = Dense(np.array([[1.0, 0.0], [2.0, -1.0], [0.5, 0.25]]), np.array([1.0, -2.0, 0.125]))
PLAIN = Dense(BIASED.weight, None)


def _encloses(matrix, exact):
    low, high = matrix.entry_bounds()
    assert matrix.shape == np.shape(exact)
    assert (low <= exact).all() and (exact <= high).all() and (high - low <= 1e-12).all()


@BOTH
def test_a_bias_is_a_column_of_ones(kind):
    inputs = kind.from_exact(INPUTS)
    assert augmented(PLAIN, inputs) is inputs
    _encloses(augmented(BIASED, inputs), np.hstack([INPUTS, np.ones((2, 1))]))


@BOTH
def test_units_from_one_to_another(kind):
    inputs, exact = kind.from_exact(INPUTS), INPUTS @ BIASED.weight.T  # sums of few bits
    with precision(128):
        _encloses(affine(PLAIN, inputs), exact)
        _encloses(affine(BIASED, inputs), exact + BIASED.bias)
        _encloses(affine(BIASED, inputs, 1, 3), (exact + BIASED.bias)[:, 1:])


@BOTH
def test_values_and_slopes(kind):
    with precision(128):
        value, slope = activate(parse_activation("quadratic"), kind.from_exact(INPUTS))
    _encloses(value, INPUTS**2)
    _encloses(slope, 2 * INPUTS)
