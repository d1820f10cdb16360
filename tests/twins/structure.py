"""Theorem 2.1 for polynomials: T₁, T₂ as squared distances, T₃ as a double mean, T₁, T₂, T₃ as Hermite sums."""

from __future__ import annotations

import sympy as sp

from tests.twins.hermite import coefficients
from tests.twins.isserlis import polynomial_mean
from verify.symbolic.closed_forms import zhong_terms
from verify.symbolic.expressions import Z

__all__ = ["double_mean", "hermite_sums", "squared_distance", "terms_from_moments"]

_OTHER = sp.Symbol("y", real=True)


def terms_from_moments(slope: sp.Expr) -> tuple[sp.Expr, sp.Expr, sp.Expr]:
    """T₁, T₂, T₃ from α_{i,j} = E[fⁱ zʲ] for a polynomial f.

    Examples
    --------
    >>> terms_from_moments(2 * Z)
    (0, 8, -4)
    """
    orders = [(1, 0), (1, 1), (1, 2), (2, 0), (2, 2)]
    first, second, third = zhong_terms({(i, j): polynomial_mean(sp.expand(slope**i * Z**j)) for i, j in orders})
    return sp.expand(first), sp.expand(second), sp.expand(third)


def squared_distance(function: sp.Expr) -> sp.Expr:
    """‖(I − Π)f‖², the squared distance of f from span{1, z} in L²(N(0, 1)), from the residual itself.

    Examples
    --------
    >>> squared_distance(Z**2)
    2
    """
    residual = function - polynomial_mean(function) - polynomial_mean(sp.expand(function * Z)) * Z
    return polynomial_mean(sp.expand(residual**2))


def double_mean(slope: sp.Expr) -> sp.Expr:
    """½ E[f(x) f(y) (x − y)²] for independent x, y."""
    both = slope * slope.subs(Z, _OTHER) * (Z - _OTHER) ** 2 / 2
    return polynomial_mean(sp.expand(both), (Z, _OTHER))


def hermite_sums(slope: sp.Expr) -> tuple[sp.Expr, sp.Expr, sp.Expr]:
    """Σ_{k≥2} h_k², Σ_{k≥2} (√(k+1) h_{k+1} + √k h_{k−1})² and h₀(h₀ + √2 h₂) − h₁², h_k = E[f He_k]/√k! (theory 2.7).

    Examples
    --------
    >>> hermite_sums(2 * Z)
    (0, 8, -4)
    """
    found = [c / sp.sqrt(sp.factorial(k)) for k, c in enumerate(coefficients(slope))]
    h = [*found, *[sp.Integer(0)] * (4 - len(found)), sp.Integer(0), sp.Integer(0)]
    orders = range(2, len(h) - 1)
    second = sum(((sp.sqrt(k + 1) * h[k + 1] + sp.sqrt(k) * h[k - 1]) ** 2 for k in orders), sp.Integer(0))
    first = sum((h[k] ** 2 for k in orders), sp.Integer(0))
    return sp.expand(first), sp.expand(second), sp.expand(h[0] * (h[0] + sp.sqrt(2) * h[2]) - h[1] ** 2)
