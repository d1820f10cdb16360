"""Norms and eigenvalues that are rational, or roots of rationals: bounds are never below them, and hardly above."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from certificates.arithmetic import spectra
from certificates.arithmetic.arb import exact, lower, precision, upper
from certificates.arithmetic.arb_matrix import ArbMatrix
from certificates.arithmetic.ball_array import BallArray
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.arithmetic.definiteness import is_positive_definite

BOTH = pytest.mark.parametrize("kind", [BallMatrix, ArbMatrix])
TIGHT = 1 + Fraction(1, 10**12)


@pytest.fixture(autouse=True)
def _bits():
    with precision(128):
        yield


def _fractions(matrix):
    return [[Fraction(float(entry)) for entry in row] for row in matrix]


def _squares(vectors):
    return [sum(entry * entry for entry in vector) for vector in vectors]


def _within(bound, square, slack=TIGHT):
    """√square ≤ bound, and bound² ≤ square · slack."""
    return square <= Fraction(upper(bound)) ** 2 <= square * slack


def _random(rng):
    rows, columns = rng.integers(1, 8, size=2)
    return rng.normal(size=(rows, columns)) * 2.0 ** rng.integers(-30, 30)


@BOTH
def test_rows_columns_and_frobenius(kind):
    rng = np.random.default_rng(1)
    for _ in range(150):
        a = _random(rng)
        matrix, rows = kind.from_exact(a), _fractions(a)
        assert _within(matrix.largest_row_norm(), max(_squares(rows)))
        assert _within(matrix.largest_column_norm(), max(_squares(zip(*rows, strict=True))))
        assert _within(matrix.frobenius_norm(), sum(_squares(rows)))


def test_radii_add_their_own_norm():
    """For a matrix of equal entries c > 0 the farthest one has the entries c + r."""
    for rows, columns in ((1, 1), (3, 5), (4, 2)):
        matrix = BallMatrix(np.full((rows, columns), 0.75), 0.125)
        square = Fraction(7, 8) ** 2
        assert _within(matrix.largest_row_norm(), columns * square)
        assert _within(matrix.largest_column_norm(), rows * square)
        assert _within(matrix.frobenius_norm(), rows * columns * square)
        assert _within(matrix.operator_norm(), rows * columns * square)


@BOTH
def test_the_operator_norm_of_a_rank_one_matrix(kind):
    rng = np.random.default_rng(2)
    for _ in range(40):
        u, v = rng.integers(-9, 10, size=rng.integers(1, 6)), rng.integers(-9, 10, size=rng.integers(1, 6))
        a = np.outer(u, v) * 2.0 ** rng.integers(-200, 200)
        scale = Fraction(a[0, 0]) / int(u[0] * v[0]) if u[0] * v[0] else None
        if scale is None:
            continue
        square = int(u @ u) * int(v @ v) * scale**2
        assert _within(kind.from_exact(a).operator_norm(), square, 1 + Fraction(1, 10**10))


def test_batches_of_operator_norms_are_those_of_the_members():
    rng = np.random.default_rng(3)
    batch = rng.normal(size=(5, 3, 4)) * 2.0 ** rng.integers(-20, 20, size=(5, 1, 1))
    for radius in (0.0, 0.5):
        found = spectra.operator_norms(batch, radius)
        for norm, member in zip(found, batch, strict=True):
            wanted = np.linalg.norm(member, 2) + np.sqrt(12) * radius
            assert wanted * (1 - 1e-13) <= norm <= wanted * 1.002


def test_columns_and_grams_of_groups():
    """Rows ordered (group, sample): B_i has the rows i, n + i, 2n + i, …"""
    rng = np.random.default_rng(4)
    for groups, count, columns in ((1, 3, 2), (2, 3, 4), (3, 2, 1)):
        a = rng.normal(size=(groups * count, columns))
        for radius in (0.0, 0.25):
            matrix = BallMatrix(a, radius)
            norms, grams = matrix.group_column_norms(groups), matrix.sample_grams(groups)
            assert norms.shape == (count, columns)
            for i in range(count):
                rows = _fractions(a[i::count])
                for j, column in enumerate(zip(*rows, strict=True)):
                    near, r = Fraction(float(norms[i, j])), Fraction(radius)
                    square = sum(c * c for c in column)
                    farthest = sum((abs(c) + r) ** 2 for c in column)
                    assert near**2 >= farthest
                    # √groups r for the radii
                    assert float(near) <= float(square) ** 0.5 + groups**0.5 * radius + 1e-12
                for one, left in enumerate(rows):
                    for two, right in enumerate(rows):
                        entry = grams.mid[i, one * groups + two], grams.radius
                        products = [x * y for x, y in zip(left, right, strict=True)]
                        spread = sum((abs(x) + abs(y) + r) * r for x, y in zip(left, right, strict=True))
                        assert abs(Fraction(float(entry[0])) - sum(products)) + spread <= Fraction(entry[1])


def test_the_smallest_eigenvalue_pays_for_every_radius():
    """Of cI within r the least is cI − r 11ᵀ: c − nr, exactly."""
    for size in (1, 2, 5):
        for radius in (0.0, 2.0**-20, 0.125):
            matrix = BallMatrix(2.0 * np.eye(size), radius)
            truth = 2 - size * Fraction(radius)
            bound = spectra.smallest_eigenvalue(matrix, 2 - 2.0**-30)
            assert truth - Fraction(1, 2**29) <= Fraction(lower(bound)) <= truth
            top = matrix.largest_eigenvalue(2 + 2.0**-30)
            assert 4 - truth <= Fraction(upper(top)) <= 4 - truth + Fraction(1, 2**29)


def test_the_spectral_radius_of_a_nonnegative_rank_one_matrix():
    for vector in ([1.0], [1.0, 2.0], [3.0, 0.5, 1.0, 2.0]):
        a = np.outer(vector, vector)
        truth = sum(Fraction(c) ** 2 for c in vector)
        for radius in (0.0, 0.25):
            found = Fraction(upper(spectra.largest_eigenvalue_of_nonnegative(BallMatrix(a, radius))))
            assert truth <= found <= (truth + Fraction(radius) * len(vector)) * TIGHT
    ones = BallMatrix(np.ones((3, 3)), 0.25)  # 1.25 · 11ᵀ is among the matrices
    assert (
        Fraction(15, 4) <= Fraction(upper(spectra.largest_eigenvalue_of_nonnegative(ones))) <= Fraction(15, 4) * TIGHT
    )


def test_shapes_with_a_radius_for_each_entry():
    rng = np.random.default_rng(5)
    mid, rad = rng.normal(size=(3, 4)), rng.uniform(1, 2, size=(3, 4))
    matrix = BallMatrix(mid, rad)
    pieces = {
        "row": (matrix.take_row(1), mid[1:2], rad[1:2]),
        "transpose": (matrix.T, mid.T, rad.T),
        "tile": (matrix.tile(2, 3), np.tile(mid, (2, 3)), np.tile(rad, (2, 3))),
        "stack": (BallMatrix.stack([matrix, matrix]), np.vstack([mid, mid]), np.vstack([rad, rad])),
        "blocks": (matrix.block_diagonal(2), np.kron(np.eye(2), mid), np.kron(np.eye(2), rad)),
        "ones": (matrix.with_ones(), np.hstack([mid, np.ones((3, 1))]), np.hstack([rad, np.zeros((3, 1))])),
    }
    for name, (found, wanted, radii) in pieces.items():
        assert (found.mid == wanted).all() and (np.broadcast_to(found.rad, found.shape) >= radii).all(), name
        assert found.radius == rad.max() or name in ("row", "columns"), name
    mixed = BallMatrix.stack([BallMatrix(mid, 0.5), matrix])
    assert (mixed.rad[:3] == 0.5).all() and (mixed.rad[3:] == rad).all()
    uniform = BallMatrix.stack([BallMatrix(mid, 0.5), BallMatrix(mid, 0.25)])
    assert uniform.is_uniform and uniform.radius == 0.5


@pytest.mark.parametrize("rad", [0.0, 0.25, np.array([[0.5, 0.0], [0.125, 0.25]])])
def test_the_range_reaches_every_entry(rad):
    mid = np.array([[-3.0, 2.0], [7.0, 0.5]])
    low, high = BallMatrix(mid, rad).range()
    radii = np.broadcast_to(rad, mid.shape)
    assert low <= (mid - radii).min() <= low + 1e-14 and high - 1e-14 <= (mid + radii).max() <= high


def test_definiteness_of_exact_matrices():
    """[[2, 1], [1, 1]] ≻ 0; one entry less on the diagonal makes the determinant 0, then negative."""
    rows = [[exact(2)], [exact(1), exact(1)]]
    assert is_positive_definite(rows) is True
    assert is_positive_definite([[exact(2)], [exact(1), exact(Fraction(1, 4))]]) is False
    three = [[exact(4)], [exact(2), exact(5)], [exact(2), exact(3), exact(6)]]  # LLᵀ with L = (2; 1 2; 1 1 2)
    assert is_positive_definite(three) is True
    three[2][2] = exact(2) - exact(2.0**-40)  # 1 + 1 + a little less than 0
    assert is_positive_definite(three) is False


def test_a_ball_array_is_viewed_as_a_matrix():
    array = BallArray(np.array([[1.0, -2.0]]), 0.5)
    matrix = BallMatrix.of(array)
    assert isinstance(matrix, BallMatrix) and matrix.radius == 0.5 and BallMatrix.of(matrix) is matrix
