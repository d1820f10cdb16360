"""Exact matrices against rationals, entry by entry."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from certificates.arithmetic.dyadic_matrix import DyadicMatrix
from certificates.arithmetic.effort import limited_effort
from certificates.errors import BudgetExhausted, EnclosureFailure


def _fractions(array):
    return [[Fraction(float(entry)) for entry in row] for row in array]


def _values(matrix):
    power = Fraction(2) ** matrix.exponent
    return [[int(entry) * power for entry in row] for row in matrix.table.tolist()]


@pytest.fixture
def pair():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(3, 4)) * 2.0 ** rng.integers(-30, 30, size=(3, 4)), rng.normal(size=(4, 2)) * 2.0**-40
    a[1, 2] = 0.0
    return a, b


def test_every_double_is_exact(pair):
    for array in (*pair, np.zeros((2, 3)), np.array([[5e-324]]), np.array([[-1.7976931348623157e308]])):
        matrix = DyadicMatrix.of(array)
        assert _values(matrix) == _fractions(array) and matrix.shape == array.shape
        assert all(abs(int(e)).bit_length() <= matrix.bits for e in matrix.table.entries())


def test_products_sums_and_blocks_are_exact(pair):
    a, b = (DyadicMatrix.of(array) for array in pair)
    x, y = (_fractions(array) for array in pair)
    product = [[sum(x[i][k] * y[k][j] for k in range(4)) for j in range(2)] for i in range(3)]
    assert _values(a.times(b)) == product and _values(b.T.times(a.T).T) == product
    assert _values(a.times(b).plus(a.times(b))) == [[2 * e for e in row] for row in product]
    assert _values(a.beside(a.times(b))) == [r + p for r, p in zip(x, product, strict=True)]
    assert _values(b.T.above(a)) == [list(row) for row in zip(*y, strict=True)] + x
    gram = b.T.times(b)
    assert gram.trace() == b.square_norm() == sum(e * e for row in y for e in row)
    assert gram.shifted(0.375).trace() == gram.trace() + 2 * Fraction(3, 8)
    assert a.inner(a.times(b).times(b.T)) == sum(e * e for row in product for e in row)
    for result in (a.times(b), gram.shifted(2.0**50), a.beside(a.times(b))):
        assert all(abs(int(e)).bit_length() <= result.bits for e in result.table.entries())


def test_numbers_of_too_different_sizes_are_refused_before_they_are_written():
    with pytest.raises(EnclosureFailure):
        DyadicMatrix.of(np.array([[1e300, 1e-300]]))
    big, small = DyadicMatrix.of(np.array([[1e300]])), DyadicMatrix.of(np.array([[1e-300]]))
    for _ in range(4):
        big, small = big.times(big), small.times(small)
    with pytest.raises(EnclosureFailure):
        big.plus(small)


def test_work_is_metered(pair):
    a, b = (DyadicMatrix.of(array) for array in pair)
    for work in (lambda: a.times(b), lambda: DyadicMatrix.of(pair[0]), lambda: a.inner(a), lambda: a.beside(a)):
        with limited_effort(1e-3), pytest.raises(BudgetExhausted):
            work()
