"""Polynomials and quadratic forms in monomials of u = h/τ, exact: what a search for sums of squares computes with."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
from flint import fmpq_mpoly
from scipy.sparse import csr_matrix

from certificates.enclosures.quadratic.polynomials import Powers
from verify.search.dyadic import fraction, power_of_two
from verify.search.quadratic import Array

__all__ = [
    "Polynomial",
    "add",
    "balanced",
    "curvatures",
    "equations",
    "expanded",
    "exponent",
    "largest",
    "products",
    "stretched",
    "times_variable",
    "unstretched",
    "weighted",
]

Polynomial = dict[Powers, Fraction]


def curvatures(loss: fmpq_mpoly, variables: int) -> Array:
    """The eigenvalues of the Hessian at h = 0, increasing."""
    hessian = np.zeros((variables, variables))
    origin = (0,) * variables
    for i in range(variables):
        for j in range(variables):
            hessian[i, j] = float(fraction(loss[times_variable(times_variable(origin, i), j)])) * (2 if i == j else 1)
    values: Array = np.linalg.eigvalsh(hessian).astype(np.float64, copy=False)
    return values


def balanced(slopes: fmpq_mpoly) -> Fraction:
    """A power of 2 near the τ for which p(τu) has coefficients of degree 2, or the next, as large as the highest."""
    sizes: dict[int, float] = {}
    for powers, c in slopes.terms():
        degree = max(2, sum(map(int, powers)))
        sizes[degree] = max(sizes.get(degree, 0.0), abs(float(fraction(c))))
    low, high = min(sizes, default=0), max(sizes, default=0)
    if low == high:
        return Fraction(1)
    return power_of_two(round(float(np.log2(sizes[low] / sizes[high])) / (high - low)))


def stretched(polynomial: fmpq_mpoly, radius: Fraction) -> Polynomial:
    """p(τu) by its coefficients."""
    found = {tuple(map(int, powers)): fraction(c) for powers, c in polynomial.terms()}
    return {powers: c * radius ** sum(powers) for powers, c in found.items()}


def unstretched(basis: list[Powers], table: list[list[Fraction]], radius: Fraction) -> Iterator[Fraction]:
    """The lower triangle over the monomials of h = τu."""
    for i, left in enumerate(basis):
        for j, right in enumerate(basis[: i + 1]):
            yield table[i][j] / radius ** (sum(left) + sum(right))


def expanded(basis: list[Powers], table: list[list[Fraction]]) -> Iterator[tuple[Powers, Fraction]]:
    """The terms of zᵀQz, Q symmetric with this lower triangle."""
    for i, left in enumerate(basis):
        for j, right in enumerate(basis[: i + 1]):
            yield tuple(map(sum, zip(left, right, strict=True))), table[i][j] * (1 if i == j else 2)


def weighted(basis: list[Powers], table: list[list[Fraction]], tiny: Fraction) -> list[list[Fraction]]:
    """The Gram matrix over the monomials, from that with ``tiny`` instead of 1."""
    sizes = [tiny if not any(powers) else Fraction(1) for powers in basis]
    return [[entry * sizes[i] * sizes[j] for j, entry in enumerate(row)] for i, row in enumerate(table)]


def products(basis: list[Powers]) -> Iterator[Powers]:
    """All ordered pairs' products."""
    for left in basis:
        for right in basis:
            yield tuple(map(sum, zip(left, right, strict=True)))


def equations(
    basis: list[Powers], rows: dict[Powers, int], tiny: Fraction, inside: float = 1.0, variables: int = 0
) -> csr_matrix:
    """Coefficients of zᵀQz, or of zᵀQz·(inside − ‖u‖²), in the row-major entries of Q; ``tiny`` stands for 1 in z."""
    entries = []
    sizes = [float(tiny) if not any(powers) else 1.0 for powers in basis]
    for column, powers in enumerate(products(basis)):
        size = sizes[column // len(basis)] * sizes[column % len(basis)]
        degree = sum(powers)
        entries.append((rows[powers], column, inside * size / float(tiny) ** max(0, 2 - degree)))
        entries += [
            (rows[times_variable(times_variable(powers, index), index)], column, -size) for index in range(variables)
        ]
    row, column_, value = (np.array(part) for part in zip(*entries, strict=True))
    return csr_matrix((value, (row.astype(int), column_.astype(int))), shape=(len(rows), len(basis) ** 2))


def times_variable(powers: Powers, index: int) -> Powers:
    """Times the variable."""
    return (*powers[:index], powers[index] + 1, *powers[index + 1 :])


def add(polynomial: Polynomial, powers: Powers, value: Fraction) -> None:
    """Add one term in place."""
    polynomial[powers] = polynomial.get(powers, Fraction(0)) + value


def largest(polynomial: Polynomial) -> float:
    """The size of the largest coefficient, 1 if there is none."""
    return max((abs(float(c)) for c in polynomial.values()), default=0.0) or 1.0


def exponent(polynomial: Polynomial) -> int:
    """The power of 2 next to the largest coefficient, by which the equations are divided."""
    return round(float(np.log2(largest(polynomial))))
