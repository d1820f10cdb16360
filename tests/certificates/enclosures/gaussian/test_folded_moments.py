"""Slopes with φ'(−w) = ±φ'(w) + κ: Arb's integration takes the half-line, so it is held against one that does not."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flint import arb

from certificates.arithmetic.arb import precision
from certificates.enclosures.gaussian import moments as gaussian_moments
from certificates.enclosures.gaussian.moments import moments
from certificates.expression import parse_activation

EVEN = ["tanh", "softsign", "erf", "z^3+z", "piecewise(-z^2, 0, z^2)", "z-sin(z)"]
SHIFTED = ["gelu", "softplus(3)", "smooth_leaky_relu(1/10)", "leaky_relu", "quadratic", "piecewise(-z, 0, z)"]
SKEW = ["mish", "elu", "piecewise(-z^2, 0, z^2+z^3/1000)", "z^3+z^2/1000", "piecewise(0, 1/1000, z-1/1000)"]
ORDERS = [(i, j) for i in range(4) for j in range(5)]


@pytest.mark.parametrize("text", [*EVEN, *SHIFTED, *SKEW])
@pytest.mark.parametrize("sigma", [pytest.param(Fraction(3, 10), marks=pytest.mark.slow), Fraction(3)])
def test_the_half_line_agrees_with_the_whole_one(text, sigma):
    activation = parse_activation(text)
    folded = moments(activation, ORDERS, sigma, 60)
    whole = moments(activation, ORDERS, sigma, 60, quadrature="taylor")
    apart = [order for order, a, b in zip(ORDERS, folded, whole, strict=True) if not a.overlaps(b)]
    assert apart == []


@pytest.mark.parametrize("text", EVEN)
def test_odd_moments_are_zero_but_for_the_tail(text):
    for ball in moments(parse_activation(text), [(1, 1), (2, 3)], Fraction(1), 80):
        assert ball.contains(0)
        assert ball.rad() < arb(2) ** -80


def test_exact_truths_with_a_kink():
    a10, a22 = moments(parse_activation("piecewise(-z^2, 0, z^2)"), [(1, 0), (2, 2)], Fraction(3), 100)
    with precision(140):
        assert a10.contains(6 * (2 / arb.pi()).sqrt())
    assert a22.contains(108)
    assert max(float(a10.rad()), float(a22.rad())) < 1e-28


@pytest.mark.parametrize("text", SKEW)
def test_slopes_without_symmetry_are_not_folded(text):
    assert gaussian_moments._fold(parse_activation(text)) is None


@pytest.mark.parametrize("text", SHIFTED)
def test_a_constant_sum_of_slopes_is_used_exactly(text):
    """E[φ'] = κ/2 whatever σ is, so nothing but rounding and the tail is left."""
    kappa = {"leaky_relu": Fraction(101, 100), "smooth_leaky_relu(1/10)": Fraction(11, 10)}.get(text, Fraction(1))
    kappa = Fraction(0) if text in {"quadratic", "piecewise(-z, 0, z)"} else kappa
    for sigma in (Fraction(1, 7), Fraction(5)):
        (ball,) = moments(parse_activation(text), [(1, 0)], sigma, 80)
        with precision(200):
            assert ball.contains(arb(kappa.numerator) / (2 * kappa.denominator))
        assert ball.rad() < arb(2) ** -80
