"""Exact moments against rationals, and enclosed iterates against exact ones."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from flint import fmpq

from certificates.arithmetic.arb import exact, precision
from certificates.arithmetic.effort import limited_effort, remaining_effort
from certificates.enclosures.quadratic.planted import planted_quadratic
from certificates.enclosures.quadratic.planted_descent import descend_enclosed, exact_moments, integer_bits
from certificates.errors import EnclosureFailure
from tests.support.planted import random_planted


@pytest.mark.parametrize("bits", [8, 16, 60])
def test_moments_are_exact(bits):
    x = np.random.default_rng(1).normal(size=(5, 3))
    x = np.rint(x * 2.0**bits) / 2.0**bits if bits < 53 else x
    moments = exact_moments(x)
    pairs = [(a, b) for a in range(3) for b in range(a + 1)]
    for i, (a, b) in enumerate(pairs):
        for j, (c, d) in enumerate(pairs):
            truth = sum(np.prod([Fraction(float(row[k])) for k in (a, b, c, d)]) for row in x)
            assert Fraction(int(moments.table[i, j]), 2 ** (4 * moments.exponent)) == truth


def test_blocks_of_samples_add_up():
    x = np.rint(np.random.default_rng(2).normal(size=(5000, 2)) * 256) / 256
    whole, parts = exact_moments(x), (exact_moments(np.vstack([x[:1], x[:1234]])), exact_moments(x[1234:]))
    assert all(part.exponent == whole.exponent for part in parts)
    first = exact_moments(np.vstack([x[:1], x[:1]]))
    assert first.exponent <= whole.exponent
    scale = 2 ** (4 * (whole.exponent - first.exponent))
    for i in range(3):
        for j in range(3):
            twice = int(first.table[i, j]) * scale // 2
            assert int(whole.table[i, j]) == sum(int(part.table[i, j]) for part in parts) - twice


@pytest.mark.parametrize(
    ("inputs", "bits"),
    [([[1.0]], 1), ([[0.75, -3.0]], 4), ([[0.0]], 1), ([[5e-324]], 1), ([[2.0**40]], 41), ([[1.5 * 2.0**-60]], 2)],
)
def test_the_bits_of_the_integers(inputs, bits):
    assert integer_bits(np.array(inputs)) == bits


def test_inputs_that_spread_too_far_are_refused():
    with pytest.raises(EnclosureFailure, match="spread"):
        exact_moments(np.array([[1e300, 1e-300]]))


def test_1024_bits_are_the_most():
    assert exact_moments(np.array([[1.0, 2.0**-1023]])).exponent == 1023
    with pytest.raises(EnclosureFailure, match="spread"):
        exact_moments(np.array([[1.0, 2.0**-1024]]))


def test_long_integers_cost_more():
    def spent(smallest):
        with limited_effort(1e12):
            exact_moments(np.array([[1.0, smallest]] * 8))
            return 1e12 - remaining_effort()

    assert spent(2.0**-1000) > 3 * spent(0.5)


def _exact_iterates(problem, step: Fraction, steps: int):
    """Gradient descent on 𝓛 over the rationals, one sample at a time."""
    x, planted, w = (
        [[Fraction(float(v)) for v in row] for row in each]
        for each in (problem.inputs, problem.teacher[0].weight, problem.layers[0].weight)
    )

    def times(matrix, row):
        return [sum(p * q for p, q in zip(line, row, strict=True)) for line in matrix]

    for _ in range(steps):
        total = [[Fraction(0)] * len(w[0]) for _ in w]
        for row in x:
            hidden = times(w, row)
            residual = sum(h * h for h in hidden) - sum(h * h for h in times(planted, row))
            total = [
                [t + residual * h * v for t, v in zip(line, row, strict=True)]
                for line, h in zip(total, hidden, strict=True)
            ]
        w = [
            [p - step * t / len(x) for p, t in zip(line, sums, strict=True)]
            for line, sums in zip(w, total, strict=True)
        ]
    return w


@pytest.mark.parametrize("steps", [0, 1, 3])
def test_iterates_contain_the_exact_ones(steps):
    problem = random_planted(np.random.default_rng(5), 3, 2, 6, bits=4)
    step = Fraction(1, 50)
    truth = _exact_iterates(problem, step, steps)
    with precision(160):
        found = descend_enclosed(planted_quadratic(problem), exact_moments(problem.inputs), exact(step), steps)
    with precision(2048):  # at which the rational is nearly a point
        for i, row in enumerate(truth):
            for j, value in enumerate(row):
                ball = found.table[i, j]
                assert ball.contains(fmpq(value.numerator, value.denominator)) and ball.rad() < 1e-30
