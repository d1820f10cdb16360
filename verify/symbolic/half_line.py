"""Integrals of zᵏ e^{tz − cz²/2} over intervals: one evaluated by SymPy, the others by integration by parts.

With M_k = ∫ zᵏ e^{tz − cz²/2} dz/√(2π) over (l, u), integrating the derivative of zᵏ e^{tz − cz²/2} gives

    c M_{k+1} = t M_k + k M_{k−1} − [zᵏ e^{tz − cz²/2}/√(2π)]ˡᵘ,

which for c = 1, (l, u) = (−∞, 0) is the recurrence K_{j+1} = aK_j + jK_{j−1} of ELU (theory 2.3).
"""

from __future__ import annotations

from functools import cache

import sympy as sp

from verify.symbolic.gaussian_tilt import CURVATURE, TILT, generating_function, generating_integral

__all__ = ["half_line_generating_function", "interval_moment"]

_END = sp.Symbol("l", real=True)


@cache
def half_line_generating_function() -> sp.Expr:
    """∫₀^∞ e^{tz − cz²/2} dz/√(2π), evaluated by SymPy.

    Examples
    --------
    >>> half_line_generating_function()
    (erf(sqrt(2)*t/(2*sqrt(c))) + 1)*exp(t**2/(2*c))/(2*sqrt(c))
    """
    return sp.simplify(generating_integral(sp.Integer(0), sp.oo).doit())


@cache
def _beyond() -> sp.Expr:
    """The integral over (l, ∞): with z = l + x it is e^{tl − cl²/2} times the half-line integral at t − cl."""
    half = half_line_generating_function().replace(sp.erf, lambda x: 1 - sp.erfc(x))  # erfc does not cancel
    value = sp.exp(TILT * _END - CURVATURE * _END**2 / 2) * half.subs(TILT, TILT - CURVATURE * _END)
    return value.replace(sp.exp, lambda power: sp.exp(sp.expand(power)))


def interval_moment(power: int, tilt: sp.Expr, curvature: sp.Expr, lower: sp.Expr, upper: sp.Expr) -> sp.Expr:
    """∫ zᵏ e^{tz − cz²/2} dz/√(2π) over (lower, upper), for c > 0 and real t (any t on the whole line).

    Examples
    --------
    >>> interval_moment(4, sp.Integer(0), sp.Integer(1), -sp.oo, sp.oo), interval_moment(
    ...     3, sp.Integer(0), sp.Integer(1), sp.Integer(0), sp.oo
    ... )
    (3, sqrt(2)/sqrt(pi))
    """
    previous, current = sp.Integer(0), _mass(tilt, curvature, lower, upper)
    for k in range(power):
        boundary = _boundary(k, tilt, curvature, upper) - _boundary(k, tilt, curvature, lower)
        previous, current = current, sp.expand((tilt * current + k * previous - boundary) / curvature)
    return current


def _mass(tilt: sp.Expr, curvature: sp.Expr, lower: sp.Expr, upper: sp.Expr) -> sp.Expr:
    """M₀; an interval that is open to the left is reflected."""
    values = {TILT: tilt, CURVATURE: curvature}
    if lower is -sp.oo and upper is sp.oo:
        return generating_function().subs(values, simultaneous=True)
    if lower is -sp.oo:
        return _mass(-tilt, curvature, -upper, sp.oo)
    beyond = _beyond().subs({**values, _END: lower}, simultaneous=True)
    return beyond if upper is sp.oo else beyond - _mass(tilt, curvature, upper, sp.oo)


def _boundary(power: int, tilt: sp.Expr, curvature: sp.Expr, end: sp.Expr) -> sp.Expr:
    if end.is_infinite:
        return sp.Integer(0)
    return end**power * sp.exp(tilt * end - curvature * end**2 / 2) / sp.sqrt(2 * sp.pi)
