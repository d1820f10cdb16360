"""Planted factors M♮ with symbols for everything: Wick's population gradient, the state evolution, local identities.

M, M♮ are n × r, x ~ N(0, I_n) or m given rows, S = MMᵀ − M♮M♮ᵀ (theory 3.6, after Xia and Shi):
ℒ = (1/4m)Σ(‖x_iᵀM‖² − ‖x_iᵀM♮‖²)² and ℱ = E ℒ.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import sympy as sp

from tests.twins.isserlis import coordinates, polynomial_mean

__all__ = ["PlantedFactor", "one_column", "state_evolution"]


@dataclass(frozen=True)
class PlantedFactor:
    """M, M♮ and m inputs of given shape; all numbers are symbols.

    Parameters
    ----------
    dimension, columns, samples
        n, r, m.
    """

    dimension: int
    columns: int
    samples: int = 1

    @cached_property
    def factor(self) -> sp.Matrix:
        """M."""
        return _matrix("m", self.dimension, self.columns)

    @cached_property
    def planted(self) -> sp.Matrix:
        """M♮."""
        return _matrix("p", self.dimension, self.columns)

    @cached_property
    def inputs(self) -> sp.Matrix:
        """Rows x_i, m × n."""
        return _matrix("x", self.samples, self.dimension)

    @cached_property
    def defect(self) -> sp.Matrix:
        """S = MMᵀ − M♮M♮ᵀ."""
        return self.factor * self.factor.T - self.planted * self.planted.T

    @cached_property
    def loss(self) -> sp.Expr:
        """ℒ."""
        rows = [self.inputs[i, :] for i in range(self.samples)]
        squares = [((row * self.defect * row.T)[0]) ** 2 for row in rows]
        return sum(squares, sp.Integer(0)) / (4 * self.samples)

    @cached_property
    def gradient(self) -> sp.Matrix:
        """∇ℒ by differentiation."""
        return self.factor.applyfunc(lambda entry: sp.diff(self.loss, entry))

    @cached_property
    def gradient_closed(self) -> sp.Matrix:
        """(1/m)Σ(‖x_iᵀM‖² − y_i)x_ix_iᵀM, the paper's (7)."""
        total = sp.zeros(self.dimension, self.columns)
        for i in range(self.samples):
            row = self.inputs[i, :]
            total += (row * self.defect * row.T)[0] * row.T * row * self.factor
        return total / self.samples

    @cached_property
    def population_loss(self) -> sp.Expr:
        """ℱ = ¼E(xᵀSx)², by the means of monomials."""
        x = coordinates(self.dimension)
        return polynomial_mean(sp.expand((x.T * self.defect * x)[0] ** 2), list(x)) / 4

    @cached_property
    def population_loss_closed(self) -> sp.Expr:
        """¼[(tr S)² + 2‖S‖²]."""
        return (self.defect.trace() ** 2 + 2 * (self.defect * self.defect.T).trace()) / 4

    @cached_property
    def population_gradient(self) -> sp.Matrix:
        """∇ℱ by differentiating the mean."""
        return self.factor.applyfunc(lambda entry: sp.diff(self.population_loss, entry))

    @cached_property
    def population_gradient_closed(self) -> sp.Matrix:
        """[(tr S)I + 2S]M."""
        return (self.defect.trace() * sp.eye(self.dimension) + 2 * self.defect) * self.factor

    def local_terms(self, direction: sp.Matrix) -> tuple[sp.Matrix, sp.Matrix]:
        """a_i = x_iᵀHM♮ᵀx_i and b_i = ‖Hᵀx_i‖² for M = M♮ + H, equation (3.6.1)."""
        rows = [self.inputs[i, :] for i in range(self.samples)]
        first = sp.Matrix([(row * direction * self.planted.T * row.T)[0] for row in rows])
        second = sp.Matrix([(row * direction * direction.T * row.T)[0] for row in rows])
        return first, second


def one_column(dimension: int, columns: int) -> sp.Matrix:
    """M♮ = [e₁, …, e₁], the paper's "without loss of generality".

    Examples
    --------
    >>> one_column(2, 3)
    Matrix([
    [1, 1, 1],
    [0, 0, 0]])
    """
    return sp.Matrix(dimension, columns, lambda i, _: int(i == 0))


def state_evolution(factor: sp.Matrix, step: sp.Expr) -> tuple[sp.Matrix, sp.Matrix]:
    """A and B of (12): with M♮ = [e₁, …, e₁] the first row of M is multiplied by A, the others by B.

    A = [1 + μ(3r − ‖M‖²)]I − 2μMᵀM and B = [1 + μ(r − ‖M‖²)]I − 2μMᵀM.

    Examples
    --------
    >>> A, B = state_evolution(sp.eye(2) / 2, sp.Rational(1, 100))
    >>> A[0, 0], B[0, 0]
    (21/20, 101/100)
    """
    r = factor.cols
    gram = factor.T * factor
    squared = gram.trace()
    signal, rest = 1 + step * (3 * r - squared), 1 + step * (r - squared)
    return signal * sp.eye(r) - 2 * step * gram, rest * sp.eye(r) - 2 * step * gram


def _matrix(name: str, rows: int, columns: int) -> sp.Matrix:
    return sp.Matrix(rows, columns, lambda i, j: sp.Symbol(f"{name}_{{{i + 1},{j + 1}}}", real=True))
