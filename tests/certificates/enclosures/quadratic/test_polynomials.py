"""Exact polynomials against evaluation with fractions at points."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from flint import Ordering, fmpq_mpoly_ctx

from certificates.enclosures.quadratic.polynomials import (
    ball_defect,
    gradient_square,
    gram_form,
    loss_around,
    monomials,
    rational,
)
from certificates.subjects import PolynomialProblem, Square, Term


def _value(polynomial, point) -> Fraction:
    total = Fraction(0)
    for powers, c in polynomial.terms():
        product = Fraction(int(c.p), int(c.q))
        for x, power in zip(point, powers, strict=True):
            product *= x ** int(power)
        total += product
    return total


def _loss(problem, point) -> Fraction:
    return sum(
        square.weight
        * sum(
            term.coefficient * np.prod([x**p for x, p in zip(point, term.powers, strict=True)], dtype=object)
            for term in square.terms
        )
        ** 2
        for square in problem.squares
    )


def _random(rng, variables, degree, squares=3) -> PolynomialProblem:
    basis = monomials(variables, 0, degree)
    return PolynomialProblem(
        variables,
        tuple(
            Square(
                Fraction(int(rng.integers(1, 5)), 3),
                tuple(Term(Fraction(int(rng.integers(1, 9)), int(rng.integers(1, 9))), powers) for powers in basis),
            )
            for _ in range(squares)
        ),
    )


@pytest.mark.parametrize(("variables", "degree"), [(1, 3), (2, 2), (3, 2), (2, 4)])
def test_the_shifted_loss_takes_the_values_of_the_loss(variables, degree):
    rng = np.random.default_rng(variables)
    problem = _random(rng, variables, degree)
    centre = [Fraction(int(rng.integers(-5, 5)), 7) for _ in range(variables)]
    loss = loss_around(problem, centre)
    assert loss.total_degree() == problem.degree
    for _ in range(5):
        h = [Fraction(int(rng.integers(-9, 9)), 5) for _ in range(variables)]
        assert _value(loss, h) == _loss(problem, [a + b for a, b in zip(centre, h, strict=True)])


def test_the_gradients_square_agrees_with_differences():
    problem = _random(np.random.default_rng(5), 2, 2)
    loss = loss_around(problem, [Fraction(0)] * 2)
    point, step = [Fraction(1, 3), Fraction(-2, 5)], Fraction(1, 10**12)
    slopes = []
    for index in range(2):
        ends = []
        for sign in (1, -1):
            moved = list(point)
            moved[index] += sign * step
            ends.append(_loss(problem, moved))
        slopes.append((ends[0] - ends[1]) / (2 * step))
    assert float(_value(gradient_square(loss), point)) == pytest.approx(float(sum(s * s for s in slopes)), rel=1e-12)


def test_monomials_are_complete_and_ordered():
    assert monomials(1, 0, 2) == [(0,), (1,), (2,)]
    assert monomials(3, 1, 1) == [(0, 0, 1), (0, 1, 0), (1, 0, 0)]
    assert len(monomials(6, 1, 3)) == 83 and len(monomials(6, 1, 2)) == 27
    assert monomials(2, 1, 0) == []
    found = monomials(4, 0, 5)
    assert found == sorted(set(found), key=lambda powers: (sum(powers), powers))


def test_a_gram_form_is_the_quadratic_form_in_the_monomials():
    rng = np.random.default_rng(2)
    basis = monomials(2, 1, 2)
    table = [[Fraction(int(rng.integers(-9, 9)), 4) for _ in range(i + 1)] for i in range(len(basis))]
    ring = fmpq_mpoly_ctx.get(("h", 2), Ordering.deglex)
    form = gram_form(ring, basis, [entry for row in table for entry in row])
    point = [Fraction(2, 3), Fraction(-5, 4)]
    z = [point[0] ** a * point[1] ** b for a, b in basis]
    full = sum(z[i] * z[j] * table[max(i, j)][min(i, j)] for i in range(len(z)) for j in range(len(z)))
    assert _value(form, point) == full


def test_the_ball_defect_and_rationals():
    ring = fmpq_mpoly_ctx.get(("h", 3), Ordering.deglex)
    assert _value(ball_defect(ring, Fraction(3, 2)), [Fraction(1), Fraction(1), Fraction(1, 2)]) == 0
    assert str(rational(Fraction(-3, 7))) == "-3/7"
