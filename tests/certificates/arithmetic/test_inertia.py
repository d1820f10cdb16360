"""Inertia against exact rationals: how many eigenvalues are negative, and how far from 0 they are."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from flint import fmpq, fmpq_mat

from certificates.arithmetic import inertia as subject
from certificates.arithmetic.arb import lower, upper
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.arithmetic.inertia import inertia


def _matrix(seed, values):
    """Q diag(values) Qᵀ in floats, symmetric bit for bit."""
    q = np.linalg.qr(np.random.default_rng(seed).normal(size=(len(values), len(values))))[0]
    a = (q * values) @ q.T
    return (a + a.T) / 2


def _negative(matrix, shift=Fraction(0)):
    """The exact number of eigenvalues below a shift: sign changes of Sylvester's elimination in rationals."""
    size = len(matrix)
    rows = [[fmpq(*Fraction(entry).as_integer_ratio()) for entry in row] for row in matrix.tolist()]
    a = fmpq_mat(rows) - fmpq_mat(
        [[fmpq(*shift.as_integer_ratio()) if i == j else fmpq(0) for j in range(size)] for i in range(size)]
    )
    count, sign = 0, 1
    for k in range(1, size + 1):
        minor = fmpq_mat([[a[i, j] for j in range(k)] for i in range(k)]).det()
        assert minor != 0
        count += (minor > 0) != (sign > 0)
        sign = 1 if minor > 0 else -1
    return count


@pytest.mark.parametrize("seed", range(6))
def test_the_index_is_that_of_exact_elimination(seed):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=int(rng.integers(1, 9))) * 10.0 ** rng.integers(-3, 3)
    matrix = _matrix(seed, values)
    index, least = int(np.sum(values < 0)), float(np.min(values[values > 0], initial=np.inf))
    found = inertia(BallMatrix.from_exact(matrix), index, 0.999 * least if np.isfinite(least) else 1.0)
    assert found.gap is not None and _negative(matrix) == index
    gap = Fraction(lower(found.gap))
    assert _negative(matrix, gap) == index and _negative(matrix, -gap) == index
    assert float(gap) >= 0.99 * np.min(np.abs(values))
    if index:
        assert _negative(matrix, Fraction(upper(found.lowest))) >= 1
        assert upper(found.lowest) <= 0.999 * np.min(values)


@pytest.mark.parametrize("index", [0, 1, 3, 4, 5, 6])
def test_another_index_is_not_proven(index):
    matrix = BallMatrix.from_exact(_matrix(1, np.array([-2.0, -1.0, 0.5, 1.0, 3.0])))
    assert inertia(matrix, 2, 0.49).gap is not None
    assert inertia(matrix, index, 0.49).gap is None


def test_no_matrix_has_more_negative_eigenvalues_than_rows():
    matrix = BallMatrix.from_exact(np.diag([-1.0, -2.0]))
    assert inertia(matrix, 2, 1.0).gap is not None and inertia(matrix, 3, 1.0).gap is None


def test_vectors_that_are_no_eigenvectors_prove_no_more_than_is_true(monkeypatch):
    """Both unit vectors have a negative form, and their sum a positive one."""
    matrix = np.array([[-1.0, 2.0], [2.0, -1.0]])
    monkeypatch.setattr(subject, "_eigenvectors", lambda *_: (np.array([-3.0, 1.0]), np.eye(2)))
    assert inertia(BallMatrix.from_exact(matrix), 2, 0.5).gap is None
    twice = lambda *_: (np.array([-3.0, 1.0]), np.array([[1.0, 1.0], [-1.0, -1.0]]))  # noqa: E731
    monkeypatch.setattr(subject, "_eigenvectors", twice)
    assert inertia(BallMatrix.from_exact(matrix), 2, 0.5).gap is None


def test_a_zero_is_neither_side():
    matrix = BallMatrix.from_exact(np.diag([-1.0, 0.0, 2.0]))
    assert all(inertia(matrix, index, shift).gap is None for index in range(4) for shift in (1e-300, 1e-9, 1.0))


def test_a_shift_beyond_the_next_eigenvalue_proves_nothing():
    matrix = BallMatrix.from_exact(np.diag([-1.0, 1.0]))
    assert inertia(matrix, 1, 0.999).gap is not None and inertia(matrix, 1, 1.001).gap is None


def test_every_matrix_in_the_enclosure_counts():
    """Radii that reach over 0 from one side or the other leave nothing proved."""
    values = np.array([-1.0, 1.0])
    assert inertia(BallMatrix(np.diag(values), np.full((2, 2), 0.4)), 1, 0.9).gap is not None
    assert inertia(BallMatrix(np.diag(values), np.full((2, 2), 0.6)), 1, 0.9).gap is None
    assert inertia(BallMatrix(np.diag([-1e-3, 1.0]), np.full((2, 2), 1e-3)), 1, 0.9).gap is None
    assert inertia(BallMatrix(np.diag([-1.0, 1e-3]), np.full((2, 2), 1e-3)), 1, 9e-4).gap is None


def test_a_shift_near_the_largest_double_is_no_crash():
    matrix = BallMatrix.from_exact(np.diag([-1.0, 1.0]))
    assert all(inertia(matrix, index, 1.7e308).gap is None for index in (0, 1, 2))


def test_a_matrix_without_eigenvectors_proves_nothing(monkeypatch):
    def fails(_):
        raise np.linalg.LinAlgError

    monkeypatch.setattr(np.linalg, "eigh", fails)
    assert inertia(BallMatrix.from_exact(np.diag([-1.0, 1.0])), 1, 0.9).gap is None


LONG = {
    "one": ([[-1.0, 0.0], [0.0, 1.0]], [[2.0], [0.0]], 1.0, -1.0),
    # both of length 1, and their sum is longer: (0, 2b), along which the form is −1
    "two": ([[-10.0, 0.0], [0.0, -1.0]], [[0.1**0.5, -(0.1**0.5)], [0.9**0.5, 0.9**0.5]], 1.0, -10.0),
}


@pytest.mark.parametrize("name", LONG)
def test_forms_are_per_length_of_what_the_vectors_span(monkeypatch, name):
    matrix, vectors, below, lowest = LONG[name]
    monkeypatch.setattr(subject, "_eigenvectors", lambda *_: (np.array([-1.0, 1.0]), np.array(vectors)))
    found = inertia(BallMatrix.from_exact(np.array(matrix)), len(vectors[0]), 0.5)
    assert 0.9 * below < lower(found.below) <= below + 1e-12 and upper(found.lowest) >= lowest - 1e-12


def test_the_least_eigenvalue_of_every_matrix_in_the_enclosure_is_below():
    found = inertia(BallMatrix(np.diag([-1.0, 1.0]), np.full((2, 2), 0.1)), 1, 0.5)
    assert upper(found.lowest) >= -0.9


def test_discs_have_radii_and_roundings():
    diagonal, others = subject._discs(BallMatrix(np.array([[1.0, -2.0], [-2.0, 1.0]]), 0.5))
    assert (diagonal >= 1.5).all() and (others >= 2.5).all()
    matrix = np.zeros((4, 4))
    matrix[0, 1:] = matrix[1:, 0] = 1.0, 2.0**-53, 2.0**-53
    assert subject._discs(BallMatrix.from_exact(matrix))[1][0] >= 1 + 2.0**-52
    assert lower(subject._largest_sum(np.array([1.0]), np.array([2.0**-60]))) > 1
