"""Hermite polynomials He_k and tensors, from He_k(x) n(x) = (−∇)^{⊗k} n(x)."""

from __future__ import annotations

from functools import cache

import sympy as sp

from tests.twins.isserlis import coordinates, polynomial_mean
from verify.symbolic.expressions import Z

__all__ = ["coefficients", "hermite", "hermite_tensor"]


@cache
def hermite(order: int) -> sp.Expr:
    """He_k(z) = (−1)ᵏ n^{(k)}/n.

    Examples
    --------
    >>> hermite(4)
    z**4 - 6*z**2 + 3
    """
    bell = sp.exp(-(Z**2) / 2)
    return sp.expand(sp.simplify((-1) ** order * sp.diff(bell, Z, order) / bell))


@cache
def hermite_tensor(order: int, dimension: int) -> sp.ImmutableDenseNDimArray:
    """He_k(x) of a vector x = (x₁, …, x_d): the array of all kth partial derivatives of the density.

    One derivative more is −∂_i(pn) = (x_i p − ∂_i p)n.

    Examples
    --------
    >>> hermite_tensor(2, 2)
    [[x1**2 - 1, x1*x2], [x1*x2, x2**2 - 1]]
    """
    if order == 0:
        return sp.ImmutableDenseNDimArray([sp.Integer(1)], ())
    previous = sp.flatten(hermite_tensor(order - 1, dimension)) if order > 1 else [sp.Integer(1)]
    entries = [sp.expand(x * p - sp.diff(p, x)) for x in coordinates(dimension) for p in previous]
    return sp.ImmutableDenseNDimArray(entries, (dimension,) * order)


def coefficients(polynomial: sp.Expr) -> list[sp.Expr]:
    """E[p He_k] for k = 0, …, deg p: p = Σ E[p He_k] He_k/k!.

    Examples
    --------
    >>> coefficients(Z**3)
    [0, 3, 0, 6]
    """
    return [polynomial_mean(sp.expand(polynomial * hermite(k))) for k in range(sp.degree(polynomial, Z) + 1)]
