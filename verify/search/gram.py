"""The semidefinite programs behind a sum-of-squares certificate, and exact rounding of their solutions.

Everything is solved in u = h/τ, with a scale τ that balances the coefficients of ‖∇f‖² of lowest and highest degree.
The first program maximises μ; the second looks for the Gram matrices deepest inside the cone for a given μ; rounding to
multiples of 2⁻⁴⁰ and projecting Q_0 onto the coefficient equations exactly (Peyrl–Parrilo) keeps them positive definite
if the margin is large enough.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from flint import fmpq_mpoly
from scipy.sparse import csr_matrix

from certificates.enclosures.quadratic.polynomials import Powers, gradient_square, monomials, rational
from certificates.subjects import PolynomialProblem
from verify.search.quadratic import Array

__all__ = [
    "SMALLEST",
    "GramSearch",
    "balanced",
    "curvatures",
    "dyadic_below",
    "exponent",
    "fraction",
    "power_of_two",
    "stretched",
    "times_variable",
]

Polynomial = dict[Powers, Fraction]

SMALLEST = 1e-9  # a number below this share of its like is the solver's noise
_BITS = 40


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
        return _largest(slopes) / _largest(heights)

    def _both(self) -> tuple[Polynomial, Polynomial]:
        """‖∇f‖² and f − level, in u."""
        heights = self.loss - rational(self.level)
        return stretched(gradient_square(self.loss), self.scale), stretched(heights, self.scale)

    def _programme(self, constant: Any, slack: Any) -> tuple[list[Any], Any, Any]:
        """Constraints for Q_0 − slack·I ⪰ 0, Q_1 − slack·I ⪰ 0 and the identity over a power of 2."""
        import cvxpy as cp

        slopes, heights = self._both()
        first, second = self.first, self.second
        targets = sorted(set(_products(first)) | set(slopes) | set(heights))
        rows = {powers: row for row, powers in enumerate(targets)}
        unit = 2.0 ** exponent(slopes)
        q0 = cp.Variable((len(first), len(first)), symmetric=True)
        left = _equations(first, rows, self.tiny) @ cp.vec(q0, order="C")
        constraints = [q0 - slack * np.eye(len(first)) >> 0]
        q1 = cp.Variable((len(second), len(second)), symmetric=True) if second else None
        if q1 is not None:
            constraints.append(q1 - slack * np.eye(len(second)) >> 0)
            inside = _equations(second, rows, self.tiny, float(self.radius / self.scale) ** 2, self.problem.variables)
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
            _weighted(basis, _dyadic_table(gram, unit), self.tiny) for basis, gram in ((first, gram0), (second, gram1))
        )
        missing = dict(slopes)
        for powers, height in heights.items():
            _add(missing, powers, -2 * constant * height)
        for powers, entry in _expanded(second, table1):
            _add(missing, powers, -entry * (self.radius / self.scale) ** 2)
            for index in range(self.problem.variables):
                _add(missing, times_variable(times_variable(powers, index), index), entry)
        for powers, entry in _expanded(first, table0):
            _add(missing, powers, -entry)
        counts: dict[Powers, int] = {}
        for powers in _products(first):
            counts[powers] = counts.get(powers, 0) + 1
        for i, left in enumerate(first):
            for j, right in enumerate(first[: i + 1]):
                powers = tuple(map(sum, zip(left, right, strict=True)))
                table0[i][j] += missing.get(powers, Fraction(0)) / counts[powers]
        inside = self.scale * self.scale
        return (
            tuple(_unstretched(first, table0, self.scale)),
            tuple(entry / inside for entry in _unstretched(second, table1, self.scale)),
        )


# ---- polynomials in u -------------------------------------------------------------------------------------------


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


def _unstretched(basis: list[Powers], table: list[list[Fraction]], radius: Fraction) -> Iterator[Fraction]:
    """The lower triangle over the monomials of h = τu."""
    for i, left in enumerate(basis):
        for j, right in enumerate(basis[: i + 1]):
            yield table[i][j] / radius ** (sum(left) + sum(right))


def _expanded(basis: list[Powers], table: list[list[Fraction]]) -> Iterator[tuple[Powers, Fraction]]:
    """The terms of zᵀQz, Q symmetric with this lower triangle."""
    for i, left in enumerate(basis):
        for j, right in enumerate(basis[: i + 1]):
            yield tuple(map(sum, zip(left, right, strict=True))), table[i][j] * (1 if i == j else 2)


def _weighted(basis: list[Powers], table: list[list[Fraction]], tiny: Fraction) -> list[list[Fraction]]:
    """The Gram matrix over the monomials, from that with ``tiny`` instead of 1."""
    sizes = [tiny if not any(powers) else Fraction(1) for powers in basis]
    return [[entry * sizes[i] * sizes[j] for j, entry in enumerate(row)] for i, row in enumerate(table)]


def _products(basis: list[Powers]) -> Iterator[Powers]:
    """All ordered pairs' products."""
    for left in basis:
        for right in basis:
            yield tuple(map(sum, zip(left, right, strict=True)))


def _equations(
    basis: list[Powers], rows: dict[Powers, int], tiny: Fraction, inside: float = 1.0, variables: int = 0
) -> csr_matrix:
    """Coefficients of zᵀQz, or of zᵀQz·(inside − ‖u‖²), in the row-major entries of Q; ``tiny`` stands for 1 in z."""
    entries = []
    sizes = [float(tiny) if not any(powers) else 1.0 for powers in basis]
    for column, powers in enumerate(_products(basis)):
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


def _add(polynomial: Polynomial, powers: Powers, value: Fraction) -> None:
    polynomial[powers] = polynomial.get(powers, Fraction(0)) + value


# ---- numbers ----------------------------------------------------------------------------------------------------


def _dyadic_table(gram: Array, unit: Fraction) -> list[list[Fraction]]:
    """The symmetric part, rounded to multiples of 2⁻⁴⁰, times the unit."""
    whole = np.rint((gram + gram.T) / 2 * 2.0**_BITS)
    return [[Fraction(int(entry), 2**_BITS) * unit for entry in row] for row in whole]


def dyadic_below(value: Fraction, bits: int) -> Fraction:
    """A dyadic number of about so many bits, at most the value."""
    last = value.numerator.bit_length() - value.denominator.bit_length() - bits
    unit = power_of_two(last)
    return (value / unit).__floor__() * unit


def power_of_two(exponent: int) -> Fraction:
    """2^exponent."""
    return Fraction(2**exponent) if exponent >= 0 else Fraction(1, 2**-exponent)


def _largest(polynomial: Polynomial) -> float:
    return max((abs(float(c)) for c in polynomial.values()), default=0.0) or 1.0


def exponent(polynomial: Polynomial) -> int:
    """The power of 2 next to the largest coefficient, by which the equations are divided."""
    return round(float(np.log2(_largest(polynomial))))


def fraction(value: Any) -> Fraction:
    """A rational of SymPy as one of Python."""
    return Fraction(int(value.p), int(value.q))


# ---- the solver -------------------------------------------------------------------------------------------------

_SOLVERS: dict[str, dict[str, Any]] = {"CLARABEL": {}, "SCS": {"eps_abs": 1e-8, "eps_rel": 1e-8, "max_iters": 20_000}}


def _solve(program: Any) -> bool:
    """Clarabel, then SCS; whether one of them returned a usable point. Nothing of it is trusted."""
    import cvxpy as cp

    for solver, settings in _SOLVERS.items():
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                program.solve(solver=solver, **settings)
        except (cp.SolverError, ArithmeticError, ValueError):
            continue
        if program.status in ("optimal", "optimal_inaccurate"):
            return bool(np.isfinite(program.value))
        if program.status in ("infeasible", "unbounded"):
            return False
    return False
