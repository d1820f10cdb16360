"""Means of inverse powers of λ + μz², by Laplace's representation 1/x = ∫₀^∞ e^{−ux} du."""

from __future__ import annotations

from functools import cache

import sympy as sp

from verify.symbolic.expressions import NoClosedForm, Z
from verify.symbolic.gaussian_tilt import CURVATURE, TILT, generating_function
from verify.symbolic.half_line import interval_moment

__all__ = ["OFFSET", "WEIGHT", "inverse_power_mean", "laplace_integral", "rational_mean"]

OFFSET = sp.Symbol("lambda", positive=True)
WEIGHT = sp.Symbol("mu", positive=True)
_RATE = sp.Symbol("u", positive=True)


def laplace_integral() -> sp.Integral:
    """E[1/(λ + μz²)] = ∫₀^∞ e^{−λu} E[e^{−μuz²}] du, not yet evaluated; the inner mean is a Gaussian tilt."""
    inner = generating_function().subs({TILT: 0, CURVATURE: 1 + 2 * WEIGHT * _RATE})
    return sp.Integral(sp.exp(-OFFSET * _RATE) * inner, (_RATE, 0, sp.oo))


@cache
def inverse_power_mean(exponent: int) -> sp.Expr:
    """E[(λ + μz²)^{−m}], m ≥ 1: SymPy evaluates the integral for m = 1; −(1/m)∂/∂λ raises m by one.

    Examples
    --------
    >>> inverse_power_mean(1)
    sqrt(2)*sqrt(pi)*exp(lambda/(2*mu))*erfc(sqrt(2)*sqrt(lambda)/(2*sqrt(mu)))/(2*sqrt(lambda)*sqrt(mu))
    """
    if exponent == 1:
        return laplace_integral().doit()
    lower = exponent - 1
    return sp.expand(-sp.diff(inverse_power_mean(lower), OFFSET) / lower)


def rational_mean(function: sp.Expr) -> sp.Expr:
    """E[R(z)] for a rational function whose denominator is a power of one λ + μz², λ, μ > 0.

    May fail when
    -------------
    The denominator is another one: :class:`NoClosedForm`.

    Examples
    --------
    >>> rational_mean(2 * Z**2 / (1 + Z**2) + 2 / (1 + Z**2))
    2
    """
    numerator, denominator = sp.fraction(sp.cancel(sp.together(function)))
    constant, base, exponent = _single_factor(denominator)
    offset, weight = base.coeff(Z, 0), base.coeff(Z, 2)
    step = sp.Dummy("d")
    even = sum((c * Z**k for (k,), c in sp.Poly(numerator, Z).terms() if k % 2 == 0), sp.Integer(0))
    in_base = sp.Poly(even.subs(Z, sp.sqrt((step - offset) / weight)), step)  # odd powers of z have mean 0
    total = sp.Integer(0)
    for (k,), coefficient in in_base.terms():
        total += coefficient * _power_mean(base, offset, weight, k - exponent)
    return sp.expand(total / constant)


def _power_mean(base: sp.Expr, offset: sp.Expr, weight: sp.Expr, exponent: int) -> sp.Expr:
    if exponent < 0:
        return inverse_power_mean(-exponent).subs({OFFSET: offset, WEIGHT: weight}, simultaneous=True)
    polynomial = sp.Poly(base**exponent, Z)
    line = (sp.Integer(0), sp.Integer(1), -sp.oo, sp.oo)
    return sum((c * interval_moment(k, *line) for (k,), c in polynomial.terms()), sp.Integer(0))


def _single_factor(denominator: sp.Expr) -> tuple[sp.Expr, sp.Expr, int]:
    """Constant, λ + μz² and exponent of the denominator."""
    constant, factors = sp.factor_list(denominator)
    in_z = [(sp.expand(f), m) for f, m in factors if f.has(Z)]
    constant *= sp.prod([f**m for f, m in factors if not f.has(Z)])
    if not in_z:
        return constant, 1 + Z**2, 0
    base, exponent = in_z[0]
    coefficients = {k: c for (k,), c in sp.Poly(base, Z).terms()}
    if len(in_z) > 1 or set(coefficients) != {0, 2} or not all(c.is_positive for c in coefficients.values()):
        raise NoClosedForm(f"the denominator {sp.sstr(denominator)} is no power of one positive even quadratic")
    return constant, base, exponent
