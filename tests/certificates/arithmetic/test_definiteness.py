"""Positive definiteness by elimination in balls, against exact determinants."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flint import arb, fmpq, fmpq_mat
from hypothesis import given, settings
from hypothesis import strategies as st

from certificates.arithmetic.arb import exact, precision
from certificates.arithmetic.definiteness import is_positive_definite


def _rows(matrix):
    return [[exact(Fraction(entry)) for entry in row[: i + 1]] for i, row in enumerate(matrix)]


def _minors_are_positive(matrix) -> bool:
    """Sylvester's criterion over the rationals."""
    size = len(matrix)
    table = [[fmpq(int(Fraction(e).numerator), int(Fraction(e).denominator)) for e in row] for row in matrix]
    return all(fmpq_mat([row[:k] for row in table[:k]]).det() > 0 for k in range(1, size + 1))


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 5).flatmap(lambda n: st.lists(st.integers(-3, 3), min_size=n * n, max_size=n * n)))
def test_the_answer_is_sylvesters_or_open_for_singular_pivots(entries):
    size = round(len(entries) ** 0.5)
    factor = [entries[i * size : (i + 1) * size] for i in range(size)]
    shift = entries[0]
    matrix = [
        [sum(a * b for a, b in zip(factor[i], factor[j], strict=True)) + (shift if i == j else 0) for j in range(size)]
        for i in range(size)
    ]
    with precision(128):
        found = is_positive_definite(_rows(matrix))
    assert found in ((True,) if _minors_are_positive(matrix) else (False, None))


@pytest.mark.parametrize("gap", [Fraction(1, 10**30), Fraction(1, 10**60)])
def test_a_tiny_negative_eigenvalue_is_seen_at_enough_bits(gap):
    for sign, answer in ((1, True), (-1, False)):
        matrix = [[1, 1], [1, 1 + sign * gap]]
        with precision(64):
            assert is_positive_definite(_rows(matrix)) is not (not answer)
        with precision(256):
            assert is_positive_definite(_rows(matrix)) is answer


def test_enclosures_that_contain_singular_matrices_stay_open():
    assert is_positive_definite([[arb(1, 2)]]) is None
    assert is_positive_definite([[arb(1)], [arb(1), arb(1)]]) is not True
    assert is_positive_definite([[arb("nan")]]) is None
    assert is_positive_definite([]) is True


def test_the_rows_given_are_not_changed():
    rows = [[arb(2)], [arb(1), arb(2)]]
    is_positive_definite(rows)
    assert rows[1][1] == 2
