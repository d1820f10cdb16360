"""The one-point contraction against exact rationals, and against steps with the worst remainders."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st

from certificates.arithmetic.arb import exact, precision, upper
from certificates.theorems.planted_contraction import contraction

_NUMBERS = st.fractions(0, 4, max_denominator=64)


@settings(deadline=None, derandomize=True, max_examples=40)
@given(s=_NUMBERS, extra=_NUMBERS, a=_NUMBERS, b=_NUMBERS)
def test_exact_rationals_lie_just_above(s, extra, a, b):
    big = s + extra
    with precision(128):
        found = contraction(exact(s), exact(big), exact(a), exact(b))
        assert found.holds == bool(a + b < s)
        if not found.holds:
            return
        rate, step = (s - a) ** 2 - b**2, 1 / (big + a) ** 2
        for bound, truth in ((found.rate, rate), (found.step_size_max, step)):
            assert bound <= exact(truth) and upper(exact(truth) - bound) < 1e-12


def test_every_end_of_a_ball_is_the_bad_one():
    found = contraction(arb(1, 0.25), arb(2, 0.5), arb(0.125, 0.0625), arb(0.0625, 0.03125))
    assert found.margin <= 0.75 - 0.1875 - 0.09375
    assert found.rate <= (0.75 - 0.1875) ** 2 - 0.09375**2
    assert found.step_size_max <= 1 / (2.5 + 0.1875) ** 2


@pytest.mark.parametrize(
    "numbers",
    [(0, 1, 0, 0), (1, 2, 0.5, 0.5), (1, 2, 2, 0), (math.nan, 1, 0, 0), (1, math.inf, 0, 0), (1, 2, math.inf, 0)],
)
def test_nothing_holds_at_the_limit_or_without_finite_numbers(numbers):
    assert not contraction(*(exact(float(number)) for number in numbers)).holds


def test_the_factor_is_attained_in_one_dimension():
    """D a number, J(W) = s − a, r = (s − a − b)D or (s − a + b)D: one step of η = (S + a)⁻² with S = s."""
    s, a, b = Fraction(1), Fraction(1, 8), Fraction(1, 16)
    found = contraction(exact(s), exact(s), exact(a), exact(b))
    eta = Fraction(float(found.step_size_max))
    for remainder in (-b, b):
        slope = s - a
        after = 1 - eta * slope * (slope + remainder)
        assert after**2 <= 1 - eta * Fraction(float(found.rate))


def test_no_smaller_margin_would_do():
    """The worst remainder turns r against D as soon as a + b ≥ s: then W* attracts no more."""
    s, a, b = 1.0, 0.75, 0.3
    slope, remainder = s - a, -b
    assert slope * (slope + remainder) < 0
    assert not contraction(*map(exact, (s, s, a, b))).holds


@pytest.mark.parametrize("seed", range(20))
def test_random_maps_with_bounded_turns_contract(seed):
    """R(W) linear in pieces: J = J* + E, r = JD + ε with the worst norms, D random."""
    rng = np.random.default_rng(seed)
    n, p = 7, 3
    jacobian = rng.normal(size=(n, p))
    values = np.linalg.svd(jacobian, compute_uv=False)
    a, b = rng.uniform(0, 0.6) * values[-1], rng.uniform(0, 0.4) * values[-1]
    found = contraction(*(exact(float(each)) for each in (values[-1], values[0], a, b)))
    assert found.holds
    eta = float(found.step_size_max)
    for _ in range(50):
        turn, bend, d = rng.normal(size=(n, p)), rng.normal(size=n), rng.normal(size=p)
        moved = jacobian + a * turn / np.linalg.norm(turn, 2)
        residual = moved @ d + b * np.linalg.norm(d) * bend / np.linalg.norm(bend)
        after = d - eta * moved.T @ residual
        assert after @ after <= (1 - eta * float(found.rate)) * (d @ d) * (1 + 1e-12)
