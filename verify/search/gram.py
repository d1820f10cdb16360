"""The semidefinite programs behind a sum-of-squares certificate, and exact rounding of their solutions.

Everything is solved in u = h/τ, with a scale τ that balances the coefficients of ‖∇f‖² of lowest and highest degree.
The first program maximises μ; the second looks for the Gram matrices deepest inside the cone for a given μ; rounding to
multiples of 2⁻⁴⁰ and projecting Q_0 onto the coefficient equations exactly (Peyrl–Parrilo) keeps them positive definite
if the margin is large enough.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from flint import fmpq_mpoly

from certificates.enclosures.quadratic.polynomials import Powers, gradient_square, monomials, rational
from certificates.subjects import PolynomialProblem
from verify.search.conic import USABLE, statuses
from verify.search.dyadic import dyadic_table, fraction, power_of_two
from verify.search.quadratic import Array
from verify.search.scaled_polynomials import (
    Polynomial,
    add,
    curvatures,
    equations,
    expanded,
    exponent,
    largest,
    products,
    stretched,
    times_variable,
    unstretched,
    weighted,
)

__all__ = ["SMALLEST", "GramSearch"]

SMALLEST = 1e-9  # a number below this share of its like is the solver's noise


@dataclass(frozen=True)
class GramSearch:
    """The coefficient equations of one ball, in u = h/τ."""

    problem: PolynomialProblem
    centre: tuple[Fraction, ...]
    radius: Fraction
    level: Fraction
    loss: fmpq_mpoly
    lowest: int
    scale: Fraction

    @property
    def tiny(self) -> Fraction:
        """What stands for the monomial 1 while searching: with it, its entry in Q_0 is like the others."""
        if self.lowest:
            return Fraction(1)
        above = float(self.level - fraction(self.loss[(0,) * self.problem.variables]))
        slopes, _ = self._both()
        return power_of_two(round(float(np.log2(2 * self.ceiling * above / 2.0 ** exponent(slopes))) / 2))

    @property
    def ceiling(self) -> float:
        """No constant above this is asked for: the smallest eigenvalue of the Hessian, or the size of a constant."""
        smallest = float(curvatures(self.loss, self.problem.variables)[0])
        return smallest if smallest > SMALLEST * self.unit else self.unit

    @property
    def first(self) -> list[Powers]:
        """z_0."""
        return monomials(self.problem.variables, self.lowest, self.problem.degree - 1)

    @property
    def second(self) -> list[Powers]:
        """z_1."""
        return monomials(self.problem.variables, self.lowest, self.problem.degree - 2)

    @property
    def unit(self) -> float:
        """The largest coefficient of ‖∇f‖² over that of f: the size of a constant."""
        slopes, heights = self._both()
        return largest(slopes) / largest(heights)

    def _both(self) -> tuple[Polynomial, Polynomial]:
        """‖∇f‖² and f − level, in u."""
        heights = self.loss - rational(self.level)
        return stretched(gradient_square(self.loss), self.scale), stretched(heights, self.scale)

    def _programme(self, constant: Any, slack: Any) -> tuple[list[Any], Any, Any]:
        """Constraints for Q_0 − slack·I ⪰ 0, Q_1 − slack·I ⪰ 0 and the identity over a power of 2."""
        import cvxpy as cp

        slopes, heights = self._both()
        first, second = self.first, self.second
        targets = sorted(set(products(first)) | set(slopes) | set(heights))
        rows = {powers: row for row, powers in enumerate(targets)}
        unit = 2.0 ** exponent(slopes)
        q0 = cp.Variable((len(first), len(first)), symmetric=True)
        left = equations(first, rows, self.tiny) @ cp.vec(q0, order="C")
        constraints = [q0 - slack * np.eye(len(first)) >> 0]
        q1 = cp.Variable((len(second), len(second)), symmetric=True) if second else None
        if q1 is not None:
            constraints.append(q1 - slack * np.eye(len(second)) >> 0)
            inside = equations(second, rows, self.tiny, float(self.radius / self.scale) ** 2, self.problem.variables)
            left = left + inside @ cp.vec(q1, order="C")
        sizes = [unit * float(self.tiny) ** max(0, 2 - sum(powers)) for powers in targets]
        goal = [float(slopes.get(powers, 0)) / size for powers, size in zip(targets, sizes, strict=True)]
        price = [2 * float(heights.get(powers, 0)) / size for powers, size in zip(targets, sizes, strict=True)]
        constraints.append(left == np.array(goal) - constant * np.array(price))
        return constraints, q0, q1

    def largest_constant(self) -> float | None:
        """The optimum of μ in floating point, or ``None``."""
        import cvxpy as cp

        constant = cp.Variable()
        constraints, _, _ = self._programme(constant, 0.0)
        constraints.append(constant <= self.ceiling)
        return float(constant.value) if _solve(cp.Problem(cp.Maximize(constant), constraints)) else None

    def deepest(self, constant: Fraction) -> tuple[Array, Array] | None:
        """Gram matrices far inside the cone, over the same power of 2, or ``None``."""
        import cvxpy as cp

        slack = cp.Variable()
        constraints, q0, q1 = self._programme(float(constant), slack)
        if not _solve(cp.Problem(cp.Maximize(slack), [*constraints, slack <= 1])) or not float(slack.value) > 0:
            return None
        return np.asarray(q0.value), np.zeros((0, 0)) if q1 is None else np.asarray(q1.value)

    def rounded(
        self, constant: Fraction, gram0: Array, gram1: Array
    ) -> tuple[tuple[Fraction, ...], tuple[Fraction, ...]]:
        """Q_1 rounded, Q_0 rounded and moved onto the equations; lower triangles in h, not u."""
        slopes, heights = self._both()
        unit = power_of_two(exponent(slopes))
        first, second = self.first, self.second
        table0, table1 = (
            weighted(basis, dyadic_table(gram, unit), self.tiny) for basis, gram in ((first, gram0), (second, gram1))
        )
        missing = dict(slopes)
        for powers, height in heights.items():
            add(missing, powers, -2 * constant * height)
        for powers, entry in expanded(second, table1):
            add(missing, powers, -entry * (self.radius / self.scale) ** 2)
            for index in range(self.problem.variables):
                add(missing, times_variable(times_variable(powers, index), index), entry)
        for powers, entry in expanded(first, table0):
            add(missing, powers, -entry)
        counts: dict[Powers, int] = {}
        for powers in products(first):
            counts[powers] = counts.get(powers, 0) + 1
        for i, left in enumerate(first):
            for j, right in enumerate(first[: i + 1]):
                powers = tuple(map(sum, zip(left, right, strict=True)))
                table0[i][j] += missing.get(powers, Fraction(0)) / counts[powers]
        inside = self.scale * self.scale
        return (
            tuple(unstretched(first, table0, self.scale)),
            tuple(entry / inside for entry in unstretched(second, table1, self.scale)),
        )


# ---- the solver -------------------------------------------------------------------------------------------------

_SOLVERS: dict[str, dict[str, Any]] = {"CLARABEL": {}, "SCS": {"eps_abs": 1e-8, "eps_rel": 1e-8, "max_iters": 20_000}}


def _solve(program: Any) -> bool:
    """Clarabel, then SCS; whether one of them returned a usable point. Nothing of it is trusted."""
    for status in statuses(program, _SOLVERS):
        if status in USABLE:
            return bool(np.isfinite(program.value))
        if status in ("infeasible", "unbounded"):
            return False
    return False
