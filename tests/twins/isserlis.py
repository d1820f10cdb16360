"""Moments of standard Gaussian vectors: Isserlis' sum over pairings, and the means of polynomials."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

import sympy as sp

from verify.symbolic.expressions import Z
from verify.symbolic.half_line import interval_moment

__all__ = ["coordinates", "isserlis", "pairings", "polynomial_mean"]


def coordinates(dimension: int, name: str = "x") -> sp.Matrix:
    """The column (x₁, …, x_d)."""
    return sp.Matrix(sp.symbols(f"{name}1:{dimension + 1}", real=True))


def pairings(positions: Sequence[int]) -> Iterator[tuple[tuple[int, int], ...]]:
    """All ways to divide positions into pairs, (2m − 1)!! of them.

    Examples
    --------
    >>> len(list(pairings(range(6))))
    15
    """
    if not positions:
        yield ()
        return
    first, *others = positions
    for k, partner in enumerate(others):
        for rest in pairings(others[:k] + others[k + 1 :]):
            yield ((first, partner), *rest)


def isserlis(indices: Sequence[int]) -> int:
    """E[x_{i₁} ⋯ x_{i_n}] = Σ over pairings of Π δ; 0 for odd n.

    Examples
    --------
    >>> isserlis([0, 0, 0, 0]), isserlis([0, 1, 0, 1]), isserlis([0, 0, 1])
    (3, 1, 0)
    """
    if len(indices) % 2:
        return 0
    return sum(all(indices[a] == indices[b] for a, b in pairs) for pairs in pairings(range(len(indices))))


@cache
def _monomial_mean(power: int) -> sp.Expr:
    """E[zᵏ], by the recurrence of integration by parts."""
    return interval_moment(power, sp.Integer(0), sp.Integer(1), -sp.oo, sp.oo)


def polynomial_mean(polynomial: sp.Expr, variables: Sequence[sp.Symbol] = (Z,)) -> sp.Expr:
    """E[p(x)] for independent standard Gaussian variables; other symbols are coefficients.

    Examples
    --------
    >>> polynomial_mean(sp.expand((1 + Z) ** 4))
    10
    """
    terms = sp.Poly(polynomial, *variables).terms()
    return sp.expand(sum((c * sp.prod([_monomial_mean(k) for k in powers]) for powers, c in terms), sp.Integer(0)))
