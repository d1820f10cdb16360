"""The Gaussian tilt: exp(tz − cz²/2) under the integral is again a Gaussian weight, of mean t/c and variance 1/c."""

from __future__ import annotations

from functools import cache

import sympy as sp

from verify.symbolic.expressions import Z

__all__ = ["CURVATURE", "TILT", "density", "generating_function", "generating_integral", "joint_generating_function"]

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


def joint_generating_function(precision: sp.Matrix, tilts: sp.Matrix) -> sp.Expr:
    """E-like integral ∫ e^{t·x − xᵀPx/2} dx/(2π)^{d/2} = det(P)^{−1/2} e^{tᵀP⁻¹t/2}, by one coordinate after another.

    Parameters
    ----------
    precision
        P, symmetric d × d; its pivots are taken to be positive.
    tilts
        t, d × 1.

    Guarantee
    ---------
    Each integration is :func:`generating_function`: integrating over x_k leaves the weight with the Schur complement
    of P, and adds to t its regression on x_k.

    Examples
    --------
    >>> joint_generating_function(sp.Matrix([[2, 1], [1, 3]]), sp.zeros(2, 1))
    sqrt(5)/5
    """
    if precision.rows == 0:
        return sp.Integer(1)
    pivot, column = precision[0, 0], precision[1:, 0]
    first = generating_function().subs({CURVATURE: pivot, TILT: tilts[0]}, simultaneous=True)
    rest = precision[1:, 1:] - column * column.T / pivot
    return first * joint_generating_function(rest, tilts[1:, :] - column * tilts[0] / pivot)
