"""Exact definiteness against minors and against matrices built from their factors."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from flint import fmpz_mat

from certificates.arithmetic.dyadic_matrix import DyadicMatrix
from certificates.arithmetic.effort import limited_effort
from certificates.arithmetic.exact_definiteness import definiteness_cost, is_positive_semidefinite
from certificates.errors import BudgetExhausted


def _by_minors(table):
    """All principal minors are non-negative."""
    size = len(table)
    chosen = (rows for k in range(1, size + 1) for rows in combinations(range(size), k))
    return all(fmpz_mat([[int(table[i][j]) for j in rows] for i in rows]).det() >= 0 for rows in chosen)


@pytest.mark.parametrize("seed", range(40))
def test_the_answer_is_that_of_all_principal_minors(seed):
    rng = np.random.default_rng(seed)
    size, rank = int(rng.integers(1, 5)), int(rng.integers(1, 5))
    factor = rng.integers(-2, 3, size=(size, rank))
    table = factor @ factor.T - int(rng.integers(0, 2)) * np.diag(rng.integers(0, 2, size=size))
    assert is_positive_semidefinite(DyadicMatrix.of(table.astype(float))) == _by_minors(table)


def test_singular_matrices_are_decided_to_the_last_bit():
    factor = np.random.default_rng(1).normal(size=(6, 3))
    gram = DyadicMatrix.of(factor).times(DyadicMatrix.of(factor).T)
    assert is_positive_semidefinite(gram) and not is_positive_semidefinite(gram.shifted(-1e-300))
    assert is_positive_semidefinite(DyadicMatrix.of(np.zeros((3, 3))))
    assert not is_positive_semidefinite(DyadicMatrix.of(np.array([[0.0, 1.0], [1.0, 0.0]])))


def test_what_is_not_symmetric_is_refused():
    assert not is_positive_semidefinite(DyadicMatrix.of(np.array([[1.0, 0.5], [0.0, 1.0]])))


def test_work_is_metered():
    matrix = DyadicMatrix.of(np.eye(4))
    with limited_effort(definiteness_cost(4, matrix.bits) / 2), pytest.raises(BudgetExhausted):
        is_positive_semidefinite(matrix)
