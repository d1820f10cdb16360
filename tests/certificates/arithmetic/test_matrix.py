"""What both matrices of balls do, each operation against exact numbers; their own tests look closer."""

from __future__ import annotations

import inspect
from fractions import Fraction

import numpy as np
import pytest
from flint import arb

from certificates.arithmetic.arb import exact, precision, rational_ends
from certificates.arithmetic.arb_matrix import ArbMatrix
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.arithmetic.matrix import Matrix, sizes_above

BOTH = pytest.mark.parametrize("kind", [BallMatrix, ArbMatrix])
POOL = np.array(
    [0.0, 5e-324, 2.0**-1073, 1e-310, 2.0**-1022, 2.0**-537, 1e-160, 1 / 3, 1.0, 1.0 + 2.0**-52, 7.1, 1e150]
)


def _ends(matrix, row, column):
    """The exact ends of an entry."""
    if isinstance(matrix, BallMatrix):
        return Fraction(float(matrix.lower()[row, column])), Fraction(float(matrix.upper()[row, column]))
    return rational_ends(matrix.table[row, column])


@BOTH
def test_each_has_every_method_with_the_same_parameters(kind):
    for name, method in inspect.getmembers(Matrix, inspect.isroutine):
        if not name.startswith("_"):
            wanted, found = inspect.signature(method), inspect.signature(getattr(kind, name))
            assert list(wanted.parameters) == list(found.parameters), name


@BOTH
@pytest.mark.parametrize("factor", [Fraction(-1), Fraction(1, 3), Fraction(4), Fraction(-2, 7)])
def test_multiples_contain_the_exact_ones_and_little_else(kind, factor):
    entries = np.array([[1.0, -0.1], [2.0**-1060, 3e7]])
    with precision(128):
        found = kind.from_exact(entries).scale(factor)
        for place in np.ndindex(2, 2):
            low, high = _ends(found, *place)
            assert low <= factor * Fraction(float(entries[place])) <= high
            assert high - low <= Fraction(3e7) / 2**48
    if factor == -1:
        assert low == high


@BOTH
def test_inner_products_contain_every_choice_of_points(kind):
    left, right = np.array([[0.1], [1e-3], [-7.0]]), np.array([[3.0], [0.1], [0.3]])
    truth = sum(Fraction(float(a)) * Fraction(float(b)) for a, b in zip(left[:, 0], right[:, 0], strict=True))
    with precision(128):
        low, high = rational_ends(kind.from_exact(left).dot(kind.from_exact(right)))
        assert low <= truth <= high <= low + Fraction(1, 2**40)
        wide = kind.from_exact(left).scale(Fraction(1, 3)).dot(kind.from_exact(right))
        assert wide.contains(exact(truth / 3)) and not wide.contains(exact(truth))


@BOTH
def test_the_root_of_two_is_between_its_ends(kind):
    with precision(128):
        row = kind.roots_of_two(np.array([True, False, True]))
        assert row.shape == (1, 3)
        for column in (0, 2):
            low, high = _ends(row, 0, column)
            assert low**2 < 2 < high**2 and high - low < Fraction(1, 2**49)
        assert _ends(row, 0, 1) == (1, 1)


@BOTH
def test_a_pair_of_functions_keeps_its_order_and_its_places(kind):
    entries = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    with precision(128):
        first, second = kind.from_exact(entries).map_pair(lambda x: (x + x, x * x), lambda x: (x + x, x * x))
        for place in np.ndindex(2, 3):
            x = Fraction(float(entries[place]))
            assert _ends(first, *place)[0] <= 2 * x <= _ends(first, *place)[1]
            assert _ends(second, *place)[0] <= x * x <= _ends(second, *place)[1]
            assert _ends(second, *place)[1] - x * x < Fraction(1, 2**40)


def test_each_takes_the_function_of_its_own_arithmetic():
    def never(_):
        raise AssertionError

    one = np.ones((1, 1))
    assert _ends(BallMatrix.from_exact(one).map_pair(lambda x: (x, x), never)[1], 0, 0) == (1, 1)
    assert _ends(ArbMatrix.from_exact(one).map_pair(never, lambda x: (x, arb(2)))[1], 0, 0) == (2, 2)


@BOTH
def test_products_and_roots_of_numbers_are_bounds(kind):
    with precision(128):
        roots = kind.roots_above(POOL)
        for x, root in zip(POOL.tolist(), roots.tolist(), strict=True):
            assert Fraction(x) <= Fraction(root) ** 2
            assert root <= x**0.5 * (1 + 2.0**-50) + 5e-324
        for other in POOL.tolist():
            found = kind.products_above(POOL, np.full(len(POOL), other))
            for x, product in zip(POOL.tolist(), found.tolist(), strict=True):
                assert Fraction(x) * Fraction(other) <= Fraction(product)
                assert product <= x * other * (1 + 2.0**-50) + 1e-323
            lengths = kind.lengths_above(POOL, np.full(len(POOL), other)).tolist()
            for x, length in zip(POOL.tolist(), lengths, strict=True):
                assert Fraction(x) ** 2 + Fraction(other) ** 2 <= Fraction(length) ** 2
                assert length <= np.hypot(x, other) * (1 + 2.0**-49) + 2.0**-535


@pytest.mark.parametrize("matrix", [BallMatrix(np.array([[1.0, -1.0, 0.0]]), 0.5), BallMatrix(np.array([[-1.0]]), 0.5)])
def test_a_size_is_that_of_the_farther_end(matrix):
    assert (sizes_above(matrix) >= np.abs(matrix.mid) + 0.5).all()
