"""Stein's lemma, the ladder, Laplace's representation: each against integrals done another way."""

from __future__ import annotations

import mpmath
import pytest
import sympy as sp

from verify.symbolic.expressions import SIGMA, NoClosedForm, Z
from verify.symbolic.gaussian_tilt import density
from verify.symbolic.laplace import OFFSET, WEIGHT, inverse_power_mean, rational_mean
from verify.symbolic.moment_recurrence import next_moment
from verify.symbolic.stein import SCALE, erf_moment, mean_squared_erf


def mean(function: object) -> mpmath.mpf:
    return mpmath.quad(lambda z: function(z) * mpmath.npdf(z), [-12, -3, 0, 3, 12])  # type: ignore[operator]


def test_stein_for_any_function() -> None:
    """(zF − F')n is the derivative of −Fn."""
    function = sp.Function("F")(Z)
    assert sp.simplify((Z * function - sp.diff(function, Z)) * density() + sp.diff(function * density(), Z)) == 0


@pytest.mark.parametrize("j", [0, 1, 3])
def test_ladder_for_any_function(j: int) -> None:
    """[z^{j+2} − (j+1)zʲ − zʲ σ∂_σ] F(σz) n(z) is the derivative in z of −z^{j+1} F n."""
    function = sp.Function("F")(SIGMA * Z)
    left = (Z ** (j + 2) - (j + 1) * Z**j) * function - Z**j * SIGMA * sp.diff(function, SIGMA)
    residual = left * density() + sp.diff(Z ** (j + 1) * function * density(), Z)
    assert sp.simplify(residual.doit()) == 0


def test_ladder_of_a_power() -> None:
    assert next_moment(SIGMA**4 * 3, 0) == 15 * SIGMA**4  # E[(σz)⁴] and E[(σz)⁴ z²]


@pytest.mark.parametrize(("power", "times"), [(0, 0), (1, 1), (3, 1), (0, 2), (2, 2), (4, 2), (1, 3), (2, 1)])
def test_moments_with_error_functions(power: int, times: int) -> None:
    with mpmath.workdps(25):
        found = erf_moment(power, sp.Rational(3, 4), times, sp.Integer(2)).evalf(25)
        weight = mean(lambda z: z**power * mpmath.erf(0.75 * z) ** times * mpmath.exp(-z * z / 2))
        assert abs(mpmath.mpf(str(found)) - weight) < 1e-18


def test_mean_of_the_squared_error_function() -> None:
    arcsine = 2 / sp.pi * sp.asin(2 * SCALE**2 / (1 + 2 * SCALE**2))
    assert sp.simplify(sp.diff(mean_squared_erf() - arcsine, SCALE)) == 0
    assert sp.simplify((mean_squared_erf() - arcsine).subs(SCALE, 1)).evalf(30) < 1e-28
    with pytest.raises(NoClosedForm):
        erf_moment(0, SCALE, 4, sp.Integer(1))


@pytest.mark.parametrize("exponent", [1, 2, 3])
def test_inverse_powers(exponent: int) -> None:
    found = inverse_power_mean(exponent).subs({OFFSET: sp.Rational(3, 2), WEIGHT: sp.Rational(1, 2)}).evalf(25)
    with mpmath.workdps(25):
        assert abs(mpmath.mpf(str(found)) - mean(lambda z: (1.5 + z * z / 2) ** -exponent)) < 1e-15


def test_rational_means_divide_out() -> None:
    base = 1 + SIGMA**2 * Z**2
    assert rational_mean(sp.expand(base**2 * Z**2) / base**2) == 1
    odd = rational_mean(Z**3 / base)
    assert odd == 0
    identity = SIGMA**2 * rational_mean(Z**2 / base) + rational_mean(1 / base)
    assert sp.expand(identity) == 1
