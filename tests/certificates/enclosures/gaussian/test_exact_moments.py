"""Exact moments against quadrature and closed forms, decided zeros, and refusals of hostile formulas."""

from fractions import Fraction

import pytest

from certificates.arithmetic.arb import exact, precision
from certificates.arithmetic.effort import limited_effort, remaining_effort
from certificates.enclosures.gaussian.exact_moments import exact_moment, mean_slope_keeps_sign
from certificates.enclosures.gaussian.moments import moments
from certificates.errors import EnclosureFailure
from certificates.expression import parse_activation

ORDERS = [(i, j) for i in range(4) for j in range(5)]


@pytest.mark.parametrize("text", ["sin", "quadratic", "z^3/3-z^2+z", "z*sin(z)", "cos(z/2)^2", "sin(z)-sin(3*z)/9+z"])
def test_they_lie_in_the_enclosures_of_quadrature(text):
    for sigma in (Fraction(1, 3), Fraction(2)):
        found = moments(parse_activation(text), ORDERS, sigma, 70)
        with precision(150):
            for (i, j), ball in zip(ORDERS, found, strict=True):
                assert ball.overlaps(exact_moment(parse_activation(text), i, j, sigma).enclose()), (sigma, i, j)


def test_exponentials_that_quadrature_refuses():
    """E[e^{2σz} z²] = e^{2σ²}(1 + 4σ²)."""
    sigma = Fraction(3, 2)
    with precision(120):
        truth = exact(2 * sigma * sigma).exp() * exact(1 + 4 * sigma * sigma)
        ball = exact_moment(parse_activation("exp(z)"), 2, 2, sigma).enclose()
        assert ball.overlaps(truth)
        assert ball.rad() < 1e-25


@pytest.mark.parametrize(("i", "j", "truth"), [(1, 2, 0), (1, 1, 0), (3, 1, 0)])
def test_zeros_are_decided(i, j, truth):
    """E[cos(z) z²] = (1 − σ²)e^{−σ²/2} at σ = 1, and odd moments."""
    assert exact_moment(parse_activation("sin"), i, j, Fraction(1)).rational == truth


def test_polynomials_are_rationals():
    """φ' = 2z: E[(2σz)² z²] = 12σ²; φ' = 3z²: E[3σ²z² z⁴] = 45σ²."""
    assert exact_moment(parse_activation("quadratic"), 2, 2, Fraction(5, 3)).rational == 12 * Fraction(25, 9)
    assert exact_moment(parse_activation("z^3"), 1, 4, Fraction(1, 7)).rational == Fraction(45, 49)
    assert exact_moment(parse_activation("z^3"), 1, 3, Fraction(1, 7)).rational == 0


@pytest.mark.parametrize("text", ["tanh", "relu", "sin(z^2)", "exp(z+1)", "sin(z)*exp(z)", "1/z", "sqrt(2)*z", "z^-1"])
def test_other_formulas_are_refused(text):
    with pytest.raises(EnclosureFailure):
        exact_moment(parse_activation(text), 1, 0, Fraction(1))


@pytest.mark.parametrize("text", ["((z^64)^64)^64", pytest.param("((1+z)^44)^44", marks=pytest.mark.slow)])
def test_previous_bug_01_large_powers_are_refused_and_not_computed_for_hours(text):
    """((z^64)^64)^64 asked for double factorials of order 262,143."""
    with pytest.raises(EnclosureFailure):
        exact_moment(parse_activation(text), 2, 2, Fraction(3))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("exp(z)", True),
        ("-sin(2*z)", True),
        ("exp(z)+exp(-z)", False),  # φ' is odd: μ = 0
        ("exp(z)-exp(-2*z)", True),
        ("2*exp(z)+sin(z)", True),
        ("exp(z)-2*sin(z)", False),  # μ(σ) = e^{σ²/2} − 2e^{−σ²/2}: −1 at 0, positive far out
        ("exp(2*z)-exp(z)-z/2", False),
    ],
)
def test_means_of_slopes_that_keep_their_sign(text, shown):
    assert mean_slope_keeps_sign(parse_activation(text)) is shown


def test_long_numbers_cost_more():
    def spent(sigma):
        with limited_effort(1e9):
            exact_moment(parse_activation("z^3"), 2, 2, sigma)
            return 1e9 - remaining_effort()

    assert spent(Fraction(3**400, 2**600)) > 10 * spent(Fraction(3, 2))
