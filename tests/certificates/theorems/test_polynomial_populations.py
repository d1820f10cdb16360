"""Exact population Hessians for φ of degree ≤ 2, against the matrix built entry by entry."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from certificates.arithmetic.effort import limited_effort
from certificates.errors import BudgetExhausted
from certificates.subjects import Units
from certificates.theorems.polynomial_populations import nullity, second_derivative
from tests.support.singular_populations import exact_hessian, form, null_space

F = Fraction
ONE, ZERO = F(1), F(0)


def draw(rng: np.random.Generator, k: int, d: int, entries=(-2, -1, 0, 0, 1, 3)) -> Units:
    """Small numerators over 1, 2 and 3, rows that repeat and outer weights 0 among them."""
    rows = [tuple(F(int(rng.choice(entries)), int(rng.integers(1, 4))) for _ in range(d)) for _ in range(k)]
    if k > 1 and rng.random() < 0.3:
        rows[-1] = rows[0]
    return Units(tuple(rows), tuple(F(int(rng.choice(entries)), int(rng.integers(1, 4))) for _ in range(k)))


def identity(k: int) -> Units:
    return Units(tuple(tuple(F(i == j) for j in range(k)) for i in range(k)), (ONE,) * k)


@pytest.mark.parametrize("seed", range(30))
def test_the_null_space_and_the_form_of_random_teachers(seed):
    rng = np.random.default_rng(seed)
    k, d = int(rng.integers(1, 5)), int(rng.integers(1, 4))
    teacher = draw(rng, k, d)
    linear, quadratic = (F(int(rng.choice([0, 0, 1, -3])), 2) for _ in range(2))
    matrix = exact_hessian(linear, quadratic, teacher)
    assert nullity(linear, quadratic, teacher) == len(null_space(matrix))
    for _ in range(2):
        vector = [F(int(rng.integers(-5, 6)), int(rng.integers(1, 8))) for _ in range(k * d)]
        rows = [vector[j * d : (j + 1) * d] for j in range(k)]
        assert second_derivative(linear, quadratic, teacher, rows) == form(matrix, vector)


@pytest.mark.parametrize("k", [2, 3, 4, 5])
def test_orthonormal_teachers_have_the_printed_dimensions(k):
    assert nullity(ONE, ZERO, identity(k)) == k * (k - 1)
    assert nullity(ZERO, ONE, identity(k)) == k * (k - 1) // 2


@pytest.mark.parametrize("k", [2, 3])
def test_orthonormal_teachers_have_the_printed_eigenvalues(k):
    """Of z²: 8 on traceless symmetric directions, 8 + 4d at I/√d."""
    trace = [[F(i == j) for j in range(k)] for i in range(k)]
    assert second_derivative(ZERO, ONE, identity(k), trace) == (8 + 4 * k) * k
    swap = [[F({i, j} == {0, 1}) for j in range(k)] for i in range(k)]
    assert second_derivative(ZERO, ONE, identity(k), swap) == 16


def test_a_constant_and_dead_units_leave_everything_free():
    assert nullity(ZERO, ZERO, identity(3)) == 9
    assert nullity(ONE, ONE, Units(((ONE, ZERO),), (ZERO,))) == 2


def test_one_unit_and_independent_differences_leave_nothing():
    assert nullity(ONE, ZERO, identity(1)) == nullity(ZERO, ONE, identity(1)) == nullity(ONE, ONE, identity(2)) == 0


def test_the_work_is_counted():
    wide = Units(tuple(tuple(F(i * j + 1, 7**900) for j in range(64)) for i in range(64)), (ONE,) * 64)
    for question in (lambda: nullity(ZERO, ONE, wide), lambda: second_derivative(ZERO, ONE, wide, wide.weights)):
        with limited_effort(1e4), pytest.raises(BudgetExhausted):
            question()
