"""The Gaussian tilt: exp(tz − cz²/2) under the integral is again a Gaussian weight, of mean t/c and variance 1/c."""

from __future__ import annotations

from functools import cache

import sympy as sp

from verify.symbolic.expressions import Z

__all__ = ["CURVATURE", "TILT", "density", "generating_function", "generating_integral"]

TILT = sp.Symbol("t", real=True)
CURVATURE = sp.Symbol("c", positive=True)


def density() -> sp.Expr:
    """The standard Gaussian density n(z)."""
    return sp.exp(-(Z**2) / 2) / sp.sqrt(2 * sp.pi)


def generating_integral(lower: sp.Expr, upper: sp.Expr) -> sp.Integral:
    """∫ e^{tz − cz²/2} dz/√(2π) over an interval, not yet evaluated."""
    return sp.Integral(sp.exp(TILT * Z - CURVATURE * Z**2 / 2) / sp.sqrt(2 * sp.pi), (Z, lower, upper))


@cache
def generating_function() -> sp.Expr:
    """The integral over the line, evaluated by SymPy.

    Guarantee
    ---------
    Entire in t, so it also holds for complex t; c > 0.

    Examples
    --------
    >>> generating_function()
    exp(t**2/(2*c))/sqrt(c)
    """
    return sp.simplify(generating_integral(-sp.oo, sp.oo).doit())
