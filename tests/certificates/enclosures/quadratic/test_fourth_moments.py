"""Fourth moments of inputs: the matrix against explicit sums, the bound against sampled and climbed directions."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from certificates.arithmetic.arb import precision, upper
from certificates.arithmetic.arb_matrix import ArbMatrix
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.enclosures.quadratic import fourth_moments as subject

ARITHMETICS = pytest.mark.parametrize("arithmetic", [BallMatrix, ArbMatrix], ids=["fast", "arb"])


@pytest.fixture(autouse=True)
def _bits():
    with precision(128):
        yield


def _close(matrix, expected):
    middle = matrix.mid if isinstance(matrix, BallMatrix) else matrix.midpoint()
    return np.allclose(middle, expected, atol=1e-9 * (1 + np.abs(expected).max()), rtol=0)


@ARITHMETICS
@pytest.mark.parametrize("theta", [Fraction(5, 4), Fraction(0)])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("block", [3, 2048])
def test_the_matrix_is_the_sum_of_its_samples(arithmetic, theta, weighted, block, monkeypatch):
    monkeypatch.setattr(subject, "BLOCK_SAMPLES", block)
    rng = np.random.default_rng(0)
    x, scales = rng.normal(size=(7, 3)), rng.random(7) if weighted else np.ones(7)
    pairs = [(a, b) for a in range(3) for b in range(a, 3)]
    vectors = np.array([[(1 if a == b else np.sqrt(2)) * s[a] * s[b] for a, b in pairs] for s in x])
    unit = np.array([float(a == b) for a, b in pairs])
    expected = vectors.T @ np.diag(scales**2) @ vectors / 7 - float(theta) * (np.outer(unit, unit) - np.eye(6))
    assert _close(subject.moment_matrix(x, arithmetic, theta, scales if weighted else None), expected)


def _middle(x, theta):
    return subject.moment_matrix(x, BallMatrix, theta).mid


@ARITHMETICS
@pytest.mark.parametrize("theta", [Fraction(0), Fraction(1), Fraction(-1, 2)])
def test_the_bound_is_one(arithmetic, theta):
    rng = np.random.default_rng(3)
    x = rng.normal(size=(60, 4))
    shift = float(np.linalg.eigvalsh(_middle(x, theta))[-1]) * (1 + 1e-9)
    bound = subject.fourth_moment_bound(x, arithmetic, theta, shift)
    directions = rng.normal(size=(2_000, 4))
    directions /= np.linalg.norm(directions, axis=1)[:, None]
    assert bound is not None and np.mean((x @ directions.T) ** 4, axis=0).max() <= upper(bound)
    assert subject.fourth_moment_bound(x, arithmetic, theta, shift * 0.99) is None


def test_theta_zero_loses_a_factor_of_d_plus_two_over_three():
    x = np.random.default_rng(4).normal(size=(4_000, 10))
    free, best = (np.linalg.eigvalsh(_middle(x, theta))[-1] for theta in (Fraction(0), Fraction(21, 20)))
    assert free > 3 * best and best < 4.5
