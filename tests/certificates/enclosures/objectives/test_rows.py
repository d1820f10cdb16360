"""Rows of balls, beside exact sums, lengths and products."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from certificates.arithmetic.ball_array import BallArray
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.enclosures.objectives.rows import repeated, row_norms_above, row_products, row_sums


def test_sums_of_rows_contain_every_order():
    rng = np.random.default_rng(1)
    rows = rng.normal(size=(20, 30)) * 10.0 ** rng.integers(-8, 8, size=(20, 30))
    found = row_sums(BallArray(rows, np.full(rows.shape, 1e-12)))
    for i, row in enumerate(rows):
        truth = sum(map(Fraction, row.tolist())) + 30 * Fraction(1, 10**12)
        assert abs(truth - Fraction(float(found.mid[i, 0]))) <= Fraction(float(found.rad[i, 0]))


def test_norms_of_rows_are_above_those_of_every_corner():
    rng = np.random.default_rng(2)
    rows = rng.normal(size=(20, 7)) * 10.0 ** rng.integers(-160, 150, size=(20, 1))
    radii = np.abs(rows) * rng.choice([0.0, 1e-3], size=rows.shape)
    for row, radius, bound in zip(rows, radii, row_norms_above(BallArray(rows, radii)), strict=True):
        corner = [abs(Fraction(x)) + Fraction(r) for x, r in zip(row.tolist(), radius.tolist(), strict=True)]
        square = sum(entry**2 for entry in corner)
        assert square <= Fraction(float(bound)) ** 2 <= square * (1 + Fraction(1, 10**12)) + Fraction(2) ** -1000


def test_outer_products_reach_the_corner_of_both_balls():
    found = row_products(BallMatrix(np.array([[3.0, 1.0]]), 0.5), BallMatrix(np.array([[2.0, -4.0]]), 0.25))
    assert found.mid.tolist() == [[6.0, -12.0, 2.0, -4.0]]
    assert 3.5 * 4.25 - 12.0 <= found.radius <= (3.5 * 4.25 - 12.0) * 1.0001


def test_repeated_columns_keep_their_radii():
    found = repeated(BallArray(np.array([[1.0], [2.0]]), np.array([[0.0], [0.5]])), 3)
    assert found.mid.tolist() == [[1.0] * 3, [2.0] * 3] and found.rad.tolist() == [[0.0] * 3, [0.5] * 3]
