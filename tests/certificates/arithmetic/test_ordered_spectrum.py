"""All eigenvalues in order: matrices with known ones, bent eigenvectors, and balls."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from flint import arb

from certificates.arithmetic import ordered_spectrum as module
from certificates.arithmetic.arb import exact, precision
from certificates.arithmetic.arb_matrix import ArbMatrix
from certificates.arithmetic.ordered_spectrum import ordered_spectrum
from certificates.errors import EnclosureFailure

VALUES = [Fraction(-3), Fraction(-3), Fraction(1, 10**6), Fraction(2), Fraction(7, 3)]


def reflected(values: list[Fraction]) -> list[list[Fraction]]:
    """H diag(values) H with the reflection H = I − 2uuᵀ/(uᵀu), u = (1, 2, …): exact, with these eigenvalues."""
    n = len(values)
    u = [Fraction(k + 1) for k in range(n)]
    length = sum(x * x for x in u)
    h = [[Fraction(i == j) - 2 * u[i] * u[j] / length for j in range(n)] for i in range(n)]
    return [[sum(h[i][m] * values[m] * h[m][j] for m in range(n)) for j in range(n)] for i in range(n)]


def matrix_of(rows: list[list[Fraction]], radius: float = 0.0) -> ArbMatrix:
    return ArbMatrix.from_entries(
        len(rows), len(rows), (arb(0, radius) + exact(entry) for row in rows for entry in row)
    )


def test_known_eigenvalues_lie_in_their_balls_and_the_balls_are_small():
    with precision(100):
        found = ordered_spectrum(matrix_of(reflected(VALUES)))
    for ball, value in zip(found, VALUES, strict=True):
        assert (ball - exact(value)).contains(0) and ball.rad() < 1e-13


@pytest.mark.parametrize("scale", [0.5, 3.0])
def test_eigenvectors_that_are_not_orthonormal_move_no_eigenvalue_out_of_its_ball(monkeypatch, scale):
    """Both ends of the discs of QᵀQ and the sums beside the diagonals have a case in which they decide."""
    own = module._eigenvectors
    rng = np.random.default_rng(0)
    with precision(100):
        matrix = matrix_of(reflected(VALUES))
        for size in (0.0, 1e-3, 2e-2):
            bent = lambda mid, size=size: scale * (own(mid) + size * rng.normal(size=mid.shape))  # noqa: E731
            monkeypatch.setattr(module, "_eigenvectors", bent)
            found = ordered_spectrum(matrix)
            assert all((ball - exact(value)).contains(0) for ball, value in zip(found, VALUES, strict=True))
            assert size > 0 or all(ball.rad() < 1e-12 for ball in found)


def test_two_eigenvectors_that_are_turned_into_each_other_count(monkeypatch):
    """Only their two rows have anything beside the diagonal, and QᵀQ is the identity."""
    own, turn = module._eigenvectors, np.eye(5)
    turn[3:, 3:] = [[0.96, -0.28], [0.28, 0.96]]
    monkeypatch.setattr(module, "_eigenvectors", lambda mid: own(mid) @ turn)
    found = ordered_spectrum(matrix_of(reflected(VALUES)))
    assert all((ball - exact(value)).contains(0) for ball, value in zip(found, VALUES, strict=True))


@pytest.mark.parametrize("sign", [1, -1])
def test_discs_of_vectors_that_are_not_orthogonal_count(monkeypatch, sign):
    """QᵀAQ is the identity, so what A has beside 1 comes from QᵀQ alone: 1/(1 ± ε)."""
    vectors = np.array([[1.0, 0.25], [0.0, np.sqrt(1 - 0.25**2)]])
    inverse = np.linalg.inv(vectors)
    matrix = sign * inverse.T @ inverse
    monkeypatch.setattr(module, "_eigenvectors", lambda _: vectors)
    found = ordered_spectrum(ArbMatrix.from_exact((matrix + matrix.T) / 2))
    for ball, value in zip(found, np.linalg.eigvalsh(matrix), strict=True):
        assert ball.overlaps(arb(value, 1e-12))
    assert not found[0].overlaps(arb(0, 0.5))


@pytest.mark.parametrize("tip", [0, 4])
def test_what_stands_before_the_diagonal_counts_as_what_stands_behind_it(monkeypatch, tip):
    """An arrow and the vectors e_i: 1 ± 2ε, though all rows have at most one ε on one side of the diagonal."""
    size = 5
    matrix = np.eye(size)
    matrix[tip] = matrix[:, tip] = 0.125
    matrix[tip, tip] = 1
    monkeypatch.setattr(module, "_eigenvectors", lambda _: np.eye(size))
    found = ordered_spectrum(ArbMatrix.from_exact(matrix))
    assert found[0].contains(0.75) and found[-1].contains(1.25)


def test_every_matrix_of_the_balls_counts():
    """A diagonal matrix and one with 0.1 added to every entry: the eigenvalues move, the balls have room."""
    rows = [[Fraction(i == j) * value for j in range(3)] for i, value in enumerate((1, 5, 9))]
    moved = np.array(rows, dtype=float) + 0.1
    found = ordered_spectrum(matrix_of(rows, 0.1))
    for ball, here, there in zip(found, (1.0, 5.0, 9.0), np.linalg.eigvalsh(moved), strict=True):
        assert ball.contains(here) and ball.contains(float(there)) and ball.rad() < 0.4


def test_no_eigenvectors_prove_nothing(monkeypatch):
    monkeypatch.setattr(module, "_eigenvectors", np.ones_like)
    with pytest.raises(EnclosureFailure, match="orthogonal"):
        ordered_spectrum(matrix_of(reflected(VALUES)))
