"""Tail moments against mpmath's incomplete gamma function, and the binomial bound against its definition."""

from fractions import Fraction

import mpmath
import pytest
from flint import arb

from certificates.arithmetic.arb import exact, precision
from certificates.enclosures.gaussian.truncation import (
    absolute_moment,
    gaussian_tail_moment,
    symmetric,
    tail_moment,
)
from certificates.enclosures.infinity.growth import Growth
from certificates.errors import EnclosureFailure


def _meets(ball: arb, truth: mpmath.mpf) -> bool:
    return bool(ball.overlaps(arb(mpmath.nstr(truth, 45)) + arb(0, 1e-40) * (1 + abs(arb(mpmath.nstr(truth, 45))))))


@pytest.mark.parametrize("order", range(14))
def test_absolute_moments(order):
    with mpmath.workdps(50), precision(160):
        truth = mpmath.sqrt(2) ** order * mpmath.gamma(mpmath.mpf(order + 1) / 2) / mpmath.sqrt(mpmath.pi)
        assert _meets(absolute_moment(order), truth)


@pytest.mark.parametrize("order", [0, 1, 2, 3, 4, 5, 12, 13, 40])
@pytest.mark.parametrize("t", [Fraction(1, 4), Fraction(2), Fraction(11)])
def test_tail_moments_are_incomplete_gammas(order, t):
    with mpmath.workdps(50), precision(160):
        s, x = mpmath.mpf(order + 1) / 2, (mpmath.mpf(t.numerator) / t.denominator) ** 2 / 2
        truth = mpmath.sqrt(2) ** order * mpmath.gammainc(s, x) / mpmath.sqrt(mpmath.pi)
        ball = gaussian_tail_moment(order, exact(t))
        assert _meets(ball, truth)
        assert abs(ball.rad() / ball) < 1e-30


def test_orders_out_of_reach_are_refused_at_once():
    assert gaussian_tail_moment(10_000, exact(300)).is_finite()
    for order in (10_001, 262_143):
        with pytest.raises(EnclosureFailure, match=f"order {order}"):
            gaussian_tail_moment(order, exact(3))
    with pytest.raises(EnclosureFailure, match="order 262144"):
        gaussian_tail_moment(262_144, exact(3))


def test_the_bound_of_a_tail_covers_the_extreme_function():
    """A + B|w|^p itself attains it: E[(1 + 2(σ|z|)³)² z 1_{|z|>T}] by mpmath."""
    with mpmath.workdps(30), precision(120):
        bound = tail_moment(Growth(exact(1), exact(2), 3), 2, 1, exact(Fraction(1, 2)), exact(2))
        truth = 2 * mpmath.quad(lambda z: (1 + 2 * (z / 2) ** 3) ** 2 * z * mpmath.npdf(z), [2, 4, 8, 30])
        assert abs(float(bound) - float(truth)) < 1e-12 * float(truth)


def test_symmetric_balls():
    assert symmetric(arb(3)).contains(-3)
    assert symmetric(arb(2, 1)).contains(3)
    assert symmetric(arb(0)) == 0
