"""Moments with error functions by Stein's lemma, E[zF(z)] = E[F'(z)], and by differentiation in the scale.

With J(k, m, κ) = ∫ zᵏ erf(az)^m e^{−κz²/2} dz/√(2π), Stein's lemma for the variance 1/κ is

    κ J(k, m, κ) = (k − 1) J(k−2, m, κ) + m (2a/√π) J(k−1, m−1, κ + 2a²),     k ≥ 1,

since the derivative of erf(az) brings e^{−a²z²}, another tilt. J(0, 0, κ) = κ^{−1/2}, J(0, 1, κ) = 0 by parity, and
J(0, 2, κ) = κ^{−1/2} S(a/√κ) with S(a) = E[erf(az)²], which is found from its derivative and S(0) = 0.
"""

from __future__ import annotations

from functools import cache

import sympy as sp

from verify.symbolic.expressions import NoClosedForm

__all__ = ["SCALE", "erf_moment", "mean_squared_erf"]

SCALE = sp.Symbol("a", positive=True)


@cache
def mean_squared_erf() -> sp.Expr:
    """S(a) = E[erf(az)²].

    Guarantee
    ---------
    S'(a) = (4/√π) E[z erf(az) e^{−a²z²}] = (4/√π) J(1, 1, 1 + 2a²); with w = √(1 + 4a²) the right side times da/dw is
    rational, and SymPy integrates it from w = 1, where S = 0.

    Examples
    --------
    >>> mean_squared_erf()
    4*atan(sqrt(4*a**2 + 1))/pi - 1
    """
    w = sp.Symbol("w", positive=True)
    rate = 4 / sp.sqrt(sp.pi) * erf_moment(1, SCALE, 1, 1 + 2 * SCALE**2)
    scale = sp.sqrt(w**2 - 1) / 2
    integrand = sp.simplify(rate.subs(SCALE, scale) * sp.diff(scale, w))
    antiderivative = sp.integrate(integrand, w)
    return sp.expand(antiderivative - antiderivative.subs(w, 1)).subs(w, sp.sqrt(1 + 4 * SCALE**2))


def erf_moment(power: int, scale: sp.Expr, times: int, curvature: sp.Expr) -> sp.Expr:
    """J(k, m, κ) = ∫ zᵏ erf(az)^m e^{−κz²/2} dz/√(2π) for κ > 0.

    Parameters
    ----------
    power, times
        k and m.
    scale, curvature
        a and κ.

    May fail when
    -------------
    An even power of the error function above the second is left to integrate: :class:`NoClosedForm`.

    Examples
    --------
    >>> erf_moment(1, SCALE, 1, sp.Integer(1))
    2*a/(sqrt(pi)*sqrt(2*a**2 + 1))
    """
    if (power + times) % 2:
        return sp.Integer(0)
    if power == 0:
        return _pure_moment(scale, times, curvature)
    value = sp.Integer(0)
    if power > 1:
        value += (power - 1) * erf_moment(power - 2, scale, times, curvature)
    if times:
        value += times * 2 * scale / sp.sqrt(sp.pi) * erf_moment(power - 1, scale, times - 1, curvature + 2 * scale**2)
    return value / curvature


def _pure_moment(scale: sp.Expr, times: int, curvature: sp.Expr) -> sp.Expr:
    root = sp.sqrt(curvature)
    if times == 0:
        return 1 / root
    if times > 2:
        raise NoClosedForm(f"the mean of erf to the power {times} has no closed form here")
    return mean_squared_erf().subs(SCALE, scale / root) / root
