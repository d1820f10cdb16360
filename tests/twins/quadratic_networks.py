"""Quadratic networks with symbols for everything: derivatives by differentiation, and the closed forms beside them.

Networks Σ_l v_l (w_l·x)² with W (k × d), data X (n × d), labels y, L = ‖q − y‖²/(2n) (theory 3.1, 3.3). M = WᵀD_vW,
𝒜(M)_i = x_iᵀMx_i, q = 𝒜(M), r = q − y, G = (1/n)Xᵀdiag(r)X. vec goes along the rows of W.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import sympy as sp

__all__ = ["IDENTITIES", "Identity", "SymbolicNetwork", "bilinear_form", "defect", "multiplied_out"]


@dataclass(frozen=True)
class SymbolicNetwork:
    """A network of given shape whose numbers are symbols.

    Parameters
    ----------
    units, dimension, samples
        k, d, n.
    """

    units: int
    dimension: int
    samples: int

    @cached_property
    def weights(self) -> sp.Matrix:
        """W, k × d."""
        return _matrix("w", self.units, self.dimension)

    @cached_property
    def outer(self) -> sp.Matrix:
        """v, k × 1."""
        return _matrix("v", self.units, 1)

    @cached_property
    def inputs(self) -> sp.Matrix:
        """X, n × d."""
        return _matrix("x", self.samples, self.dimension)

    @cached_property
    def labels(self) -> sp.Matrix:
        """y, n × 1."""
        return _matrix("y", self.samples, 1)

    def measured(self, matrix: sp.Matrix) -> sp.Matrix:
        """𝒜(M), n × 1."""
        return sp.Matrix([self.inputs[i, :] * matrix * self.inputs[i, :].T for i in range(self.samples)])

    def adjoint(self, column: sp.Matrix) -> sp.Matrix:
        """𝒜*(c) = Xᵀdiag(c)X."""
        return self.inputs.T * sp.diag(*column) * self.inputs

    @cached_property
    def matrix(self) -> sp.Matrix:
        """M(W) = WᵀD_vW."""
        return self.weights.T * sp.diag(*self.outer) * self.weights

    @cached_property
    def outputs(self) -> sp.Matrix:
        """q by its definition, Σ_l v_l (w_l·x_i)²."""
        hidden = self.inputs * self.weights.T
        return hidden.applyfunc(lambda z: z**2) * self.outer

    @cached_property
    def residual(self) -> sp.Matrix:
        """r = q − y."""
        return self.outputs - self.labels

    @cached_property
    def force(self) -> sp.Matrix:
        """G = (1/n)𝒜*(r)."""
        return self.adjoint(self.residual) / self.samples

    @cached_property
    def loss(self) -> sp.Expr:
        """L = ‖r‖²/(2n)."""
        return self.residual.dot(self.residual) / (2 * self.samples)

    def convex_loss(self, matrix: sp.Matrix) -> sp.Expr:
        """ℓ(M) = ‖𝒜(M) − y‖²/(2n)."""
        residual = self.measured(matrix) - self.labels
        return residual.dot(residual) / (2 * self.samples)

    def dual_value(self, vector: sp.Matrix) -> sp.Expr:
        """𝒟(ν) = −(ν·y + ½‖ν‖²)/n."""
        return -(vector.dot(self.labels) + vector.dot(vector) / 2) / self.samples

    @cached_property
    def gradient(self) -> sp.Matrix:
        """∇L by differentiation, k × d."""
        return self.weights.applyfunc(lambda w: sp.diff(self.loss, w))

    @cached_property
    def jacobian(self) -> sp.Matrix:
        """The derivative of q, n × kd."""
        return self.outputs.jacobian(list(self.weights))

    @cached_property
    def hessian(self) -> sp.Matrix:
        """∇²L by differentiation, kd × kd."""
        return sp.Matrix(list(self.gradient)).jacobian(list(self.weights))

    @cached_property
    def gradient_closed(self) -> sp.Matrix:
        """2D_vWG, equation (3.1.1)."""
        return 2 * sp.diag(*self.outer) * self.weights * self.force

    @cached_property
    def jacobian_closed(self) -> sp.Matrix:
        """Rows 2(D_vWx_i) ⊗ x_i, equation (3.1.2)."""
        rows = [sp.diag(*self.outer) * self.weights * self.inputs[i, :].T for i in range(self.samples)]
        return sp.Matrix([2 * sp.kronecker_product(row.T, self.inputs[i, :]) for i, row in enumerate(rows)])

    @cached_property
    def hessian_closed(self) -> sp.Matrix:
        """(1/n)JᵀJ + 2D_v ⊗ G, equation (3.1.3)."""
        curved = 2 * sp.kronecker_product(sp.diag(*self.outer), self.force)
        return self.jacobian_closed.T * self.jacobian_closed / self.samples + curved


def bilinear_form(network: SymbolicNetwork, direction: sp.Matrix) -> sp.Expr:
    """D²L(W)[U, U] = (4/n)Σ(x_iᵀWᵀD_vUx_i)² + 2⟨G, UᵀD_vU⟩, equation (3.1.3)."""
    signs = sp.diag(*network.outer)
    mixed = network.measured(network.weights.T * signs * direction)
    turned = direction.T * signs * direction
    return sp.Rational(4, network.samples) * mixed.dot(mixed) + 2 * _inner(network.force, turned)


Identity = Callable[[SymbolicNetwork], tuple[sp.Matrix, sp.Matrix]]


def _gradient(net: SymbolicNetwork) -> tuple[sp.Matrix, sp.Matrix]:
    return net.gradient, net.gradient_closed


def _jacobian(net: SymbolicNetwork) -> tuple[sp.Matrix, sp.Matrix]:
    flat = net.jacobian_closed.T * net.residual / net.samples
    return (
        sp.Matrix([*net.jacobian, *net.gradient]),
        sp.Matrix([*net.jacobian_closed, *flat]),
    )


def _hessian(net: SymbolicNetwork) -> tuple[sp.Matrix, sp.Matrix]:
    return net.hessian, net.hessian_closed


def _form(net: SymbolicNetwork) -> tuple[sp.Matrix, sp.Matrix]:
    direction = _matrix("u", net.units, net.dimension)
    flat = sp.Matrix(list(direction))
    return flat.T * net.hessian_closed * flat, sp.Matrix([bilinear_form(net, direction)])


def _euler(net: SymbolicNetwork) -> tuple[sp.Matrix, sp.Matrix]:
    pairing = _inner(net.force, net.matrix)
    half = _inner(net.weights, net.gradient_closed) / 2
    return sp.Matrix([pairing, pairing]), sp.Matrix([half, net.residual.dot(net.outputs) / net.samples])


def _expansion(net: SymbolicNetwork) -> tuple[sp.Matrix, sp.Matrix]:
    here, there = _symmetric("m", net.dimension), _symmetric("s", net.dimension)
    force = net.adjoint(net.measured(here) - net.labels) / net.samples
    moved = net.measured(there - here)
    right = net.convex_loss(here) + _inner(force, there - here) + moved.dot(moved) / (2 * net.samples)
    return sp.Matrix([net.convex_loss(there)]), sp.Matrix([right])


def _rank_one(net: SymbolicNetwork) -> tuple[sp.Matrix, sp.Matrix]:
    u, b = _matrix("u", net.units, 1), _matrix("b", net.dimension, 1)
    signs = sp.diag(*net.outer)
    a = net.weights.T * signs * u
    squares = sum(((net.inputs[i, :] * a)[0] ** 2 * (net.inputs[i, :] * b)[0] ** 2 for i in range(net.samples)), 0)
    curved = 2 * (u.T * signs * u)[0] * (b.T * net.force * b)[0]
    return sp.Matrix([bilinear_form(net, u * b.T)]), sp.Matrix([sp.Rational(4, net.samples) * squares + curved])


def _duality(net: SymbolicNetwork) -> tuple[sp.Matrix, sp.Matrix]:
    matrix, vector = _symmetric("m", net.dimension), _matrix("n", net.samples, 1)
    missed = net.measured(matrix) - net.labels - vector
    right = missed.dot(missed) / (2 * net.samples) + _inner(net.adjoint(vector), matrix) / net.samples
    return sp.Matrix([net.convex_loss(matrix) - net.dual_value(vector)]), sp.Matrix([right])


def _self_dual(net: SymbolicNetwork) -> tuple[sp.Matrix, sp.Matrix]:
    t = sp.Symbol("t", real=True)
    shifted = net.residual + t * sp.ones(net.samples, 1)
    mean = sum(net.outputs, sp.Integer(0)) / net.samples
    gap = net.loss - net.dual_value(shifted)
    return sp.Matrix([gap]), sp.Matrix([t**2 / 2 + _inner(net.force, net.matrix) + t * mean])


IDENTITIES: Mapping[str, Identity] = {
    "1.1 gradient": _gradient,
    "1.2 Jacobian": _jacobian,
    "1.3 Hessian": _hessian,
    "1.3 form": _form,
    "1.4 Euler": _euler,
    "1.5 expansion": _expansion,
    "1.6 rank one": _rank_one,
    "3.1 duality": _duality,
    "3.2 self-dual": _self_dual,
}


def defect(identity: Identity, network: SymbolicNetwork) -> sp.Matrix:
    """Left side minus right side, multiplied out; zero exactly when the identity holds for this shape.

    Examples
    --------
    >>> defect(IDENTITIES["1.1 gradient"], SymbolicNetwork(1, 1, 1))
    Matrix([[0]])
    """
    left, right = identity(network)
    return (left - right).applyfunc(multiplied_out)


def multiplied_out(entry: sp.Expr) -> sp.Expr:
    """As a polynomial, which is many times faster than ``expand``."""
    return sp.Poly(entry, *entry.free_symbols).as_expr() if entry.free_symbols else entry


def _matrix(name: str, rows: int, columns: int) -> sp.Matrix:
    return sp.Matrix(rows, columns, lambda i, j: sp.Symbol(f"{name}_{{{i + 1},{j + 1}}}", real=True))


def _symmetric(name: str, order: int) -> sp.Matrix:
    return sp.Matrix(order, order, lambda i, j: sp.Symbol(f"{name}_{{{min(i, j) + 1},{max(i, j) + 1}}}", real=True))


def _inner(left: sp.Matrix, right: sp.Matrix) -> sp.Expr:
    return sum((a * b for a, b in zip(left, right, strict=True)), sp.Integer(0))
