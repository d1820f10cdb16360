"""Quadratic forms of population Hessians at the planted weights: theorem 2.2, and erf0 for any weights (S5)."""

from __future__ import annotations

import sympy as sp

from tests.twins.isserlis import coordinates, polynomial_mean
from verify.symbolic.closed_forms import zhong_terms
from verify.symbolic.expressions import SIGMA, Z
from verify.symbolic.gaussian_tilt import CURVATURE, TILT, generating_function

__all__ = [
    "erf0_block",
    "erf0_block_closed",
    "erf0_gram",
    "hessian_form",
    "joint_generating_function",
    "orthogonal_form",
]


def hessian_form(slope: sp.Expr, directions: sp.Matrix) -> sp.Expr:
    """E[(Σ_j φ'(σx_j) x·b_j)²] for a polynomial φ', by the means of monomials.

    Parameters
    ----------
    slope
        φ', a polynomial of :data:`Z`.
    directions
        b, d × k: column j is v_j a_j.
    """
    d, k = directions.shape
    x = coordinates(d)
    form = sum((slope.subs(Z, SIGMA * x[j]) * x.dot(directions[:, j]) for j in range(k)), sp.Integer(0))
    return polynomial_mean(sp.expand(sp.expand(form) ** 2), list(x))


def orthogonal_form(moments: dict[tuple[int, int], sp.Expr], b: sp.Matrix) -> sp.Expr:
    """The right side of theorem 2.2, in α₁₀, α₁₁, α₁₂, T₁, T₂.

    Parameters
    ----------
    moments
        α_{i,j}, as :func:`zhong_terms` takes them.
    b
        d × k, k ≤ d, as in :func:`hessian_form`.
    """
    d, k = b.shape
    a10, a11, a12 = moments[1, 0], moments[1, 1], moments[1, 2]
    first, second, _ = zhong_terms(moments)
    u = [b[j, j] for j in range(k)]
    row_terms = [
        (a12 * u[p] if p < k else 0) + a10 * sum((b[p, j] for j in range(k) if j != p), sp.Integer(0)) for p in range(d)
    ]
    symmetric = sum(((b[p, j] + b[j, p]) ** 2 for p in range(k) for j in range(p + 1, k)), sp.Integer(0))
    outside = sum((b[p, j] ** 2 for p in range(k, d) for j in range(k)), sp.Integer(0))
    off_diagonal = sum((b[p, j] ** 2 for p in range(d) for j in range(k) if p != j), sp.Integer(0))
    squares = sum((row**2 for row in row_terms), sp.Integer(0))
    rank_one = sum(u, sp.Integer(0)) ** 2 + symmetric + outside
    return a11**2 * rank_one + squares + second * sum(c**2 for c in u) + first * off_diagonal


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


def erf0_block(u: sp.Matrix, v: sp.Matrix) -> sp.Matrix:
    """E[e^{−(u·x)² − (v·x)²} xxᵀ], by integration: second derivatives in t of the joint generating function at 0.

    Examples
    --------
    >>> erf0_block(sp.Matrix([0]), sp.Matrix([2]))
    Matrix([[1/27]])
    """
    t = coordinates(u.rows, "t")
    generating = joint_generating_function(_precision(u, v), t)
    return sp.hessian(generating, list(t)).subs(dict.fromkeys(t, 0))


def erf0_block_closed(u: sp.Matrix, v: sp.Matrix) -> sp.Matrix:
    """det(P)^{−1/2} P⁻¹ with P = I + 2(uuᵀ + vvᵀ): the closed form of :func:`erf0_block`."""
    precision = _precision(u, v)
    determinant = sp.factor(precision.det())
    return precision.adjugate() / determinant ** sp.Rational(3, 2)


def erf0_gram(weights: sp.Matrix, outputs: sp.Matrix) -> sp.Matrix:
    """∇²f at the planted weights of f = ½E[(Σ v_j φ(w_j·x) − y)²], φ = erf0: blocks v_i v_j E[φ'(w_i·x) φ'(w_j·x) xxᵀ].

    Parameters
    ----------
    weights
        d × k, column j is w_j; any weights.
    outputs
        v, k × 1.
    """
    k = weights.cols
    blocks = [
        [outputs[i] * outputs[j] * erf0_block_closed(weights[:, i], weights[:, j]) for j in range(k)] for i in range(k)
    ]
    return sp.Matrix(sp.BlockMatrix(blocks).as_explicit())


def _precision(u: sp.Matrix, v: sp.Matrix) -> sp.Matrix:
    return sp.eye(u.rows) + 2 * (u * u.T + v * v.T)
