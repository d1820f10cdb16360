"""Means of powers of the positive part z₊, with an exponent that may be a symbol."""

from __future__ import annotations

from functools import cache

import sympy as sp

from verify.symbolic.expressions import Z
from verify.symbolic.gaussian_tilt import density

__all__ = ["positive_power_moment"]


@cache
def positive_power_moment(exponent: sp.Expr) -> sp.Expr:
    """m_r = E[z₊^r] = ∫₀^∞ zʳ n(z) dz, evaluated by SymPy; r may be a positive symbol.

    Examples
    --------
    >>> positive_power_moment(sp.Integer(4))
    3/2
    >>> positive_power_moment(sp.Symbol("r", positive=True))
    2**(r/2)*gamma(r/2 + 1/2)/(2*sqrt(pi))
    """
    positive = sp.Symbol("z", positive=True)
    return sp.simplify(sp.integrate(positive**exponent * density().subs(Z, positive), (positive, 0, sp.oo)))
