"""Ranks over the rationals against elimination of fractions, to the last bit."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certificates.arithmetic.effort import limited_effort
from certificates.arithmetic.exact_rank import exact_rank, rational_rank
from certificates.errors import BudgetExhausted, EnclosureFailure


def _rank(matrix):
    rows = [
        [Fraction(entry) if isinstance(entry, Fraction) else Fraction(float(entry)) for entry in row] for row in matrix
    ]
    rank = 0
    for column in range(len(rows[0])):
        pivot = next((r for r in range(rank, len(rows)) if rows[r][column]), None)
        if pivot is None:
            continue
        rows[rank], rows[pivot] = rows[pivot], rows[rank]
        for r in range(rank + 1, len(rows)):
            factor = rows[r][column] / rows[rank][column]
            rows[r] = [a - factor * b for a, b in zip(rows[r], rows[rank], strict=True)]
        rank += 1
    return rank


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.integers(-2, 2).map(lambda k: k * 0.1), min_size=3, max_size=3), min_size=1, max_size=4))
def test_small_matrices(rows):
    matrix = np.array(rows)
    assert exact_rank(matrix) == _rank(matrix)


@pytest.mark.parametrize("scale", [2.0**-1074, 1.0, 2.0**1000])
def test_one_last_bit_decides(scale):
    column = np.array([1.0, 3.0, 5.0]) * scale
    assert exact_rank(np.column_stack([column, 2 * column, 4 * column])) == 1
    off = np.array(2 * column)
    off[1] = np.nextafter(off[1], np.inf)
    assert exact_rank(np.column_stack([column, off])) == 2


def test_zeros_and_wide_matrices():
    assert exact_rank(np.zeros((2, 3))) == 0
    assert exact_rank(np.array([[1.0, 2.0, 0.0, -0.0]])) == 1


def test_what_is_too_large_is_refused():
    with limited_effort(1e8, 2**31), pytest.raises(BudgetExhausted):
        exact_rank(np.ones((1_500, 1_500)))
    with pytest.raises(EnclosureFailure):
        exact_rank(np.array([[1e300], [1e-300]]))


def test_wide_rows_of_any_exponents_are_eliminated_on_their_short_side():
    rows = np.ldexp(np.ones((2, 4_400)), np.arange(-200, 200)[np.arange(8_800) % 400].reshape(2, 4_400))
    with limited_effort(1e6, 2**30):
        assert exact_rank(rows) == 1
        assert exact_rank(rows.T) == 1


@pytest.mark.parametrize("seed", range(20))
def test_rationals_have_the_rank_of_their_elimination(seed):
    rng = np.random.default_rng(seed)
    shape = rng.integers(1, 6), rng.integers(1, 4)
    rows = [[Fraction(int(entry), int(rng.integers(1, 4))) for entry in row] for row in rng.integers(-1, 2, size=shape)]
    assert rational_rank(rows) == _rank(rows)


def test_a_rational_apart_by_little_and_no_rows():
    third = Fraction(1, 3)
    assert rational_rank([[third, 1 - third], [third + Fraction(1, 10**300), 1 - third]]) == 2
    assert rational_rank([]) == rational_rank([[Fraction(0), Fraction(0)]]) == 0
