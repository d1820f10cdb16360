"""The integrals that derivations rest on, each as a step with SymPy's value of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import sympy as sp

from verify.symbolic.closed_forms import Method
from verify.symbolic.expressions import Z
from verify.symbolic.gaussian_tilt import density, generating_function, generating_integral
from verify.symbolic.half_line import half_line_generating_function
from verify.symbolic.laplace import OFFSET, WEIGHT, inverse_power_mean
from verify.symbolic.stein import SCALE, mean_squared_erf

__all__ = ["LEMMAS", "Step"]


@dataclass(frozen=True)
class Step:
    """One statement of a derivation.

    Parameters
    ----------
    title
        What kind of step it is.
    statement
        An equation, usually; ``None`` where there is only something to say.
    reason
        How it follows.
    """

    title: str
    statement: sp.Basic | None
    reason: str


def _tilt() -> Step:
    statement = sp.Eq(generating_integral(-sp.oo, sp.oo), generating_function(), evaluate=False)
    why = "complete the square; powers of z follow by integration by parts, $c M_{k+1} = t M_k + k M_{k-1}$"
    return Step("Gaussian tilt", statement, why)


def _interval() -> Step:
    statement = sp.Eq(generating_integral(sp.Integer(0), sp.oo), half_line_generating_function(), evaluate=False)
    why = "complete the square; other ends by a shift, powers of z by integration by parts with its boundary term"
    return Step("Half-line integral", statement, why)


def _stein() -> Step:
    function = sp.Function("F")
    left = sp.Integral(Z * function(Z) * density(), (Z, -sp.oo, sp.oo))
    right = sp.Integral(sp.Derivative(function(Z), Z) * density(), (Z, -sp.oo, sp.oo))
    why = "integrate by parts, as $n' = −zn$; the derivative of erf(az) is a Gaussian tilt, so one erf less is left"
    return Step("Stein's lemma", sp.Eq(left, right, evaluate=False), why)


def _squared_erf() -> Step:
    integral = sp.Integral(sp.erf(SCALE * Z) ** 2 * density(), (Z, -sp.oo, sp.oo))
    why = "both sides vanish at a = 0, and their derivatives are $(4/√π) E[z erf(az) e^{−a^2z^2}]$, by Stein's lemma"
    return Step("Squared error function", sp.Eq(integral, mean_squared_erf(), evaluate=False), why)


def _laplace() -> Step:
    integral = sp.Integral(density() / (OFFSET + WEIGHT * Z**2), (Z, -sp.oo, sp.oo))
    why = "$1/x = ∫ e^{−ux} du$ over u > 0, and a Gaussian tilt for each u; higher powers by differentiation in λ"
    return Step("Laplace's representation", sp.Eq(integral, inverse_power_mean(1), evaluate=False), why)


LEMMAS: Mapping[Method, Callable[[], Step]] = {
    Method.TILT: _tilt,
    Method.INTERVAL: _interval,
    Method.STEIN: _stein,
    Method.SQUARED_ERF: _squared_erf,
    Method.LAPLACE: _laplace,
}
