"""Theorem 4.2.2 in closed form: every term of its members, with numbers that binary64 holds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from certificates.arithmetic.arb import exact
from certificates.theorems.hessian_balls import Slopes, between, by_gram, by_hessian, turning_along, turning_of

# S₀, s₀, e₀, β, γ at R = 1: βR = 1/4, ē = 21/8, βē = κ = 21/32
SLOPES = Slopes(exact(2), exact(1), exact(0.5), exact(0.25), exact(0.125))
ONE, PULL = exact(1), 0.65625


def _ends(found):
    return tuple(None if bound is None else float(bound) for bound in (found.strength, found.smoothness))


def test_the_gram_matrix_alone():
    assert _ends(by_gram(SLOPES, ONE, exact(3))) == (0.75**2 - PULL, 2.25**2 + PULL + 3)
    unknown = by_gram(replace(SLOPES, smallest=None, gamma=None), ONE, exact(3))
    assert _ends(unknown) == (None, 2.25**2 + PULL + 3)


def test_a_jacobian_that_may_turn_to_zero_has_no_gram_part():
    """Its square is not that of s₀ − βR < 0, which grows with R."""
    assert float(by_gram(replace(SLOPES, smallest=exact(0.125)), ONE, exact(0)).strength) == -PULL
    far = by_gram(SLOPES, exact(64), exact(0)).strength
    assert float(far) == -0.25 * (0.5 + 2 * 64 + 0.125 * 64**2)


def test_the_hessian_and_how_far_it_turns():
    turned = turning_of(SLOPES, ONE)
    assert float(turned) == 3 * 0.25 * 2 + 0.125 + 1.5 * 0.25**2
    assert _ends(by_hessian(exact(3), exact(5), turned)) == (3 - 1.71875, 5 + 1.71875)
    assert turning_of(replace(SLOPES, gamma=None), ONE) is None


def test_between_them():
    """Roots of λ₀ + βe₀ = 4 and Λ₀ + βe₀ = 9."""
    found = between(exact(3.875), exact(8.875), SLOPES, ONE)
    assert _ends(found) == (3.875 - 1 + 0.0625 - PULL, 8.875 + 1.5 + 0.0625 + PULL)
    assert _ends(between(exact(3.875), exact(8.875), replace(SLOPES, gamma=None), ONE)) == (None, None)


@pytest.mark.parametrize(("spare", "bounds"), [(-1.0, False), (0.0, False), (2.0**-30, True)])
def test_the_least_eigenvalue_needs_t_below_one(spare, bounds):
    """T = βR/√(λ₀ + βe₀)."""
    found = between(exact(0.25**2 - 0.125 + spare), exact(8.875), SLOPES, ONE)
    assert (found.strength is not None) == bounds


def test_along_a_direction():
    assert float(turning_along(SLOPES, ONE, exact(0.5))) == 2 * 0.5 * 0.25 + 0.0625 + PULL
    assert turning_along(replace(SLOPES, gamma=None), ONE, ONE) is None


def test_the_better_of_two_bounds():
    other = Slopes(exact(3), exact(1.5), exact(0.25), exact(0.5), None)
    for found in (SLOPES.best(other), other.best(SLOPES)):
        assert [float(bound) for bound in (found.largest, found.smallest, found.residual)] == [2, 1.5, 0.25]
        assert float(found.beta) == 0.25 and float(found.gamma) == 0.125
    unknown = replace(other, smallest=None)
    assert unknown.best(replace(SLOPES, smallest=None)).smallest is None and unknown.best(unknown).gamma is None
    assert float(unknown.best(SLOPES).smallest) == 1
