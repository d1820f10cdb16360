"""Tensor identities of one neuron, S1–S4 (theory 2.7), with σ = ‖w‖ and moments at σ.

(S1) E[φ'(w·x)] = α₁₀, E[φ'(w·x) x] = α₁₁ ŵ, E[φ'(w·x)ⁱ xxᵀ] = α_{i0} I + (α_{i2} − α_{i0}) ŵŵᵀ.
(S2) E[φ(w·x) x] = μ w, E[φ(w·x)(xxᵀ − I)] = γ wwᵀ.
(S3), (S4) E[φ(w·x) He_k(x)] = c_k w^{⊗k} for k = 3, 4, with c_k = E[φ^{(k)}(σz)].

For polynomials both sides are finite sums; the functions below compute the left sides by Isserlis.
"""

from __future__ import annotations

from itertools import product
from typing import TypeAlias

import sympy as sp

from tests.twins.hermite import hermite_tensor
from tests.twins.isserlis import coordinates, isserlis, polynomial_mean
from verify.symbolic.expressions import SIGMA, Z

__all__ = [
    "squared_form_mean",
    "derivative_mean",
    "fourth_hermite",
    "neuron_tensor",
    "outer_power",
    "second_moment",
    "third_hermite",
]

Tensor: TypeAlias = sp.ImmutableDenseNDimArray


def outer_power(vector: sp.Matrix, order: int) -> Tensor:
    """w^{⊗k}."""
    d = vector.rows
    entries = [sp.expand(sp.prod([vector[i] for i in index])) for index in product(range(d), repeat=order)]
    return Tensor(entries, (d,) * order)


def third_hermite(x: sp.Matrix) -> Tensor:
    """x^{⊗3} − x ⊗̃ I, where (x ⊗̃ I)_{ijk} = x_i δ_jk + x_j δ_ik + x_k δ_ij.

    Examples
    --------
    >>> third_hermite(sp.Matrix([Z]))
    [[[z**3 - 3*z]]]
    """
    d = x.rows
    entries = [
        x[i] * x[j] * x[k] - (x[i] * _delta(j, k) + x[j] * _delta(i, k) + x[k] * _delta(i, j))
        for i, j, k in product(range(d), repeat=3)
    ]
    return Tensor(entries, (d,) * 3)


def fourth_hermite(x: sp.Matrix) -> Tensor:
    """x^{⊗4} − sym₆(xxᵀ ⊗ I) + sym₃(I ⊗ I): the six ways to leave a pair of positions to x, the three pairings."""
    d = x.rows
    entries = []
    for index in product(range(d), repeat=4):
        value = sp.prod([x[i] for i in index])
        for a, b, c, e in ((0, 1, 2, 3), (0, 2, 1, 3), (0, 3, 1, 2)):
            i, j, k, m = (index[p] for p in (a, b, c, e))
            value += _delta(i, j) * _delta(k, m) - x[i] * x[j] * _delta(k, m) - x[k] * x[m] * _delta(i, j)
        entries.append(value)
    return Tensor(entries, (d,) * 4)


def neuron_tensor(activation: sp.Expr, weights: sp.Matrix, order: int) -> Tensor:
    """E[φ(w·x) He_k(x)] for a polynomial φ of :data:`Z`; order 0 is a number.

    Examples
    --------
    >>> neuron_tensor(Z**3, sp.Matrix([2]), 3)
    [[[48]]]
    """
    x = coordinates(weights.rows)
    value = sp.expand(activation.subs(Z, weights.dot(x)))
    tensor = hermite_tensor(order, weights.rows)
    entries = [polynomial_mean(sp.expand(value * entry), list(x)) for entry in sp.flatten(tensor)]
    return Tensor(entries, (weights.rows,) * order)


def second_moment(function: sp.Expr, weights: sp.Matrix) -> sp.Matrix:
    """E[F(w·x) xxᵀ] for a polynomial F of :data:`Z`."""
    x = coordinates(weights.rows)
    value = sp.expand(function.subs(Z, weights.dot(x)))
    return (x * x.T).applyfunc(lambda entry: polynomial_mean(sp.expand(value * entry), list(x)))


def derivative_mean(activation: sp.Expr, order: int) -> sp.Expr:
    """c_k(σ) = E[φ^{(k)}(σz)] for a polynomial φ.

    Examples
    --------
    >>> derivative_mean(Z**5, 3)
    60*sigma**2
    """
    return polynomial_mean(sp.expand(sp.diff(activation, Z, order).subs(Z, SIGMA * Z)))


def _delta(i: int, j: int) -> int:
    return int(i == j)


def squared_form_mean(matrix: sp.Matrix) -> sp.Expr:
    """E[⟨xxᵀ, A⟩²] = Σ a_{ij} a_{kl} E[x_i x_j x_k x_l], by Isserlis.

    It equals (tr A)² + ½‖A + Aᵀ‖², so it vanishes exactly for antisymmetric A.

    Examples
    --------
    >>> squared_form_mean(sp.Matrix([[0, 1], [-1, 0]]))
    0
    """
    entries = [(i, j, matrix[i, j]) for i in range(matrix.rows) for j in range(matrix.cols)]
    total = sum((a * b * isserlis([i, j, k, m]) for i, j, a in entries for k, m, b in entries), sp.Integer(0))
    return sp.expand(total)
